"""A worker's desk: her list, deciding with a reason, finding somebody, acting for her with her own name beside it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services import allowances
from services.actor import Actor
from services.allowances import CaseState, EventKind
from services.audit import AuditEntry
from services.certification import export_proofs, open_campaign
from services.database import new_id
from services.decisions import Choice
from services.demo import prepare_allowances
from services.home_care import ComplaintAbout, ServiceState, complain
from services.inbox import HandledAs
from services.people import Person, PersonRow
from services.registry import Settlement, import_extract
from services.worker_tasks import TaskKind, TaskStatus, get_task, list_tasks, open_task
from tests.allowances import tasks_about
from tests.certifying import begin_empty, paid_case, worker_of
from tests.conftest import NOW, person_named
from tests.extracts import extract, household
from tests.visits import herself, visit
from tests.web.conftest import page_of, words_of
from tests.web.staff import CITY, LIU, MA, ZHAO, open_records, staff_browser, staff_member
from webapp.staff.case_words import event_words, state_words
from webapp.staff.message_words import taken_for_words
from webapp.staff.why_words import WHY
from webapp.staff.words import choice_effect_words, choice_words, decided_words, task_kind_words

SYSTEM = Actor.system()
REASON = "打电话问过本人"


@pytest.fixture
def desk(site: Flask, session: Session, wang: Person) -> FlaskClient:
    """The browser of 刘工, who works in 翠竹, and has opened the record of 王秀珍."""
    return open_records(session, staff_browser(site, session, LIU), wang)


@pytest.fixture
def other_desk(site: Flask, session: Session) -> FlaskClient:
    """The browser of 马工, who works in 景田, and has opened two records there."""
    opened = (person_named(session, name) for name in ("陈丽英", "林国华"))
    return open_records(session, staff_browser(site, session, MA), *opened)


@pytest.fixture
def chen(session: Session) -> Person:
    """陈丽英 of 景田, who turns 70 soon and was offered the allowance."""
    allowances.screen(session, SYSTEM, city=CITY, as_of=date(2026, 11, 24), now=NOW)
    return person_named(session, "陈丽英")


def task_about(
    session: Session, person: Person | None, kind: TaskKind, due_on: date | None = None, **facts: object
) -> UUID:
    return open_task(
        session,
        kind=kind,
        city=CITY,
        person_id=person.id if person else None,
        subject_id=new_id(),
        facts=facts,
        now=NOW,
        due_on=due_on,
    )


def deeds(session: Session, deed: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.deed == deed).order_by(AuditEntry.id)))


def test_the_list_names_who_why_and_until_when_and_marks_what_is_late(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    task_about(session, wang, TaskKind.HELP_WANTED, date(2026, 11, 20), wish="visit")
    task_about(session, wang, TaskKind.NO_CARD)
    words = words_of(desk.get("/staff"))
    for expected in ("翠竹社区待办事项", "王*珍", "81岁", "2026年11月20日 已过期", "要求帮忙 1", "没有颐年卡 1"):
        assert expected in words
    assert "王秀珍" not in words
    only = words_of(desk.get("/staff?kind=no_card"))
    assert "应发的钱先留着" in only
    assert "本人发短信要求上门" not in only
    assert desk.get("/staff?kind=nonsense").status_code == 404


@pytest.mark.parametrize("wish", [{}, {"wish": "visit"}])
def test_help_asked_for_from_a_shared_phone_is_not_said_to_be_hers(
    desk: FlaskClient, session: Session, wang: Person, wish: dict[str, str]
) -> None:
    task_id = task_about(session, wang, TaskKind.HELP_WANTED, people_at_phone=2, **wish)
    words = words_of(desk.get(f"/staff/tasks/{task_id}"))
    assert "有2人共用这个号码，不知道是谁发的" in words
    assert "本人发短信" not in words


def test_a_long_list_has_pages(desk: FlaskClient, session: Session, wang: Person) -> None:
    for _ in range(51):
        task_about(session, wang, TaskKind.HELP_WANTED)
    assert "第1页，共2页" in words_of(desk.get("/staff"))
    assert "第2页，共2页" in words_of(desk.get("/staff?page=2"))


def test_a_worker_decides_with_a_reason_and_sees_what_she_decided(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    task_id = task_about(session, wang, TaskKind.HELP_WANTED)
    address = f"/staff/tasks/{task_id}"
    assert "已知情况和来源" in words_of(desk.get(address))
    without = desk.post(address, data={"choice": "settle", "reason": " "})
    assert without.status_code == 422
    assert "请写明理由" in words_of(without)
    undecided = desk.post(address, data={"reason": REASON})
    assert undecided.status_code == 422
    assert REASON in undecided.get_data(as_text=True)
    assert desk.post(address, data={"choice": "settle", "reason": "长" * 501}).status_code == 422
    assert desk.post(address, data={"choice": "settle", "reason": REASON}).status_code == 303
    words = words_of(desk.get(address))
    for expected in ("决定：已办妥", REASON, "刘工"):
        assert expected in words
    liu = staff_member(session, desk)
    task = get_task(session, liu.acting(SYSTEM.channel), task_id=task_id)
    assert (task.status, task.decided_by) == (TaskStatus.CLOSED, liu.id)
    again = desk.post(address, data={"choice": "settle", "reason": REASON})
    assert again.status_code == 409
    assert "已经有人决定了" in words_of(again)


def test_what_a_worker_found_right_stands_beside_what_the_registers_say(
    site: Flask, desk: FlaskClient, session: Session
) -> None:
    file = extract("household", [household(birth_on="1950-01-10", community="翠竹", street="翠竹")])
    import_extract(session, SYSTEM, file, city=CITY, now=NOW)
    (task,) = list_tasks(session, SYSTEM, now=NOW, kind=TaskKind.DOUBTFUL_MATCH)
    data = {"choice": Settlement.ID_NUMBER_IS_RIGHT.value, "reason": REASON}
    assert "身份证号中的出生日期正确" in words_of(desk.get(f"/staff/tasks/{task.id}"))
    assert desk.post(f"/staff/tasks/{task.id}", data=data).status_code == 303
    words = words_of(desk.get(f"/staff/people/{task.person_id}"))
    assert "1950年1月1日 · 工作人员核定" in words
    assert "户籍登记" in words


def test_each_look_at_a_record_is_recorded(desk: FlaskClient, session: Session, wang: Person) -> None:
    task_id = task_about(session, wang, TaskKind.HELP_WANTED)
    desk.get(f"/staff/tasks/{task_id}")
    desk.get(f"/staff/people/{wang.id}")
    liu = staff_member(session, desk)
    read = deeds(session, "person_read")
    assert len(read) == 2
    assert {(entry.actor_staff_id, entry.person_id) for entry in read} == {(liu.id, wang.id)}


def test_another_community_is_closed_to_her(desk: FlaskClient, session: Session, chen: Person) -> None:
    task_id = task_about(session, chen, TaskKind.HELP_WANTED)
    (case,) = allowances.open_offers(session, SYSTEM, person_id=chen.id)
    assert desk.get(f"/staff/tasks/{task_id}").status_code == 403
    assert desk.post(f"/staff/tasks/{task_id}", data={"choice": "settle", "reason": REASON}).status_code == 403
    assert desk.get(f"/staff/people/{chen.id}").status_code == 403
    for deed in ("phone", "apply", "certify", f"cases/{case.id}/agree"):
        assert desk.post(f"/staff/people/{chen.id}/{deed}", data={"seen": "x"}).status_code == 403, deed
    desk.post("/staff/people", data={"name": "陈", "card": ""})
    assert "本社区没有找到" in words_of(desk.get("/staff/people"))


def test_somebody_is_found_by_name_and_card_without_either_in_an_address(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    answer = desk.post("/staff/people", data={"name": "王秀", "card": "9000"})
    assert answer.location == "/staff/people"
    found = desk.get("/staff/people")
    assert "找到1人" in words_of(found)
    assert f"/staff/people/{wang.id}" in found.get_data(as_text=True)
    desk.post("/staff/people", data={"name": "王秀", "card": "1234"})
    assert "本社区没有找到" in words_of(desk.get("/staff/people"))
    for wrong in ({"name": " ", "card": ""}, {"name": "王", "card": "12"}):
        desk.post("/staff/people", data=wrong)
        assert desk.get("/staff/people").status_code == 422
    searches = deeds(session, "people_searched")
    assert [entry.facts["found"] for entry in searches] == [1, 0]
    assert "王" not in str([entry.facts for entry in searches])


def test_her_number_is_shown_for_calling_and_that_it_was_is_recorded(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    page = desk.get(f"/staff/people/{wang.id}")
    assert "15400000002" not in page.get_data(as_text=True)
    shown = desk.post(f"/staff/people/{wang.id}/phone")
    assert 'href="tel:15400000002"' in shown.get_data(as_text=True)
    assert len(deeds(session, "phone_read")) == 1


def test_she_agrees_at_the_desk_and_the_workers_name_stands_beside_hers(
    other_desk: FlaskClient, session: Session, chen: Person
) -> None:
    (case,) = allowances.open_offers(session, SYSTEM, person_id=chen.id)
    page = other_desk.get(f"/staff/people/{chen.id}")
    assert "本人在场，同意申请" in words_of(page)
    assert other_desk.post(f"/staff/people/{chen.id}/cases/{case.id}/agree").status_code == 303
    words = words_of(other_desk.get(f"/staff/people/{chen.id}"))
    assert "本人同意" in words
    assert "马工" in words
    assert allowances.get_case(session, SYSTEM, case_id=case.id).state is CaseState.APPLIED
    assert other_desk.post(f"/staff/people/{chen.id}/cases/{case.id}/nonsense").status_code == 404


def test_she_applies_at_the_desk(other_desk: FlaskClient, session: Session) -> None:
    lin = person_named(session, "林国华")
    assert "本人在场，现在申请" in words_of(other_desk.get(f"/staff/people/{lin.id}"))
    assert other_desk.post(f"/staff/people/{lin.id}/apply").status_code == 303
    assert "SZ26" in words_of(other_desk.get(f"/staff/people/{lin.id}"))


def test_certifying_her_needs_how_she_was_known(desk: FlaskClient, wang: Person) -> None:
    answer = desk.post(f"/staff/people/{wang.id}/certify", data={"seen": ""})
    assert answer.status_code == 422
    assert "请写明怎样核实是本人" in words_of(answer)
    refused = desk.post(f"/staff/people/{wang.id}/certify", data={"seen": "在社区，看了身份证"})
    assert refused.status_code in (303, 409)


def test_who_vouches_for_her_is_written_down_and_what_was_shared_is_shown(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    begin_empty(session)
    paid_case(session, wang)
    open_campaign(session, SYSTEM, city=CITY, now=NOW)
    address, said = f"/staff/people/{wang.id}", {"relation": "daughter", "seen_on": "2026-11-22", "helper": "林小红"}
    assert "有帮忙的人在场" in words_of(desk.get(address))
    for missing, words in (("relation", "什么人"), ("helper", "请写明是谁担保"), ("seen_on", "最后见到")):
        answer = desk.post(f"{address}/helper", data=said | {missing: ""})
        assert answer.status_code == 422
        assert words in words_of(answer)
    assert desk.post(f"{address}/helper", data=said).status_code == 303
    export_proofs(session, SYSTEM, city=CITY, partner="social_insurance", now=NOW)
    words = words_of(desk.get(address))
    for expected in ("到社区担保：女儿", "“林小红”", "2026年11月22日见到", "我们告诉社保：家里人为本人担保"):
        assert expected in words


def test_an_operator_has_what_belongs_to_no_community(site: Flask, session: Session) -> None:
    browser = staff_browser(site, session, ZHAO)
    task_id = task_about(session, None, TaskKind.HELP_WANTED)
    assert "查无此人" in words_of(browser.get("/staff"))
    assert "没有这个身份证号的人" in words_of(browser.get(f"/staff/tasks/{task_id}"))
    answer = browser.post(f"/staff/tasks/{task_id}", data={"choice": "settle", "reason": REASON})
    assert answer.status_code == 303


def test_a_complaint_is_decided_with_what_was_noted_of_the_visit_beside_it(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    found = visit(session, wang, ServiceState.DONE)
    complain(
        session,
        herself(wang),
        booking_id=found.id,
        about=ComplaintAbout.LATE_OR_SHORT,
        words="只来了半小时",
        now=found.row.ends_at,
    )
    task = tasks_about(session, wang)[TaskKind.SERVICE_COMPLAINT]
    address = f"/staff/tasks/{task.id}"
    words = words_of(desk.get(address))
    for part in ("只来了半小时", "阿梅", "一切正常", "90元", "乐邻"):
        assert part in words, part
    answer = desk.post(address, data={"choice": "uphold", "reason": REASON})
    assert answer.status_code == 303
    session.expire_all()
    assert found.now.state is ServiceState.NOT_CHARGED
    assert REASON in words_of(desk.get(address))


def test_whoever_did_not_open_is_asked_after_with_what_the_care_worker_saw(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    found = visit(session, wang, ServiceState.NOT_AT_HOME)
    task = tasks_about(session, wang)[TaskKind.NOT_AT_HOME]
    address = f"/staff/tasks/{task.id}"
    assert "阿梅" in words_of(desk.get(address))
    assert desk.post(address, data={"choice": "called_her", "reason": REASON}).status_code == 303
    assert not get_task(session, worker_of(wang), task_id=task.id).is_open
    assert found.now.state is ServiceState.NOT_AT_HOME


def test_every_kind_decision_and_reason_has_words(site: Flask) -> None:
    with site.test_request_context():
        assert all(task_kind_words(kind) for kind in TaskKind)
        assert all(WHY[kind]({}) for kind in TaskKind)
        assert all(choice_words(choice) and choice_effect_words(choice) for choice in (*Choice, *Settlement))
        assert all(event_words(kind) for kind in EventKind)
        assert all(state_words(state) for state in CaseState)
        assert all(taken_for_words(handled_as) for handled_as in (None, *HandledAs))
        assert decided_words("something new") == "已处理"


def test_what_a_family_gives_back_is_recorded_where_it_is_due(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    prepare_allowances(session, city=CITY, now=NOW)
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(died_on=date(2026, 9, 15)))
    (case,) = allowances.list_cases(session, SYSTEM, person_id=wang.id)
    allowances.propose_stops(session, SYSTEM, now=NOW)
    allowances.decide_stop(session, worker_of(wang), case_id=case.id, stop=True, reason=REASON, now=NOW)
    allowances.recompute(session, worker_of(wang), person_id=wang.id, now=NOW)
    (waiting,) = list_tasks(session, worker_of(wang), now=NOW, kind=TaskKind.ADJUSTMENT)
    allowances.decide_adjustment(
        session, worker_of(wang), adjustment_id=waiting.subject_id, approve=True, reason=REASON, now=NOW
    )
    address = f"/staff/people/{wang.id}"
    assert "要退回" in words_of(desk.get(address))
    assert desk.post(f"{address}/refund", data={"yuan": "两百"}).status_code == 422
    assert desk.post(f"{address}/refund", data={"yuan": "600.01"}).status_code == 409
    assert desk.post(f"{address}/refund", data={"yuan": "250.5"}).status_code == 303
    assert "多发了349.50元" in words_of(desk.get(address))
    assert deeds(session, "refund_received")


def test_what_a_worker_enters_is_on_the_pages_of_her_community(desk: FlaskClient, hers: FlaskClient) -> None:
    form = {
        "title": "剪纸课",
        "place": "长者之家",
        "day": "2026-11-26",
        "starts": "14:30",
        "ends": "",
        "places_left": "2",
    }
    for wrong in ({"day": "x"}, {"starts": "25:00"}, {"places_left": "many"}, {"title": ""}):
        assert desk.post("/staff/activities", data=form | wrong).status_code == 422
    assert "剪纸课" in words_of(desk.post("/staff/activities", data=form, follow_redirects=True))
    page = words_of(hers.get("/activities"))
    assert "剪纸课" in page
    assert "还有2个名额" in page
    # The one of the form is the last that is entered: its row's forms name it.
    forms = [it.get("action") for it in page_of(desk.get("/staff/activities")).iter("form")]
    of_rows = [action for action in forms if action.endswith("/call-off")]
    for action in of_rows:
        desk.post(action)
    assert "剪纸课" not in words_of(hers.get("/activities"))


def test_a_worker_is_asked_why_before_a_record_opens_and_comes_where_she_was_going(
    site: Flask, session: Session, wang: Person
) -> None:
    desk = staff_browser(site, session, LIU)
    address = f"/staff/people/{wang.id}"
    question = desk.get(address).location
    assert question == f"{address}/open?next={address}"
    assert "为什么打开王*珍的档案" in words_of(desk.get(question))
    for without in ({}, {"reason": "other", "words": " "}, {"reason": "task"}):
        answer = desk.post(question, data=without)
        assert answer.status_code == 422
        assert "请选打开的原因" in words_of(answer)
    # What is sent to a closed record is not done, and she is told.
    refused = desk.post(f"{address}/phone")
    assert refused.location == f"{address}/open"
    assert "没有改动" in words_of(desk.get(refused.location))
    assert desk.post(question, data={"reason": "she_called"}).location == address
    assert "王*珍" in words_of(desk.get(address))
    assert [deed.facts for deed in deeds(session, "record_opened")] == [{"reason": "she_called"}]
    assert deeds(session, "phone_read") == []
