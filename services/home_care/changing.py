"""Changing and cancelling visits in time, and agreeing to a new price."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.clock import local_day
from services.home_care.booking import planned, stored_split, take
from services.home_care.errors import ServicePriceChanged, TooLateToChange, VisitStepNotPossible
from services.home_care.reading import booking_view
from services.home_care.states import CHANGEABLE, EventKind, ServiceState
from services.home_care.steps import give_up, held, move, note, seen_by_her, send_workers, state_of
from services.home_care.tables import ServiceBookingRow
from services.home_care.telling import tell
from services.home_care.terms import terms_on
from services.home_care.views import ServiceBooking
from services.vouchers import LostHold, VoucherKind, release_vouchers

SYSTEM = Actor.system()


def change_service(
    session: Session,
    actor: Actor,
    *,
    booking_id: UUID,
    worker_id: UUID,
    starts_at: datetime,
    agreed_to_pay_fen: int,
    now: datetime,
) -> ServiceBooking:
    """Another time or another worker for the same service; the provider is asked anew and she is texted. If that cannot
    be had, everything stays as it was. What is so already comes back as it is.

    `agreed_to_pay_fen` is from `quote_service(..., instead_of=booking_id)`. Raises NotAllowed, ServiceBookingUnknown,
    TooLateToChange, VisitStepNotPossible, and what `book_service` raises about the new time.
    """
    row = held(session, seen_by_her(session, actor, booking_id, Capability.BOOK_SERVICES))
    _still_changeable(row, ServiceState.REQUESTED, now)
    if row.starts_at == starts_at and row.workers[0].care_worker_id == worker_id:
        return booking_view(session, row)
    person = people.get_person(session, actor, person_id=row.person_id)
    plan = planned(session, person, row.service, worker_id, starts_at, now=now, without=row.id)
    release_vouchers(session, actor, subject_id=row.id, now=now)
    split = take(session, actor, person, plan, row.id, agreed_to_pay_fen=agreed_to_pay_fen, now=now)
    before = row.starts_at
    move(row, ServiceState.REQUESTED)
    row.provider_id, row.day = plan.provider.id, local_day(starts_at)
    row.starts_at, row.ends_at = plan.starts_at, plan.ends_at
    row.reminded_at, row.uncovered_fen = None, 0
    for name, value in stored_split(split).items():
        setattr(row, name, value)
    session.flush()
    session.refresh(row, ["provider"])
    send_workers(session, row, [worker.id for worker in plan.workers])
    tell(session, person, row, "service_changed", now=now, until=terms_on(row.day).cancel_until(starts_at))
    note(
        session,
        actor,
        row,
        EventKind.CHANGED,
        now=now,
        from_starts_at=before.isoformat(),
        starts_at=starts_at.isoformat(),
        worker_id=worker_id,
        self_paid_fen=row.self_paid_fen,
        voucher_rule=split.rule,
    )
    return booking_view(session, row)


def cancel_service(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> ServiceBooking:
    """Cancel a visit, free the workers and the vouchers, tell her. A cancelled one comes back as it is.

    Raises NotAllowed, ServiceBookingUnknown, TooLateToChange, VisitStepNotPossible.
    """
    row = held(session, seen_by_her(session, actor, booking_id, Capability.BOOK_SERVICES))
    if state_of(row) is ServiceState.CANCELLED:
        return booking_view(session, row)
    _still_changeable(row, ServiceState.CANCELLED, now)
    give_up(session, actor, row, ServiceState.CANCELLED, now=now)
    person = people.get_person(session, actor, person_id=row.person_id)
    tell(session, person, row, "service_cancelled", now=now)
    note(session, actor, row, EventKind.CANCELLED, now=now)
    return booking_view(session, row)


def agree_to_price(
    session: Session, actor: Actor, *, booking_id: UUID, agreed_to_pay_fen: int, now: datetime
) -> ServiceBooking:
    """She still wants the visit at the price that she was asked about, since a voucher gives less than was foreseen.
    Without such a question it comes back as it is. Raises NotAllowed, ServiceBookingUnknown, VisitStepNotPossible,
    ServicePriceChanged."""
    row = held(session, seen_by_her(session, actor, booking_id, Capability.BOOK_SERVICES))
    if row.uncovered_fen == 0:
        return booking_view(session, row)
    if state_of(row) not in CHANGEABLE:
        raise VisitStepNotPossible(state=row.state, wanted=row.state)
    if row.self_paid_fen + row.uncovered_fen != agreed_to_pay_fen:
        raise ServicePriceChanged(to_pay_fen=row.self_paid_fen + row.uncovered_fen)
    row.self_paid_fen, row.uncovered_fen = agreed_to_pay_fen, 0
    note(session, actor, row, EventKind.PRICE_AGREED, now=now, self_paid_fen=row.self_paid_fen)
    return booking_view(session, row)


def ask_new_price(session: Session, lost: LostHold, now: datetime) -> None:
    """A voucher gives less than was held for a booking: what is missing is uncovered, and she is asked whether she
    still wants the visit; nobody charges it to her meanwhile. A booking of another capability is left alone.

    For `services.vouchers`, as its `OnLost`, in the transaction that lowered the voucher.
    """
    row = session.get(ServiceBookingRow, lost.subject_id)
    if row is None:
        return
    held(session, row)
    left = {VoucherKind(kind): fen for kind, fen in row.vouchers}
    for part in lost.lost:
        left[part.kind] = left.get(part.kind, 0) - part.fen
    row.vouchers = [[kind.value, fen] for kind, fen in left.items() if fen]
    row.voucher_fen = sum(left.values())
    row.uncovered_fen = row.price_fen - row.voucher_fen - row.self_paid_fen
    if state_of(row) in CHANGEABLE:
        person = people.get_person(session, SYSTEM, person_id=row.person_id)
        until = terms_on(row.day).cancel_until(row.starts_at)
        tell(session, person, row, "service_price_asked", now=now, until=until)
    note(session, SYSTEM, row, EventKind.PRICE_ASKED, now=now, uncovered_fen=row.uncovered_fen)


def _still_changeable(row: ServiceBookingRow, wanted: ServiceState, now: datetime) -> None:
    if state_of(row) not in CHANGEABLE:
        raise VisitStepNotPossible(state=row.state, wanted=wanted.value)
    until = terms_on(row.day).cancel_until(row.starts_at)
    if now > until:
        raise TooLateToChange(cancel_until_at=until)
