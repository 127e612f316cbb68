"""What happens to visits without anybody asking: reminders, days that passed, phones that slept."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy.orm import Session

from services.clock import local_moment
from services.home_care import ServiceState, start_visit
from services.people import Person
from tests.allowances import learn
from tests.conftest import person_named
from tests.visits import A_DAY, TODAY, TOMORROW, look_after, mei, texts_to, visit


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return local_moment(day, time(hour, minute))


def test_she_is_reminded_once_the_day_before_and_by_day(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED, day=date(2026, 11, 27))
    the_day_before = date(2026, 11, 26)
    assert look_after(session, at(date(2026, 11, 25), 12)) == {}
    assert look_after(session, at(the_day_before, 8, 59)) == {}
    assert look_after(session, at(the_day_before, 9)) == {"reminded": 1}
    assert look_after(session, at(the_day_before, 10)) == {}
    assert texts_to(session, wang)[-1] == "service_reminder"
    assert found.now.state is ServiceState.ACCEPTED


def test_nobody_is_reminded_late_or_of_what_is_not_certain(session: Session, wang: Person) -> None:
    visit(session, wang)
    visit(session, person_named(session, "黄婉仪"), ServiceState.CANCELLED, worker="谢桂香")
    assert look_after(session, at(TODAY, 17, 59)) == {}
    visit(session, person_named(session, "李德全"), ServiceState.ACCEPTED, worker="冯丽萍")
    assert look_after(session, at(TODAY, 18)) == {}
    assert look_after(session, at(TODAY, 17, 59)) == {"reminded": 1}


def test_a_changed_visit_is_reminded_of_anew(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    look_after(session, at(TODAY, 9))
    assert found.row.reminded_at is not None
    found.row.reminded_at = None
    session.flush()
    assert look_after(session, at(TODAY, 10)) == {"reminded": 1}


def test_a_visit_that_nobody_noted_costs_nothing_and_she_is_told(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    assert "missed" not in look_after(session, at(TOMORROW, 23, 59))
    assert look_after(session, at(TOMORROW + A_DAY, 0)) == {"missed": 1}
    assert found.now.state is ServiceState.MISSED
    assert texts_to(session, wang)[-1] == "service_missed"
    assert found.now.object_until_at == at(date(2026, 12, 3), 23, 59).replace(second=59)


def test_a_visit_whose_end_nobody_pressed_ended_when_it_was_to_end(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.VISITING)
    assert look_after(session, at(TOMORROW + A_DAY, 0, 10)) == {"ended": 1}
    assert (found.now.state, found.now.ended_at) == (ServiceState.DONE, found.row.ends_at)
    assert texts_to(session, wang)[-1] == "service_done"
    assert look_after(session, at(TOMORROW + A_DAY, 0, 20)) == {}


def test_a_visit_begun_after_its_time_does_not_end_before_it_began(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    late = at(TOMORROW, 20)
    start_visit(session, mei(session), booking_id=found.id, now=late)
    look_after(session, at(TOMORROW + A_DAY, 0, 10))
    assert found.now.ended_at == late


@pytest.mark.parametrize("state", [ServiceState.REQUESTED, ServiceState.ACCEPTED])
def test_nobody_comes_to_and_nobody_writes_to_who_has_died(session: Session, wang: Person, state: ServiceState) -> None:
    found = visit(session, wang, state)
    before = texts_to(session, wang)
    learn(session, wang, died_on=TODAY)
    assert look_after(session, at(TODAY, 10)) == {"died": 1}
    assert found.now.state is ServiceState.CANCELLED
    assert texts_to(session, wang) == before
    assert look_after(session, at(TODAY, 11)) == {}
