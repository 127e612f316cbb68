"""Changing and cancelling in time, and a price that is asked anew."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import NotAllowed
from services.calendar.engagements import EngagementRow
from services.clock import local_moment
from services.home_care import (
    EventKind,
    ServiceBooking,
    ServicePriceChanged,
    ServiceState,
    TimeTaken,
    TooLateToChange,
    agree_to_price,
    ask_new_price,
    cancel_service,
    change_service,
    list_booking_events,
    quote_service,
)
from services.people import IncomeClass, Person
from services.vouchers import LostHold, VoucherKind, VoucherPart, held_vouchers, issue_vouchers
from tests.allowances import learn, worker
from tests.conftest import NOW, person_named
from tests.visits import A_DAY, NINE, SYSTEM, TOMORROW, Visit, book, care_worker, herself, look_after, texts_to, visit

CHANGEABLE = (ServiceState.REQUESTED, ServiceState.ACCEPTED)
SUBSIDY = VoucherKind.HOME_CARE_SUBSIDY


@pytest.fixture
def li(session: Session) -> Person:
    """李德全, with 300 yuan of the subsidy."""
    return person_named(session, "李德全")


def change(
    session: Session, found: Visit, *, at: time, name: str = "阿梅", days: int = 0, **about: object
) -> ServiceBooking:
    starts_at = local_moment(TOMORROW + days * A_DAY, at)
    worker_id = care_worker(session, name).id
    quote = quote_service(
        session,
        herself(found.her),
        person_id=found.her.id,
        service=found.now.service.code,
        worker_id=worker_id,
        starts_at=starts_at,
        now=NOW,
        instead_of=found.id,
    )
    return change_service(
        session,
        herself(found.her),
        **{  # type: ignore[arg-type]
            "booking_id": found.id,
            "worker_id": worker_id,
            "starts_at": starts_at,
            "agreed_to_pay_fen": quote.split.self_paid_fen,
            "now": NOW,
        }
        | about,
    )


def engaged(session: Session, subject_id: UUID) -> set[UUID]:
    return set(session.scalars(select(EngagementRow.resource_id).where(EngagementRow.subject_id == subject_id)))


@pytest.mark.parametrize("state", CHANGEABLE)
def test_another_time_is_a_request_again_and_the_former_time_is_free(
    session: Session, wang: Person, state: ServiceState
) -> None:
    found = visit(session, wang, state)
    changed = change(session, found, at=time(14), name="谢桂香")
    assert (changed.id, changed.state) == (found.id, ServiceState.REQUESTED)
    assert [each.name for each in changed.workers] == ["谢桂香"]
    assert engaged(session, found.id) == {wang.id, care_worker(session, "谢桂香").id}
    # Somebody else can have the former time now.
    book(session, person_named(session, "黄婉仪"))
    assert texts_to(session, wang)[-1] == "service_changed"
    events = list_booking_events(session, herself(wang), booking_id=found.id)
    assert events[-1].kind is EventKind.CHANGED


def test_what_is_so_already_changes_nothing(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    assert change(session, found, at=NINE).state is ServiceState.ACCEPTED
    assert texts_to(session, wang) == ["service_booked", "service_accepted"]


def test_a_change_holds_the_vouchers_once(session: Session, li: Person) -> None:
    found = visit(session, li, service="BATH", worker="谢桂香")
    changed = change(session, found, at=time(14), name="谢桂香")
    assert changed.split.vouchers == (VoucherPart(SUBSIDY, 15000),)
    assert held_vouchers(session, [found.id])[found.id].held == changed.split.vouchers


def test_a_change_that_cannot_be_had_leaves_everything_as_it_was(session: Session, wang: Person, li: Person) -> None:
    found = visit(session, li, ServiceState.ACCEPTED, service="CLEAN")
    before = found.now, engaged(session, found.id), held_vouchers(session, [found.id])
    book(session, wang, at=time(14))
    with pytest.raises(TimeTaken), session.begin_nested():
        change(session, found, at=time(14))
    with pytest.raises(ServicePriceChanged), session.begin_nested():
        change(session, found, at=time(14), name="谢桂香", agreed_to_pay_fen=1)
    session.expire_all()
    assert (found.now, engaged(session, found.id), held_vouchers(session, [found.id])) == before


@pytest.mark.parametrize("state", CHANGEABLE)
def test_cancelling_frees_the_time_and_the_vouchers_once(session: Session, li: Person, state: ServiceState) -> None:
    found = visit(session, li, state, service="CLEAN")
    found.cancel()
    found.cancel()
    assert found.now.state is ServiceState.CANCELLED
    assert engaged(session, found.id) == set()
    assert held_vouchers(session, [found.id])[found.id].held == ()
    assert texts_to(session, li).count("service_cancelled") == 1


def test_three_hours_before_it_is_too_late_to_change_or_cancel(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    last = found.now.cancel_until_at
    assert found.now.can_be_changed(last)
    with pytest.raises(TooLateToChange):
        cancel_service(session, herself(wang), booking_id=found.id, now=last + timedelta(seconds=1))
    with pytest.raises(TooLateToChange):
        change(session, found, at=time(14), now=last + timedelta(seconds=1))
    assert not found.now.can_be_changed(last + timedelta(seconds=1))
    cancel_service(session, herself(wang), booking_id=found.id, now=last)


def test_nobody_else_changes_or_cancels_her_visit(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    for stranger in (herself(person_named(session, "黄婉仪")), worker("景田", "福田区")):
        with pytest.raises(NotAllowed):
            cancel_service(session, stranger, booking_id=found.id, now=NOW)
        with pytest.raises(NotAllowed):
            agree_to_price(session, stranger, booking_id=found.id, agreed_to_pay_fen=9000, now=NOW)


@pytest.fixture
def asked(session: Session) -> Visit:
    """赵玉梅 of 低保 booked for December, and December's voucher gives her nothing: she is asked."""
    zhao = person_named(session, "赵玉梅")
    found = visit(session, zhao, ServiceState.ACCEPTED, service="CARE", day=TOMORROW + 7 * A_DAY)
    assert found.now.split.vouchers == (VoucherPart(SUBSIDY, 4500),)
    learn(session, zhao, income_class=IncomeClass.NONE)
    first_of_december = local_moment(TOMORROW + 6 * A_DAY, time(1))
    issue_vouchers(session, SYSTEM, person_id=zhao.id, now=first_of_december, on_lost=ask_new_price)
    return found


def test_where_a_voucher_gives_less_she_is_asked_and_agrees_to_the_new_price(session: Session, asked: Visit) -> None:
    assert asked.now.asked_self_paid_fen == 4500
    assert (asked.now.split.self_paid_fen, asked.now.split.uncovered_fen) == (0, 4500)
    assert "service_price_asked" in texts_to(session, asked.her)
    with pytest.raises(ServicePriceChanged):
        agree_to_price(session, herself(asked.her), booking_id=asked.id, agreed_to_pay_fen=4400, now=NOW)
    agreed = agree_to_price(session, herself(asked.her), booking_id=asked.id, agreed_to_pay_fen=4500, now=NOW)
    assert (agreed.asked_self_paid_fen, agreed.split.self_paid_fen) == (None, 4500)
    assert agree_to_price(session, herself(asked.her), booking_id=asked.id, agreed_to_pay_fen=1, now=NOW) == agreed


def test_a_price_that_she_does_not_agree_to_in_time_calls_the_visit_off(session: Session, asked: Visit) -> None:
    until = asked.now.cancel_until_at
    assert look_after(session, until) == {}
    assert look_after(session, until + timedelta(minutes=1)) == {"called_off": 1}
    assert (asked.now.state, asked.now.decline_reason) == (ServiceState.DECLINED, "price_not_agreed")


def test_a_booking_of_something_else_that_lost_a_voucher_is_left_alone(session: Session, wang: Person) -> None:
    ask_new_price(session, LostHold(wang.id, wang.id, (VoucherPart(SUBSIDY, 100),)), NOW)
    assert texts_to(session, wang) == []
