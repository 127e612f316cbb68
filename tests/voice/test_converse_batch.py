"""`python -m voice converse --batch`: whole conversations in, what each changed out."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from services.database import Database
from services.people import PersonRow
from services.settings import Settings
from tests.voice.conversation_words import compile_words
from tests.voice.standard_input import stdin_of
from voice.commands import converse, converse_batch

NOW = "2026-11-24T06:00"
NOTHING = {"action": "none"}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def batch(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
    database: Database,
    words_folder: Path,
) -> Run:
    """Runs `converse --batch` on an input: exit code, standard output, standard error."""
    own = settings.model_copy(update={"locales_dir": words_folder})
    monkeypatch.setattr(converse, "read_settings", lambda: own)
    # The database of the run stays open for the other tests.
    monkeypatch.setattr(converse_batch, "open_database", lambda _: _Lent(database))

    def run(text: str, *more: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", stdin_of(text))
        parser = ArgumentParser()
        converse.add_arguments(parser)
        code = converse.run(parser.parse_args(["--batch", *more]))
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


class _Lent:
    """A database that its borrower does not close."""

    def __init__(self, database: Database) -> None:
        self.engine = database.engine

    def close(self) -> None:
        """It belongs to somebody else."""


def line(*turns: str, given: dict[str, Any] | None = None, now: str = NOW) -> str:
    return json.dumps({"id": "a", "turns": turns, "now": now, "given": given or {}}, ensure_ascii=False)


LUNCH = {"kind": "meal", "date": "2026-11-25", "meal": "lunch"}
DINNER = {"kind": "meal", "date": "2026-11-25", "meal": "dinner"}
BOOKED = {"action": "book_meal", "date": "2026-11-25", "meal": "lunch", "delivery": True, "quantity": 1}


@pytest.mark.parametrize(
    ("turns", "given", "effect"),
    [
        (["我要订饭", "明天", "中午", "送到家", "对"], {}, BOOKED),
        (["订明天的午饭送到家", "", "对"], {}, BOOKED),
        (["订明天的午饭送到家", "对", "对"], {}, BOOKED),  # a yes after the deed does nothing
        (["订明天的午饭送到家"], {}, NOTHING),
        (["订明天的午饭送到家", "算了"], {}, NOTHING),
        (["订明天的午饭送到家", "不要了", "对"], {}, NOTHING),
        (["订下周三的午饭送到家", "对"], {}, BOOKED | {"date": "2026-12-02"}),
        (["取消明天的午饭", "对"], {"bookings": [LUNCH]}, {"action": "cancel_meal"} | dict(list(LUNCH.items())[1:])),
        (["取消订餐", "第二个", "对"], {"bookings": [LUNCH, DINNER]}, {"action": "cancel_meal", "date": "2026-11-25"}),
        (["取消明天的午饭", "对"], {}, NOTHING),
        (["我同意申请", "对"], {"offer": True}, {"action": "confirm_application"}),
        (["我同意申请", "不了"], {"offer": True}, NOTHING),
        (["津贴我不要", "对"], {"offer": {"benefit": "old_age_allowance"}}, {"action": "decline_application"}),
        (["我要做认证", "好"], {}, {"action": "certify"}),
        (["我要做认证", "好", "三七零二"], {}, {"action": "certify"}),
        (["我要做认证", "好", "算了"], {}, NOTHING),
        (["我要做认证", "好", "我起不来了"], {}, {"action": "emergency"}),  # nobody says digits then
        (["给我女儿打电话", "对"], {}, {"action": "call_family", "relation": "daughter"}),
        (["给我女儿打电话", "算了"], {}, NOTHING),
        (["让我女儿帮我办事", "对"], {}, {"action": "add_delegate", "relation": "daughter"}),
        (["别让我儿子管我的事了", "对"], {}, {"action": "remove_delegate", "relation": "son"}),
        (["说慢点", "大声点"], {}, NOTHING),
        (["我要找社区的人", "对"], {}, {"action": "call_staff"}),
        (["哎呀我起不来了", "没事，按错了"], {}, {"action": "emergency"}),
        (["我要认证", "好"], {"offer": True}, NOTHING),  # whoever is not paid yet has nothing to certify
        (["今天天气真好"], {}, NOTHING),
        (["取消保洁", "对"], {}, NOTHING),
        (["我要投诉", "昨天保洁没做好", "对"], {}, NOTHING),
    ],
)
def test_a_conversation_ends_in_what_it_changed_last(
    batch: Run, turns: list[str], given: dict[str, Any], effect: dict[str, Any]
) -> None:
    code, out, err = batch(line(*turns, given=given))
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["id"] == "a"
    assert answer["effect"]["action"] == effect["action"]
    assert effect.items() <= answer["effect"].items()
    assert not any(name.endswith("_id") for name in answer["effect"])


CLEANING = {"kind": "service", "service": "cleaning", "date": "2026-11-25"}
BATH = {"kind": "service", "service": "bathing", "date": "2026-11-26", "period": "afternoon"}


@pytest.mark.parametrize(
    ("turns", "given", "effect"),
    [
        (
            ["我想约个上门服务", "助浴", "后天", "下午", "对"],
            {},
            {"action": "book_service", "service": "bathing", "date": "2026-11-26", "period": "afternoon"},
        ),
        (
            ["明天下午三点找人来打扫", "好的"],
            {},
            {"action": "book_service", "service": "cleaning", "date": "2026-11-25", "time": "15:00"},
        ),
        (
            ["星期天晚上找人陪我聊聊天", "对"],
            {},
            {"action": "book_service", "service": "companionship", "date": "2026-11-29", "period": "evening"},
        ),
        (
            ["下周一早上九点半做康复", "多少钱", "对"],
            {},
            {"action": "book_service", "service": "rehab", "date": "2026-11-30", "time": "09:30"},
        ),
        (
            ["明天上午理发", "不对", "后天吧", "对"],
            {},
            {"action": "book_service", "service": "haircut", "date": "2026-11-26", "period": "morning"},
        ),
        (["明天上午理发", "算了"], {}, NOTHING),
        (["明天上午理发", ""], {}, NOTHING),
        (
            ["取消保洁", "对"],
            {"bookings": [CLEANING, BATH]},
            {"action": "cancel_service", "service": "cleaning", "date": "2026-11-25"},
        ),
        (
            ["取消", "对"],
            {"bookings": [BATH]},
            {"action": "cancel_service", "service": "bathing", "date": "2026-11-26"},
        ),
        (
            ["后天的助浴改到星期五", "对"],
            {"bookings": [BATH, LUNCH]},
            {"action": "book_service", "service": "bathing", "date": "2026-11-27", "time": "14:00"},
        ),
        (["后天的助浴改到星期五", "不了"], {"bookings": [BATH]}, NOTHING),
    ],
)
def test_a_conversation_about_care_at_home_ends_in_exactly_this(
    batch: Run, turns: list[str], given: dict[str, Any], effect: dict[str, Any]
) -> None:
    code, out, err = batch(line(*turns, given=given))
    assert (code, err) == (0, "")
    assert json.loads(out)["effect"] == effect


def test_conversations_do_not_meet_and_nothing_stays(batch: Run, database: Database) -> None:
    people = select(func.count()).select_from(PersonRow)
    with database.sessions() as session:
        before = session.scalar(people)
    held = line("订明天的午饭送到家", "对")
    code, out, _ = batch("\n".join([held, held, "", line("我订了什么", now="2026-11-25T06:00")]))
    assert code == 0
    assert [json.loads(each)["effect"]["action"] for each in out.splitlines()] == ["book_meal", "book_meal", "none"]
    with database.sessions() as session:
        assert session.scalar(people) == before


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ("foo", "line 2: not JSON"),
        ("[]", "line 2: not an object"),
        ('{"turns": [], "now": "2026-11-24"}', "line 2: 'id' is missing"),
        ('{"id": 1, "turns": "对", "now": "2026-11-24"}', "line 2: 'turns' is not a list of texts"),
        ('{"id": 1, "turns": [], "now": "heute"}', "line 2: 'now': 'heute' is not a local time"),
        ('{"id": 1, "turns": [], "now": "2026-11-24", "more": 1}', "line 2: unknown key 'more'"),
        (line("对", given={"booking": []}), "line 2: 'given': unknown key 'booking'"),
        (line("对", given={"bookings": [{"kind": "taxi"}]}), "line 2: 'given': 'bookings': 'kind' is 'taxi'"),
        (line("对", given={"bookings": [LUNCH | {"meal": "tea"}]}), "line 2: 'given': 'bookings': 'meal' is 'tea'"),
        (line("对", given={"bookings": [LUNCH | {"date": "24"}]}), "line 2: 'given': 'bookings': 'date' is '24'"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_answered(batch: Run, bad: str, complaint: str) -> None:
    code, out, err = batch(line("对") + "\n" + bad)
    assert (code, out) == (2, "")
    assert err.startswith(complaint)
    assert err.count("\n") == 1


def test_a_booking_that_nobody_can_hold_is_refused_naming_the_line(batch: Run) -> None:
    code, _, err = batch(line("对", given={"bookings": [LUNCH | {"date": "2027-11-25"}]}))
    assert (code, err.split(":")[0]) == (2, "line 1")


@pytest.mark.parametrize("more", [["--now", NOW], ["--as", "王秀珍"], ["--json"]])
def test_what_each_line_says_itself_is_not_said_beside(batch: Run, more: list[str]) -> None:
    code, _, err = batch("", *more)
    assert code == 2
    assert "does not go with --batch" in err
