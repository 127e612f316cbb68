"""The care worker's day: her own visits, begun and ended on her phone."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability, require
from services.clock import local_day
from services.home_care import steps
from services.home_care.errors import TooEarly, VisitStepNotPossible, WordsTooLong
from services.home_care.reading import CALLED_OFF, sealed_place, visit_views
from services.home_care.states import EventKind, ServiceState
from services.home_care.steps import give_up, held, move, own_worker_id, seen_by_worker, state_of
from services.home_care.tables import NOTE, BookingWorkerRow, ServiceBookingRow
from services.home_care.telling import tell
from services.home_care.terms import terms_on
from services.home_care.views import Place, Visit
from services.sealing import vault_of
from services.worker_tasks import TaskKind, open_task

LONGEST_NOTE = 500
SYSTEM = Actor.system()


def list_my_visits(session: Session, actor: Actor, *, day: date, now: datetime) -> tuple[Visit, ...]:
    """The visits of the care worker who is signed in, by time, but for what was called off. Raises NotAllowed."""
    require(actor, Capability.MAKE_VISITS, person_id=None, workplace_id=actor.workplace_id)
    rows = session.scalars(
        select(ServiceBookingRow)
        .join(BookingWorkerRow, BookingWorkerRow.booking_id == ServiceBookingRow.id)
        .where(
            BookingWorkerRow.care_worker_id == own_worker_id(session, actor),
            ServiceBookingRow.day == day,
            ServiceBookingRow.state.not_in(CALLED_OFF),
        )
        .order_by(ServiceBookingRow.starts_at)
    ).all()
    return tuple(visit_views(session, actor, rows, now=now))


def get_my_visit(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> Visit:
    """One of her visits. Raises NotAllowed, ServiceBookingUnknown."""
    return visit_views(session, actor, [seen_by_worker(session, actor, booking_id)], now=now)[0]


def start_visit(
    session: Session, actor: Actor, *, booking_id: UUID, place: Place | None = None, now: datetime
) -> Visit:
    """She is there and begins. A begun one comes back as it is. Raises NotAllowed, ServiceBookingUnknown, TooEarly,
    VisitStepNotPossible."""
    row = held(session, seen_by_worker(session, actor, booking_id))
    if state_of(row) is not ServiceState.VISITING:
        _not_before(terms_on(row.day).begin_from(row.starts_at), now)
        move(row, ServiceState.VISITING)
        row.started_at = now
        row.start_place_sealed = sealed_place(vault_of(session), place)
        steps.note(session, actor, row, EventKind.STARTED, now=now, with_place=place is not None)
    return visit_views(session, actor, [row], now=now)[0]


def end_visit(
    session: Session, actor: Actor, *, booking_id: UUID, note: str = "", place: Place | None = None, now: datetime
) -> Visit:
    """The visit is over; the senior is asked whether all was well. An ended one comes back as it is. Raises NotAllowed,
    ServiceBookingUnknown, VisitStepNotPossible, WordsTooLong."""
    row = held(session, seen_by_worker(session, actor, booking_id))
    if state_of(row) is not ServiceState.DONE:
        _write_note(session, row, note)
        row.end_place_sealed = sealed_place(vault_of(session), place)
        ended(session, actor, row, ended_at=now, now=now)
    return visit_views(session, actor, [row], now=now)[0]


def record_not_at_home(
    session: Session, actor: Actor, *, booking_id: UUID, note: str = "", place: Place | None = None, now: datetime
) -> Visit:
    """Nobody opens: a while after the agreed time. She is texted, and a community worker asks after her today. Again it
    comes back as it is. Raises NotAllowed, ServiceBookingUnknown, TooEarly, VisitStepNotPossible, WordsTooLong."""
    row = held(session, seen_by_worker(session, actor, booking_id))
    if state_of(row) is not ServiceState.NOT_AT_HOME:
        if state_of(row) is not ServiceState.ACCEPTED:
            # From a dispute, too, the way leads here, but only by the decision about it.
            raise VisitStepNotPossible(state=row.state, wanted=ServiceState.NOT_AT_HOME.value)
        _not_before(terms_on(row.day).absent_from(row.starts_at), now)
        _write_note(session, row, note)
        row.start_place_sealed = sealed_place(vault_of(session), place)
        _absent(session, actor, row, now)
    return visit_views(session, actor, [row], now=now)[0]


def ended(session: Session, actor: Actor, row: ServiceBookingRow, *, ended_at: datetime, now: datetime) -> None:
    """A visit that is held is over since `ended_at`; from now on she may object. Raises VisitStepNotPossible."""
    move(row, ServiceState.DONE)
    row.ended_at, row.over_at = ended_at, now
    person = people.get_person(session, SYSTEM, person_id=row.person_id)
    tell(session, person, row, "service_done", now=now, until=local_day(terms_on(row.day).object_until(now)))
    steps.note(session, actor, row, EventKind.ENDED, now=now, ended_at=ended_at.isoformat())


def _absent(session: Session, actor: Actor, row: ServiceBookingRow, now: datetime) -> None:
    give_up(session, actor, row, ServiceState.NOT_AT_HOME, now=now)
    row.over_at = now
    person = people.get_person(session, SYSTEM, person_id=row.person_id)
    tell(session, person, row, "service_not_at_home", now=now)
    open_task(
        session,
        kind=TaskKind.NOT_AT_HOME,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts={"booking_id": str(row.id), "service": row.service, "starts_at": row.starts_at.isoformat()},
        now=now,
        due_on=local_day(now),
    )
    steps.note(session, actor, row, EventKind.NOT_AT_HOME, now=now)


def _not_before(from_at: datetime, now: datetime) -> None:
    if now < from_at:
        raise TooEarly(from_at=from_at)


def _write_note(session: Session, row: ServiceBookingRow, words: str) -> None:
    words = words.strip()
    if len(words) > LONGEST_NOTE:
        raise WordsTooLong(most=LONGEST_NOTE)
    if words:
        row.note_sealed = vault_of(session).seal(words, context=NOTE)
