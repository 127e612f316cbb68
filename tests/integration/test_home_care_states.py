"""Every deed in every state: what is possible where, and that the booking itself says so to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from services.calendar.engagements import EngagementRow
from services.clock import local_moment
from services.home_care import (
    ServiceState,
    VisitStepNotPossible,
    assign_workers,
    change_service,
    list_booking_events,
)
from services.home_care.states import ALLOWED, CHANGEABLE, FINAL, HOLDING_TIME, UNPAID
from services.people import Person
from services.vouchers import held_vouchers
from tests.conftest import NOW, person_named
from tests.visits import A_DAY, TOMORROW, Visit, care_worker, herself, office, visit

REQUESTED, ACCEPTED, VISITING, DONE = (
    ServiceState.REQUESTED,
    ServiceState.ACCEPTED,
    ServiceState.VISITING,
    ServiceState.DONE,
)


def change(found: Visit) -> None:
    """She wants another time."""
    change_service(
        found.session,
        herself(found.her),
        booking_id=found.id,
        worker_id=care_worker(found.session, "阿梅").id,
        starts_at=local_moment(TOMORROW, time(16)),
        agreed_to_pay_fen=0,
        now=NOW,
    )


def send_another(found: Visit) -> None:
    """The office sends somebody else."""
    ids = [care_worker(found.session, "谢桂香").id]
    assign_workers(found.session, office(found.session), booking_id=found.id, worker_ids=ids, now=NOW)


def uphold(found: Visit) -> None:
    """The community worker decides for her."""
    found.decide(upheld=True)


# By deed: from which states it goes where. A state that a deed leads to answers a second press with what is there.
DEEDS: dict[Callable[[Visit], None], tuple[frozenset[ServiceState], ServiceState]] = {
    Visit.accept: (frozenset({REQUESTED}), ACCEPTED),
    send_another: (CHANGEABLE, ACCEPTED),
    change: (CHANGEABLE, REQUESTED),
    Visit.cancel: (CHANGEABLE, ServiceState.CANCELLED),
    Visit.decline: (CHANGEABLE, ServiceState.DECLINED),
    Visit.start: (frozenset({ACCEPTED}), VISITING),
    Visit.nobody_opens: (frozenset({ACCEPTED}), ServiceState.NOT_AT_HOME),
    Visit.end: (frozenset({VISITING}), DONE),
    Visit.confirm: (frozenset({DONE}), ServiceState.CONFIRMED),
    Visit.complain: (
        frozenset({ACCEPTED, DONE, ServiceState.CONFIRMED, ServiceState.NOT_AT_HOME, ServiceState.MISSED}),
        ServiceState.DISPUTED,
    ),
    uphold: (frozenset({ServiceState.DISPUTED}), ServiceState.NOT_CHARGED),
}
# These answer a second press as the first one.
SAFE_AGAIN = frozenset(DEEDS) - {send_another, change, uphold}


@pytest.mark.parametrize("state", ServiceState)
def test_every_deed_belongs_to_its_states(session: Session, state: ServiceState) -> None:
    li = person_named(session, "李德全")
    found = visit(session, li, state, service="CARE")
    for deed, (before, after) in DEEDS.items():
        point = session.begin_nested()
        if state in before or (state is after and deed in SAFE_AGAIN) or _was_complained_about(deed, state):
            deed(found)
            expected = state if _was_complained_about(deed, state) else after
            assert found.now.state is expected, (deed.__name__, state)
            assert expected is state or expected in ALLOWED[state] or (deed, state) == (Visit.complain, ACCEPTED)
        else:
            with pytest.raises(VisitStepNotPossible):
                deed(found)
            assert found.now.state is state, (deed.__name__, state)
        point.rollback()
        session.expire_all()


def _was_complained_about(deed: Callable[[Visit], None], state: ServiceState) -> bool:
    """A second complaint is the first one, also where that was decided."""
    return deed is Visit.complain and state in (ServiceState.DISPUTED, ServiceState.NOT_CHARGED)


@pytest.mark.parametrize("state", ServiceState)
def test_time_is_taken_and_vouchers_are_held_as_the_state_says(session: Session, state: ServiceState) -> None:
    li = person_named(session, "李德全")
    found = visit(session, li, state, service="CARE")
    held = held_vouchers(session, [found.id])[found.id]
    assert (held.held_fen + held.spent_fen == 0) is (state in UNPAID)
    assert (held.spent_fen > 0) is (state is ServiceState.CONFIRMED)
    if state in UNPAID - {ServiceState.NOT_CHARGED}:
        assert session.query(EngagementRow).count() == 0
    assert found.now.is_coming is (state in HOLDING_TIME)


@pytest.mark.parametrize("state", ServiceState)
def test_what_a_booking_says_can_be_done_can_be_done_and_nothing_else(session: Session, state: ServiceState) -> None:
    li = person_named(session, "李德全")
    found = visit(session, li, state, service="CARE")
    now = found.now
    at = found.row.ends_at + A_DAY
    assert now.can_be_changed(NOW) is (state in CHANGEABLE)
    # A confirmed one was rated on the way here.
    assert now.can_be_confirmed(at) is (state is DONE)
    complains = {ACCEPTED, DONE, ServiceState.CONFIRMED, ServiceState.NOT_AT_HOME, ServiceState.MISSED}
    assert now.can_be_complained_about(at) is (state in complains)
    assert (state in FINAL) is (not ALLOWED[state])


def test_no_event_is_changed_or_removed(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    for statement in ("UPDATE service_events SET kind = 'x'", "DELETE FROM service_events"):
        with pytest.raises(ProgrammingError, match="only"), session.begin_nested():
            session.execute(text(statement))
    assert list_booking_events(session, herself(wang), booking_id=found.id)


@pytest.mark.parametrize(
    ("change_to", "rule"),
    [
        ("self_paid_fen = self_paid_fen + 1", "split"),
        ("voucher_fen = -1, self_paid_fen = price_fen + 1", "amounts"),
        ("state = 'lost'", "state"),
        ("state = 'declined'", "declined"),
        ("rating = 6", "rating"),
        ("ends_at = starts_at", "times"),
    ],
)
def test_the_database_refuses_what_cannot_be(session: Session, wang: Person, change_to: str, rule: str) -> None:
    visit(session, wang)
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(text(f"UPDATE service_bookings SET {change_to}"))
