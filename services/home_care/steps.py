"""Moving bookings: the only place that changes a state, and that writes events and the record of deeds with it.

Whoever changes a booking holds the person first; vouchers and the calendar come after, always in this order.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability, NotAllowed, require
from services.calendar import release
from services.database import ask, new_id
from services.home_care.errors import ServiceBookingUnknown, VisitStepNotPossible
from services.home_care.states import ALLOWED, HOLDING_TIME, UNPAID, DeclineReason, EventKind, ServiceState
from services.home_care.tables import BookingWorkerRow, CareWorkerRow, ServiceBookingRow, ServiceEventRow
from services.vouchers import release_vouchers

NEW_EVENT = insert(ServiceEventRow)
Fact = str | int | bool | date | UUID | None


def seen_by_her(session: Session, actor: Actor, booking_id: UUID, capability: Capability) -> ServiceBookingRow:
    """A booking, for its senior or a worker of her community. Raises ServiceBookingUnknown, NotAllowed."""
    row = _row(session, booking_id)
    people.require_for(session, actor, capability, person_id=row.person_id)
    return row


def seen_by_provider(session: Session, actor: Actor, booking_id: UUID) -> ServiceBookingRow:
    """A booking, for the office of its provider. Raises ServiceBookingUnknown, NotAllowed."""
    row = _row(session, booking_id)
    require(actor, Capability.RUN_SERVICES, person_id=None, workplace_id=row.provider_id)
    return row


def seen_by_worker(session: Session, actor: Actor, booking_id: UUID) -> ServiceBookingRow:
    """A booking, for those who make the visit. Raises ServiceBookingUnknown, NotAllowed."""
    row = _row(session, booking_id)
    require(actor, Capability.MAKE_VISITS, person_id=None, workplace_id=row.provider_id)
    if all(each.worker.staff_id != actor.staff_id for each in row.workers):
        raise NotAllowed(capability=Capability.MAKE_VISITS.value)
    return row


def held(session: Session, row: ServiceBookingRow) -> ServiceBookingRow:
    """The same booking as it is now, which nobody else changes until commit."""
    people.hold(session, row.person_id)
    session.refresh(row)
    return row


def own_worker_id(session: Session, actor: Actor) -> UUID:
    """Which care worker is signed in. Raises NotAllowed."""
    found = session.scalar(select(CareWorkerRow.id).where(CareWorkerRow.staff_id == actor.staff_id))
    if found is None or actor.staff_id is None:
        raise NotAllowed(capability=Capability.MAKE_VISITS.value)
    return found


def state_of(row: ServiceBookingRow) -> ServiceState:
    """The state of a booking."""
    return ServiceState(row.state)


def move(row: ServiceBookingRow, state: ServiceState) -> None:
    """Go to another state. Raises VisitStepNotPossible."""
    if state not in ALLOWED[state_of(row)]:
        raise VisitStepNotPossible(state=row.state, wanted=state.value)
    row.state = state


def give_up(
    session: Session,
    actor: Actor,
    row: ServiceBookingRow,
    state: ServiceState,
    *,
    decline_reason: DeclineReason | None = None,
    now: datetime,
) -> None:
    """Go to a state in which nothing is paid: the time of the workers and her vouchers are free again. Raises
    VisitStepNotPossible."""
    assert state in UNPAID
    move(row, state)
    row.decline_reason = decline_reason
    free_time(session, row)
    release_vouchers(session, actor, subject_id=row.id, now=now)


def free_time(session: Session, row: ServiceBookingRow) -> None:
    """Free the time of everybody who was engaged with a visit, once nobody is to come any more."""
    assert state_of(row) not in HOLDING_TIME
    release(session, subject_id=row.id)


def send_workers(session: Session, row: ServiceBookingRow, worker_ids: list[UUID]) -> None:
    """Write down who comes, the first one leading, in place of those who were to come."""
    for each in list(row.workers):
        session.delete(each)
    session.flush()
    for place, worker_id in enumerate(worker_ids):
        session.add(BookingWorkerRow(city=row.city, booking_id=row.id, care_worker_id=worker_id, place=place))
    session.flush()
    session.expire(row, ["workers"])


def note(
    session: Session, actor: Actor, row: ServiceBookingRow, kind: EventKind, *, now: datetime, **facts: Fact
) -> None:
    """Add the event and the entry in the record of deeds, and flush. `facts`: codes, ids, amounts and times."""
    plain = {name: _plain(value) for name, value in facts.items() if value is not None}
    event = {
        "id": new_id(),
        "city": row.city,
        "booking_id": row.id,
        "person_id": row.person_id,
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "channel": actor.channel,
        "kind": kind,
        "facts": plain,
    }
    ask(session, NEW_EVENT, event)
    deed = f"service_{kind}"
    audit.record(session, actor, deed, city=row.city, person_id=row.person_id, subject_id=row.id, now=now, **plain)
    session.flush()


def _row(session: Session, booking_id: UUID) -> ServiceBookingRow:
    row = session.get(ServiceBookingRow, booking_id)
    if row is None:
        raise ServiceBookingUnknown()
    return row


def _plain(value: Fact) -> str | int | bool | None:
    return str(value) if isinstance(value, date | UUID) else value
