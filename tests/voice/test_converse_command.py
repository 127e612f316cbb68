"""The commands `understand` and `converse`, and finding the person of `--as`."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor, Channel
from services.clock import FixedClock
from services.database import Database
from services.database.opening import new_sessions
from services.meals import list_meal_bookings
from services.people import Person, PersonRow
from services.settings import Settings
from tests.voice.conversation_words import compile_words
from tests.voice.standard_input import stdin_of
from voice.commands import converse, understand
from voice.commands.moments import read_moment
from voice.commands.person import find_person
from voice.commands.refusal import Refused
from voice.commands.talking import Talk, open_talk
from voice.conversation import Conversation
from voice.recognizers import Samples, Transcript
from voice.wording import words


class HearsInTurn:
    """A recognizer that hears these texts, one an utterance, and keeps the words that it was told to expect."""

    name, streaming = "hears_in_turn", False

    def __init__(self, *transcripts: Transcript) -> None:
        self.transcripts, self.expected = list(transcripts), list[tuple[str, ...]]()

    def utterance(self, expected: Sequence[str] = ()) -> HearsInTurn:
        self.expected.append(tuple(expected))
        return self

    def accept(self, samples: Samples) -> None:
        assert samples.dtype == np.int16

    def finish(self) -> Transcript:
        return self.transcripts.pop(0)


@pytest.fixture
def sessions(database: Database, settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions whose commits are savepoints of one transaction, gone after the test."""
    with database.engine.connect() as connection:
        transaction = connection.begin()
        made = new_sessions(database.engine, settings)
        made.configure(bind=connection, join_transaction_mode="create_savepoint")
        yield made
        transaction.rollback()


@pytest.fixture
def words_folder(tmp_path: Path) -> Path:
    return compile_words(tmp_path / "locales")


@pytest.fixture
def talk(sessions: sessionmaker[Session], wang: Person, now: datetime, words_folder: Path) -> Talk:
    return Talk(Conversation(words_folder), sessions, wang.id, FixedClock(now), "zh_Hans")


@pytest.fixture
def understood(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str | bytes], tuple[int, str, str]]:
    """Runs `understand` on an input: exit code, standard output, standard error."""

    def run(text: str | bytes) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", stdin_of(text))
        code = understand.run(ArgumentParser().parse_args([]))
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


def test_understand_answers_each_line(understood: Callable[[str | bytes], tuple[int, str, str]]) -> None:
    lines = [
        {"id": 1, "text": "明天中午帮我订一份午餐送到家里", "now": "2026-11-23T09:00"},
        {"id": "b", "text": "今天天气真好", "now": "2026-11-23T09:00:30"},
    ]
    code, out, err = understood("\n".join(map(json.dumps, lines)) + "\n\n")
    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {
            "id": 1,
            "intent": "book_meal",
            "slots": {"date": "2026-11-24", "meal": "lunch", "delivery": True, "quantity": 1},
        },
        {"id": "b", "intent": "out_of_scope", "slots": {}},
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("foo", "line 2: not JSON"),
        ("[]", "line 2: not an object"),
        ('{"id": 1, "now": "2026-11-23T09:00"}', "line 2: 'text' is missing"),
        ('{"id": 1, "text": 5, "now": "2026-11-23T09:00"}', "line 2: 'text' is not a text"),
        ('{"id": 1, "text": "对", "now": "morgen"}', "line 2: 'now': 'morgen' is not a local time"),
        ('{"id": 1, "text": "对", "now": 20261123}', "line 2: 'now': 20261123 is not a local time"),
        ('{"id": 1, "text": "对", "now": "9999-12-31T00:00"}', "line 2: 'now': '9999-12-31T00:00' is too far away"),
        ('{"id": 1, "text": "对", "now": "0001-01-01T00:00"}', "line 2: 'now': '0001-01-01T00:00' is too far away"),
        ('{"id": 1, "text": "对", "now": NaN}', "line 2: not JSON"),
        ("[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_answered(
    understood: Callable[[str | bytes], tuple[int, str, str]], line: str, complaint: str
) -> None:
    code, out, err = understood('{"id": 0, "text": "对", "now": "2026-11-23T09:00"}\n' + line)
    assert (code, out) == (2, "")
    assert err.startswith(complaint)
    assert err.count("\n") == 1


def test_lines_are_read_as_utf_8_whatever_the_terminal_speaks(
    understood: Callable[[str | bytes], tuple[int, str, str]],
) -> None:
    line = '{"id": 1, "text": "对", "now": "2026-11-23T09:00"}'
    assert json.loads(understood(b"\xef\xbb\xbf" + line.encode())[1])["intent"] == "yes"
    code, out, err = understood(line.encode("gb18030"))
    assert (code, out) == (2, "")
    assert err.startswith("line 1: not UTF-8")


def test_a_time_with_a_zone_keeps_it() -> None:
    assert read_moment("2026-11-23T01:00:00+00:00", "--now") == read_moment("2026-11-23T09:00", "--now")


def test_typed_lines_make_a_booking(
    talk: Talk, words_folder: Path, sessions: sessionmaker[Session], wang: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = converse.typed(["订明天的午饭送到家\n", "对\n", "拜拜\n", "对\n"], prompt=False)
    converse.converse(talk, turns, words("zh_Hans", words_folder), as_json=True)
    replies = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [reply["effect"]["action"] for reply in replies] == ["none", "book_meal", "none"]
    assert replies[-1]["ended"]
    with sessions() as session:
        (booking,) = list_meal_bookings(
            session, Actor.senior(wang.id, Channel.SCREEN), person_id=wang.id, from_day=date(2026, 11, 24)
        )
    assert booking.delivery


def test_recordings_make_a_booking_and_show_what_was_heard(
    talk: Talk, words_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recognizer = HearsInTurn(
        Transcript("订明天的午饭送到家", 0.9, True), Transcript("", 0.1, False), Transcript("对", 0.8, True)
    )
    sound = np.zeros(1600, np.int16)
    turns = converse.heard_in([sound, sound, sound], recognizer, talk)
    converse.converse(talk, turns, words("zh_Hans", words_folder), as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "听到：订明天的午饭送到家"
    assert lines[3] == "听到：…"
    assert lines[-1].startswith("助手：订好了")
    # Each question has its own words; after the read-back none of them agrees.
    assert "订餐" in recognizer.expected[0]
    assert recognizer.expected[1] == recognizer.expected[2] != recognizer.expected[0]


def test_a_recording_that_cannot_be_read_is_refused_before_anything_is_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    empty.touch()
    with pytest.raises(Refused, match=r"empty\.wav is empty"):
        converse.read_recordings([str(empty)])


def test_a_person_is_found_by_name_phone_or_id(session: Session, wang: Person) -> None:
    for wanted in ("王秀珍", "154 0000 0002", str(wang.id)):
        assert find_person(session, wanted).id == wang.id
    assert find_person(session, None).name == "陈丽英"


def test_a_shared_phone_asks_for_one_of_the_names(session: Session) -> None:
    with pytest.raises(Refused, match="shared by 陈丽英, 林国华"):
        find_person(session, "15400000001")


@pytest.mark.parametrize("wanted", ["张三", "15499999999", "00000000-0000-0000-0000-000000000000", ""])
def test_nobody_is_said_to_be_nobody(session: Session, wanted: str) -> None:
    with pytest.raises(Refused, match="nobody of the demonstration is called"):
        find_person(session, wanted)


def test_a_person_who_is_really_registered_is_never_acted_for(session: Session, wang: Person) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(is_demonstration=False))
    session.expire_all()
    for wanted in ("王秀珍", "154 0000 0002", str(wang.id)):
        with pytest.raises(Refused, match="nobody of the demonstration is called"):
            find_person(session, wanted)


def test_outside_demonstration_mode_nobody_is_acted_for(settings: Settings) -> None:
    of_a_city = settings.model_copy(update={"demo": False, "database_url": "postgresql+psycopg://127.0.0.1:1/none"})
    with (
        pytest.raises(Refused, match="demonstration mode only"),
        open_talk(Namespace(person="王秀珍", now=None, locale="zh_Hans"), of_a_city),
    ):
        pass
