"""Stops that are asked about once: wishes of hers beside what the registers say, the same decision twice, a move of
which nobody knows the day."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from services.allowances import (
    CaseState,
    EventKind,
    StopReason,
    correct_first_months,
    decide_stop,
    events_of,
    propose_stops,
    withdraw,
)
from services.people import Hukou, Person
from services.worker_tasks import TaskKind
from tests.allowances import NOW, SYSTEM, approved, case_of, herself, learn, tasks_about, texts_to, worker
from tests.integration.statements import statements

WHY = "已打电话核实"
DAY = timedelta(days=1)


def kinds(session: Session, person: Person) -> list[EventKind]:
    """What happened in her case, in order."""
    return [event.kind for event in events_of(session, SYSTEM, case_id=case_of(session, person).id)]


def test_her_wish_outlives_a_signal_that_was_wrong(session: Session) -> None:
    person, case = approved(session)
    learn(session, person, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=date(2026, 11, 20))
    propose_stops(session, SYSTEM, now=NOW + DAY)
    for days in (2, 3):
        withdraw(session, herself(person), case_id=case.id, now=NOW + days * DAY)
    assert texts_to(session, person).count("allowance_withdrawal_noted") == 1
    assert kinds(session, person).count(EventKind.WISHED_TO_WITHDRAW) == 1
    task = tasks_about(session, person)[TaskKind.STOP_DECISION]
    assert (task.facts["reason"], task.facts["wished_on"]) == ("moved_out", "2026-11-26")
    learn(session, person, hukou=Hukou.SHENZHEN, hukou_district="罗湖区", hukou_changed_on=None)
    propose_stops(session, SYSTEM, now=NOW + 5 * DAY)
    left = tasks_about(session, person)[TaskKind.STOP_DECISION]
    assert (left.id, left.facts["reason"], left.facts["happened_on"]) == (task.id, "withdrawn", "2026-11-26")
    assert case_of(session, person).stop_reason is StopReason.WITHDRAWN
    assert propose_stops(session, SYSTEM, now=NOW + 6 * DAY) == 0
    decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=NOW + 7 * DAY)
    assert case_of(session, person).state is CaseState.WITHDRAWN
    assert texts_to(session, person)[-1] == "allowance_withdrawn"


def test_a_death_is_put_to_a_worker_also_where_she_had_wished_to_end_it(session: Session) -> None:
    person, case = approved(session)
    withdraw(session, herself(person), case_id=case.id, now=NOW + DAY)
    learn(session, person, died_on=date(2026, 11, 26))
    assert propose_stops(session, SYSTEM, now=NOW + 3 * DAY) == 1
    task = tasks_about(session, person)[TaskKind.STOP_DECISION]
    assert (task.facts["reason"], task.facts["happened_on"]) == ("died", "2026-11-26")
    assert propose_stops(session, SYSTEM, now=NOW + 4 * DAY) == 0


def test_keeping_it_against_a_wish_decides_nothing_about_a_move(session: Session) -> None:
    person, case = approved(session)
    withdraw(session, herself(person), case_id=case.id, now=NOW + DAY)
    learn(session, person, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=date(2026, 11, 26))
    assert propose_stops(session, SYSTEM, now=NOW + 3 * DAY) == 0
    decide_stop(session, worker(), case_id=case.id, stop=False, reason=WHY, now=NOW + 4 * DAY)
    assert propose_stops(session, SYSTEM, now=NOW + 5 * DAY) == 1
    assert tasks_about(session, person)[TaskKind.STOP_DECISION].facts["reason"] == "moved_out"


def test_after_a_worker_kept_it_another_wish_is_another_question(session: Session) -> None:
    person, case = approved(session)
    for days in (1, 5):
        withdraw(session, herself(person), case_id=case.id, now=NOW + days * DAY)
        decide_stop(session, worker(), case_id=case.id, stop=False, reason=WHY, now=NOW + (days + 1) * DAY)
    assert texts_to(session, person)[-4:] == ["allowance_withdrawal_noted", "allowance_kept"] * 2


def test_the_same_decision_again_adds_nothing(session: Session) -> None:
    person, case = approved(session)
    decide_stop(session, worker(), case_id=case.id, stop=False, reason=WHY, now=NOW)
    before = kinds(session, person)
    learn(session, person, died_on=date(2026, 11, 20))
    propose_stops(session, SYSTEM, now=NOW)
    for _ in range(2):
        decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=NOW)
    assert kinds(session, person) == [*before, EventKind.STOP_PROPOSED, EventKind.STOPPED]
    for _ in range(2):
        decide_stop(session, worker(), case_id=case.id, stop=False, reason=WHY, now=NOW)
    assert kinds(session, person)[-1] is EventKind.REINSTATED
    assert kinds(session, person).count(EventKind.REINSTATED) == 1


def test_a_move_of_which_nobody_knows_the_day_is_asked_about_once(session: Session) -> None:
    person, case = approved(session)
    learn(session, person, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=None)
    assert propose_stops(session, SYSTEM, now=NOW) == 1
    first = case_of(session, person).stop_proposed_from
    assert propose_stops(session, SYSTEM, now=NOW + 30 * DAY) == 0
    assert case_of(session, person).stop_proposed_from == first == date(2026, 12, 1)
    decide_stop(session, worker(), case_id=case.id, stop=False, reason=WHY, now=NOW + 31 * DAY)
    assert propose_stops(session, SYSTEM, now=NOW + 32 * DAY) == 0
    # Once a register knows the day, it is another matter.
    learn(session, person, hukou_changed_on=date(2026, 12, 20))
    assert propose_stops(session, SYSTEM, now=NOW + 33 * DAY) == 1


def test_what_waits_for_workers_is_not_held_every_hour(session: Session) -> None:
    for _ in range(12):
        person, _ = approved(session)
        learn(session, person, died_on=date(2026, 11, 20))
    assert propose_stops(session, SYSTEM, now=NOW) == 12
    with statements(session) as asked:
        assert propose_stops(session, SYSTEM, now=NOW + DAY) == 0
    assert len(asked) == 1


def test_first_months_are_reckoned_for_a_city_in_one_statement(session: Session) -> None:
    people = [approved(session)[0] for _ in range(12)]
    with statements(session) as asked:
        assert correct_first_months(session, SYSTEM, now=NOW) == 0
    assert len(asked) == 1
    learn(session, people[0], birth_on=date(1957, 2, 1))
    learn(session, people[1], birth_on=date(1957, 1, 31))
    assert correct_first_months(session, SYSTEM, now=NOW) == 1
    assert case_of(session, people[0]).first_month == date(2027, 2, 1)
