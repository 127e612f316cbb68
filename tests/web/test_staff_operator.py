"""An operator's desk: registers, screening, the month's run; what takes long is done elsewhere and watched here."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from services import allowances
from services.actor import Actor, Channel
from services.audit import AuditEntry
from services.benefits import Benefit
from services.long_work import do_waiting_work
from services.long_work.tables import UploadedPieceRow
from tests.conftest import NOW, person_named
from tests.extracts import extract, household
from tests.web.conftest import TestClock, repository_file, words_of
from tests.web.staff import CITY, LIU, ZHAO, staff_browser
from webapp.staff import work_words

SYSTEM = Actor.system()
EXAMPLES = "docs/examples/registry"
Worker = Callable[[], int]


@pytest.fixture
def desk(site: Flask, session: Session) -> FlaskClient:
    """The browser of 赵科, an operator."""
    return staff_browser(site, session, ZHAO)


@pytest.fixture
def worker(session: Session, clock: TestClock) -> Worker:
    """What the worker process does, in the test's own transaction; call it."""
    sessions = sessionmaker(session.connection(), info=session.info, join_transaction_mode="create_savepoint")

    def work() -> int:
        ended = do_waiting_work(sessions, clock)
        session.expire_all()
        return ended

    return work


def upload(desk: FlaskClient, content: bytes, **fields: str) -> TestResponse:
    return desk.post("/staff/registers", data={"file": (io.BytesIO(content), "extract.csv"), **fields})


def example(name: str) -> bytes:
    return repository_file(f"{EXAMPLES}/{name}").read_bytes()


def test_a_register_is_taken_in_and_its_rejected_rows_are_told_by_line(
    desk: FlaskClient, session: Session, worker: Worker
) -> None:
    answer = upload(desk, example("household-with-mistakes.csv"))
    assert answer.status_code == 303
    assert "排队中" in words_of(desk.get(answer.location))
    assert session.scalar(select(func.count()).select_from(UploadedPieceRow)) == 1
    assert worker() == 1
    words = words_of(desk.get(answer.location))
    for expected in ("完成", "户籍登记", "未采用的行", "身份证号不对"):
        assert expected in words
    assert session.scalar(select(func.count()).select_from(UploadedPieceRow)) == 0
    assert "户籍登记" in words_of(desk.get("/staff/registers"))
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "registry_imported"))
    assert entry.actor_kind == "operator"


def test_the_same_file_again_changes_nothing(desk: FlaskClient, worker: Worker) -> None:
    for _ in range(2):
        answer = upload(desk, example("household.csv"))
        worker()
    assert "这份文件以前导入过" in words_of(desk.get(answer.location))


def test_a_file_that_is_no_extract_is_refused_in_words(desk: FlaskClient, session: Session, worker: Worker) -> None:
    answer = upload(desk, b"PK\x03\x04 no table at all")
    worker()
    words = words_of(desk.get(answer.location))
    assert "文件第1行要写明数据种类、来源和截止日期" in words
    assert "没有导入任何内容" in words
    assert session.scalar(select(func.count()).select_from(UploadedPieceRow)) == 0


def test_an_extract_that_would_change_too_much_is_held_until_she_says_that_she_has_looked(
    desk: FlaskClient, session: Session, worker: Worker
) -> None:
    file = extract("household", [household(sequence, sex="?") for sequence in range(100, 220)]).getvalue()
    answer = upload(desk, file)
    worker()
    words = words_of(desk.get(answer.location))
    for expected in ("120行", "不合要求或姓名不符：120", "没有导入任何内容", "已核对"):
        assert expected in words
    assert "新报去世" not in words
    assert "我已核对文件" in words_of(desk.get("/staff/registers"))
    answer = upload(desk, file, confirmed="yes")
    worker()
    assert "未采用的行" in words_of(desk.get(answer.location))
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "registry_imported"))
    assert entry.facts["confirmed"] is True


@pytest.mark.parametrize(
    ("too_many", "expected"),
    [("replaced", "改动已有信息：7"), ("died", "新报去世：9"), ("replaced, died", "改动已有信息：7、新报去世：9")],
)
def test_what_there_was_too_much_of_is_told(site: Flask, too_many: str, expected: str) -> None:
    facts = {"too_many": too_many, "rows": 20, "unfit": 5, "replaced": 7, "died": 9}
    with site.test_request_context():
        words = work_words.refusal_words("import_held", facts)
    assert f"（{expected}）" in words


def test_without_a_file_or_with_an_empty_one_she_is_asked_again(desk: FlaskClient) -> None:
    answer = desk.post("/staff/registers", data={})
    assert "请先选择文件" in words_of(desk.get(answer.location))
    assert upload(desk, b"").status_code == 409


def test_only_an_operator_may_send_a_large_file(site: Flask, session: Session, desk: FlaskClient) -> None:
    large = example("household.csv") + b" " * 100_000
    site.config["WTF_CSRF_ENABLED"] = True
    try:
        assert upload(site.test_client(), large).status_code == 413
        assert upload(staff_browser(site, session, LIU), large).status_code == 413
        # She is let through as far as the missing token.
        assert upload(desk, large).status_code == 419
    finally:
        site.config["WTF_CSRF_ENABLED"] = False


def test_a_city_is_screened_and_the_report_told(desk: FlaskClient, session: Session, worker: Worker) -> None:
    assert desk.post("/staff/screening", data={"as_of": "tomorrow"}).status_code == 422
    answer = desk.post("/staff/screening", data={"as_of": "2026-11-24"})
    worker()
    words = words_of(desk.get(answer.location))
    assert "发出邀请" in words
    assert "已完成" not in words
    chen = person_named(session, "陈丽英")
    assert len(allowances.open_offers(session, SYSTEM, person_id=chen.id)) == 1
    assert "2026年11月24日" in words_of(desk.get("/staff/screening"))


def test_while_it_runs_only_its_state_is_asked_for(desk: FlaskClient) -> None:
    answer = desk.post("/staff/screening", data={"as_of": "2026-11-24"})
    part = desk.get(answer.location, headers={"HX-Request": "true", "HX-Target": "work"}).get_data(as_text=True)
    assert part.startswith('<div id="work"')
    assert 'hx-trigger="every 1s"' in part
    assert "<html" not in part


def test_a_day_without_rules_is_refused_in_words(desk: FlaskClient, worker: Worker) -> None:
    answer = desk.post("/staff/screening", data={"as_of": "1990-01-01"})
    worker()
    assert "这一天没有适用的规定" in words_of(desk.get(answer.location))


def test_a_month_is_listed_audited_paid_and_exported(desk: FlaskClient, session: Session, worker: Worker) -> None:
    lin = person_named(session, "林国华")
    senior = Actor.senior(lin.id, Channel.VOICE)
    allowances.apply_for(session, senior, person_id=lin.id, benefit=Benefit.OLD_AGE_ALLOWANCE, now=NOW)
    allowances.check_applications(session, SYSTEM, now=NOW)
    assert "生成2026年11月名册" in words_of(desk.get("/staff/runs"))
    assert desk.post("/staff/runs", data={"month": "November"}).status_code == 400
    answer = desk.post("/staff/runs", data={"month": "2026-11"})
    assert worker() == 1
    assert "应发 200元" in words_of(desk.get(answer.location))
    (run,) = allowances.list_runs(session, SYSTEM, city=CITY)
    page = words_of(desk.get(f"/staff/runs/{run.id}"))
    for expected in ("已造册", "2026年11月10日", "2026年11月15日", "2026年11月20日", "福田区", "应发：200元"):
        assert expected in page
    assert desk.post(f"/staff/runs/{run.id}/bank-file").status_code == 409
    assert desk.post(f"/staff/runs/{run.id}/audit").status_code == 303
    file = desk.post(f"/staff/runs/{run.id}/bank-file")
    assert file.mimetype == "text/csv"
    assert "old_age_allowance-2026-11.csv" in file.headers["Content-Disposition"]
    assert "grand_total,,,,,,20000," in file.get_data(as_text=True)
    assert "林国华" not in file.get_data(as_text=True)
    answer = desk.post(f"/staff/runs/{run.id}/pay")
    worker()
    assert "完成" in words_of(desk.get(answer.location))
    page = words_of(desk.get(f"/staff/runs/{run.id}"))
    assert "现在发放" not in page
    assert "2026年11月" in words_of(desk.get("/staff/runs"))
    reference = file.get_data(as_text=True).splitlines()[1].split(",")[1]
    for content, status in (
        (b"", 303),
        (b"reference,code\nnothing,other\n", 409),
        (b"reference,code\n0195f0aa-0000-7000-8000-000000000000,other\n", 409),
        (f"reference,code\n{reference},account_closed\n".encode(), 303),
    ):
        name = "returns.csv" if content else ""
        answer = desk.post(f"/staff/runs/{run.id}/returns", data={"file": (io.BytesIO(content), name)})
        assert answer.status_code == status, content
    assert "银行退回：200元" in words_of(desk.get(f"/staff/runs/{run.id}"))
    again = desk.post("/staff/runs", data={"month": "2026-11"})
    worker()
    assert "应发 200元" in words_of(desk.get(again.location))


def test_every_state_has_words(site: Flask) -> None:
    with site.test_request_context():
        for words, values in (
            (work_words.work_kind_words, work_words.WorkKind),
            (work_words.work_status_words, work_words.WorkStatus),
            (work_words.run_state_words, work_words.RunState),
            (work_words.held_words, work_words.HeldBecause),
            (work_words.standing_words, work_words.Standing),
            (work_words.register_words, work_words.Kind),
        ):
            assert all(words(value) for value in values)
