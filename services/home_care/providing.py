"""The provider's office: requests, accepting, assigning, declining, the day's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability, NotAllowed, require
from services.calendar import Engaged, engage, engagements_of
from services.home_care.catalogue import service_on
from services.home_care.crews import colleagues_of, missing
from services.home_care.declining import call_off
from services.home_care.errors import (
    VisitStepNotPossible,
    WorkerNotFree,
    WorkerNotQualified,
    WorkersWrong,
    WorkerUnknown,
)
from services.home_care.free_times import works_then
from services.home_care.reading import CALLED_OFF, provider_view, shift_view, visit_views, worker_views
from services.home_care.states import CHANGEABLE, SAID_BY_OFFICES, DeclineReason, EventKind, ServiceState, WhyNot
from services.home_care.steps import held, move, note, seen_by_provider, send_workers, state_of
from services.home_care.tables import ProviderRow, ServiceBookingRow
from services.home_care.telling import tell
from services.home_care.terms import terms_on
from services.home_care.views import Provider, ProviderDay, Visit, WorkerChoice, WorkerDay

SYSTEM = Actor.system()


def get_provider(session: Session, actor: Actor, *, provider_id: UUID) -> Provider:
    """The provider itself. Raises NotAllowed, also for an id that no provider has."""
    require(actor, Capability.RUN_SERVICES, person_id=None, workplace_id=provider_id)
    row = session.get(ProviderRow, provider_id)
    if row is None:
        raise NotAllowed(capability=Capability.RUN_SERVICES.value)
    return provider_view(row)


def list_requests(session: Session, actor: Actor, *, provider_id: UUID, now: datetime) -> tuple[Visit, ...]:
    """What waits for an answer, soonest first. Raises NotAllowed."""
    return _visits(session, actor, provider_id, ServiceBookingRow.state == ServiceState.REQUESTED, now=now)


def list_provider_visits(
    session: Session, actor: Actor, *, provider_id: UUID, from_day: date, to_day: date, now: datetime
) -> tuple[Visit, ...]:
    """Every visit of these days, whatever became of it, by time. Raises NotAllowed."""
    return _visits(session, actor, provider_id, ServiceBookingRow.day.between(from_day, to_day), now=now)


def get_provider_visit(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> Visit:
    """One visit. Raises NotAllowed, ServiceBookingUnknown."""
    return visit_views(session, actor, [seen_by_provider(session, actor, booking_id)], now=now)[0]


def list_provider_day(session: Session, actor: Actor, *, provider_id: UUID, day: date, now: datetime) -> ProviderDay:
    """Every worker's day: shifts, and the visits that hold her time or were made; those first who have some, then who
    works. Raises NotAllowed."""
    on_day = (ServiceBookingRow.day == day) & ServiceBookingRow.state.not_in(CALLED_OFF)
    visits = _visits(session, actor, provider_id, on_day, now=now)
    rows = colleagues_of(session, provider_id, day)
    views = worker_views(session, rows)
    days = [
        WorkerDay(
            worker=views[row.id],
            shifts=tuple(shift_view(shift) for shift in row.shifts if shift.weekday == day.weekday()),
            visits=tuple(it for it in visits if any(worker.id == row.id for worker in it.booking.workers)),
        )
        for row in rows
    ]
    return ProviderDay(day, tuple(sorted(days, key=lambda it: (not it.visits, not it.shifts, it.worker.name))))


def list_worker_choices(session: Session, actor: Actor, *, booking_id: UUID) -> tuple[WorkerChoice, ...]:
    """Every worker of the provider and whether she can take this visit: those who are to come, then those who can, then
    the others. Raises NotAllowed, ServiceBookingUnknown."""
    choices = _choices(session, seen_by_provider(session, actor, booking_id))
    return tuple(sorted(choices, key=lambda it: (not it.is_assigned, it.why_not is not None, it.worker.name)))


def accept_request(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> Visit:
    """Say that the workers whom she chose will come; she is texted. An accepted one comes back as it is. Raises
    NotAllowed, ServiceBookingUnknown, VisitStepNotPossible."""
    row = held(session, seen_by_provider(session, actor, booking_id))
    if state_of(row) is not ServiceState.ACCEPTED:
        _in_time(row, ServiceState.ACCEPTED, now)
        move(row, ServiceState.ACCEPTED)
        _tell(session, row, "service_accepted", now)
        note(session, actor, row, EventKind.ACCEPTED, now=now)
    return visit_views(session, actor, [row], now=now)[0]


def assign_workers(
    session: Session, actor: Actor, *, booking_id: UUID, worker_ids: Sequence[UUID], now: datetime
) -> Visit:
    """Accept with other workers, or send others to an accepted visit; the first one leads. She is told who comes.
    Raises NotAllowed, ServiceBookingUnknown, VisitStepNotPossible, WorkersWrong, WorkerUnknown, WorkerNotQualified,
    WorkerNotFree."""
    row = held(session, seen_by_provider(session, actor, booking_id))
    if state_of(row) not in CHANGEABLE:
        raise VisitStepNotPossible(state=row.state, wanted=ServiceState.ACCEPTED.value)
    if [each.care_worker_id for each in row.workers] == list(worker_ids):
        return accept_request(session, actor, booking_id=booking_id, now=now)
    if state_of(row) is ServiceState.REQUESTED:
        _in_time(row, ServiceState.ACCEPTED, now)
    _require_able(session, row, worker_ids)
    try:
        engage(
            session,
            city=row.city,
            resource_ids=[row.person_id, *worker_ids],
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            gap=terms_on(row.day).travel,
            subject_id=row.id,
        )
    except Engaged as engaged:
        raise WorkerNotFree(worker_id=engaged.resource_ids[0], why=WhyNot.ENGAGED.value) from engaged
    send_workers(session, row, list(worker_ids))
    row.state = ServiceState.ACCEPTED
    _tell(session, row, "service_assigned", now)
    note(session, actor, row, EventKind.ASSIGNED, now=now, worker_ids=" ".join(map(str, worker_ids)))
    return visit_views(session, actor, [row], now=now)[0]


def decline_request(session: Session, actor: Actor, *, booking_id: UUID, reason: DeclineReason, now: datetime) -> Visit:
    """Say that nobody comes, and why; she is told and offered another time or provider. A declined one comes back as it
    is. Raises NotAllowed, ServiceBookingUnknown, VisitStepNotPossible."""
    row = held(session, seen_by_provider(session, actor, booking_id))
    if state_of(row) is not ServiceState.DECLINED:
        if reason not in SAID_BY_OFFICES:
            raise VisitStepNotPossible(state=row.state, wanted=ServiceState.DECLINED.value)
        _in_time(row, ServiceState.DECLINED, now)
        call_off(session, actor, row, reason, now=now)
    return visit_views(session, actor, [row], now=now)[0]


def _in_time(row: ServiceBookingRow, wanted: ServiceState, now: datetime) -> None:
    """Return if the visit has not had to begin yet."""
    if now >= row.starts_at:
        raise VisitStepNotPossible(state=row.state, wanted=wanted.value)


def _visits(
    session: Session, actor: Actor, provider_id: UUID, which: ColumnElement[bool], *, now: datetime
) -> tuple[Visit, ...]:
    require(actor, Capability.RUN_SERVICES, person_id=None, workplace_id=provider_id)
    rows = session.scalars(
        select(ServiceBookingRow)
        .where(ServiceBookingRow.provider_id == provider_id, which)
        .order_by(ServiceBookingRow.starts_at, ServiceBookingRow.id)
    ).all()
    return tuple(visit_views(session, actor, rows, now=now))


def _choices(session: Session, row: ServiceBookingRow) -> list[WorkerChoice]:
    service, terms = service_on(row.service, row.day), terms_on(row.day)
    colleagues = colleagues_of(session, row.provider_id, row.day)
    views = worker_views(session, colleagues)
    busy = engagements_of(
        session, list(views), starts_at=row.starts_at, ends_at=row.ends_at + terms.travel, without=row.id
    )
    assigned = {each.care_worker_id for each in row.workers}
    choices = []
    for colleague in colleagues:
        worker, why_not = views[colleague.id], None
        lacking = missing(worker, service, row.day)
        if lacking:
            why_not = WhyNot.NOT_QUALIFIED
        elif not works_then(map(shift_view, colleague.shifts), row.day, row.starts_at, row.ends_at):
            why_not = WhyNot.OFF_SHIFT
        elif worker.id in busy:
            why_not = WhyNot.ENGAGED
        choices.append(WorkerChoice(worker, worker.id in assigned, why_not, lacking))
    return choices


def _require_able(session: Session, row: ServiceBookingRow, worker_ids: Sequence[UUID]) -> None:
    """Return if all of these can make the visit; that they are free the calendar decides once more."""
    wanted = service_on(row.service, row.day).workers
    if len(worker_ids) != wanted or len(set(worker_ids)) != wanted:
        raise WorkersWrong(wanted=wanted)
    choices = {choice.worker.id: choice for choice in _choices(session, row)}
    for worker_id in worker_ids:
        choice = choices.get(worker_id)
        if choice is None:
            raise WorkerUnknown()
        if choice.why_not is WhyNot.NOT_QUALIFIED:
            raise WorkerNotQualified(worker_id=worker_id, missing=choice.missing)
        if choice.why_not is not None:
            raise WorkerNotFree(worker_id=worker_id, why=choice.why_not.value)


def _tell(session: Session, row: ServiceBookingRow, template: str, now: datetime) -> None:
    tell(session, people.get_person(session, SYSTEM, person_id=row.person_id), row, template, now=now)
