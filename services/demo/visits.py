"""The demonstration's visits, lived through with the use cases that a city runs: booked some days ahead, answered,
made, rated. What has happened by now has happened, and every hour a little more does.

What a visitor of the demonstration did with a visit stands; nobody does it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor, ActorKind, Channel
from services.clock import local_day
from services.database import unit_of_work
from services.demo.routines import BOOKED_DAYS_BEFORE, ROUTINES, PlannedVisit
from services.errors import ServiceError
from services.home_care import (
    ComplaintAbout,
    ServiceState,
    accept_request,
    book_service,
    complain,
    confirm_visit,
    end_visit,
    quote_service,
    start_visit,
)
from services.home_care.tables import CareWorkerRow, ServiceBookingRow
from services.messages import OutgoingMessage
from services.people import PersonRow

# In these a visit of a routine goes on by itself.
UNDER_WAY = frozenset({None, ServiceState.REQUESTED, ServiceState.ACCEPTED, ServiceState.VISITING, ServiceState.DONE})
SYSTEM = Actor.system(Channel.COMMAND_LINE)

Step = Callable[[Session, PlannedVisit, ServiceBookingRow, datetime], object]


def prepare_visits(
    sessions: sessionmaker[Session], *, city: str, now: datetime, days_back: int, at_most: int | None = None
) -> int:
    """Let every visit from `days_back` days ago on get as far as it would be by now, or `at_most` so many of them, each
    in a transaction of its own; how many moved.

    Safe to run again and by several processes at once. People and providers must be there (`prepare_demonstration`).
    """
    plans = _planned(now, days_back)
    with sessions() as session:
        reached = _states(session, plans)
    moved = 0
    for plan in plans:
        if moved == at_most:
            break
        if reached.get(plan.request_id) in UNDER_WAY:
            with unit_of_work(sessions) as session:
                moved += _live(session, plan, city=city, now=now)
    return moved


def _planned(now: datetime, days_back: int) -> list[PlannedVisit]:
    """Every visit that is booked by now: today's and the coming ones, which are looked at first, then the past ones."""
    ahead = [*range(BOOKED_DAYS_BEFORE + 1), *range(-1, -days_back - 1, -1)]
    days = [local_day(now) + timedelta(days=each) for each in ahead]
    plans = [PlannedVisit(each, day) for day in days for each in ROUTINES if each.weekday == day.weekday()]
    return [plan for plan in plans if plan.booked_at <= now]


def _states(session: Session, plans: Sequence[PlannedVisit]) -> dict[UUID, ServiceState]:
    asked = select(ServiceBookingRow.request_id, ServiceBookingRow.state).where(
        ServiceBookingRow.request_id.in_([plan.request_id for plan in plans])
    )
    return {request_id: ServiceState(state) for request_id, state in session.execute(asked)}


def _live(session: Session, plan: PlannedVisit, *, city: str, now: datetime) -> bool:
    """Book the visit if nobody has, and take every step that is due; whether there was anything to do."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('demonstration'))"))
    by_request = select(ServiceBookingRow).where(ServiceBookingRow.request_id == plan.request_id)
    moments: list[datetime] = []
    row = session.scalar(by_request)
    if row is None:
        if _book(session, plan, city=city):
            moments.append(plan.booked_at)
        row = session.scalar(by_request)
    while row is not None:
        state = ServiceState(row.state)
        at = plan.next_step_at(state, row.ends_at)
        if at is None or at > now:
            break
        moments.append(at)
        if not _take(STEPS[state], session, plan, row, at):
            break
    _tell_nobody(session, moments)
    return bool(moments)


def _book(session: Session, plan: PlannedVisit, *, city: str) -> bool:
    """Book it for the senior as she would; a visitor may have taken the time of either."""
    routine, at = plan.routine, plan.booked_at
    person_id = session.scalars(
        select(PersonRow.id).where(PersonRow.is_demonstration, PersonRow.city == city, PersonRow.name == routine.senior)
    ).one()
    worker_id = session.scalars(
        select(CareWorkerRow.id).where(
            CareWorkerRow.is_demonstration, CareWorkerRow.city == city, CareWorkerRow.name == routine.worker
        )
    ).one()
    senior = Actor.senior(person_id, Channel.SCREEN)
    with suppress(ServiceError), session.begin_nested():
        quote = quote_service(
            session,
            senior,
            person_id=person_id,
            service=routine.service,
            worker_id=worker_id,
            starts_at=plan.starts_at,
            now=at,
        )
        book_service(
            session,
            senior,
            person_id=person_id,
            service=routine.service,
            worker_id=worker_id,
            starts_at=plan.starts_at,
            agreed_to_pay_fen=quote.split.self_paid_fen,
            request_id=plan.request_id,
            now=at,
        )
        return True
    return False


def _take(step: Step, session: Session, plan: PlannedVisit, row: ServiceBookingRow, at: datetime) -> bool:
    with suppress(ServiceError), session.begin_nested():
        step(session, plan, row, at)
        return True
    return False


def _accept(session: Session, plan: PlannedVisit, row: ServiceBookingRow, at: datetime) -> object:
    return accept_request(session, SYSTEM, booking_id=row.id, now=at)


def _start(session: Session, plan: PlannedVisit, row: ServiceBookingRow, at: datetime) -> object:
    return start_visit(session, _visiting(row), booking_id=row.id, now=at)


def _end(session: Session, plan: PlannedVisit, row: ServiceBookingRow, at: datetime) -> object:
    return end_visit(session, _visiting(row), booking_id=row.id, note=plan.observed, now=at)


def _say(session: Session, plan: PlannedVisit, row: ServiceBookingRow, at: datetime) -> object:
    senior = Actor.senior(row.person_id, Channel.SCREEN)
    if plan.leads_to_complaint:
        return complain(session, senior, booking_id=row.id, about=ComplaintAbout.LATE_OR_SHORT, now=at)
    return confirm_visit(session, senior, booking_id=row.id, rating=plan.opinion, now=at)


STEPS: dict[ServiceState, Step] = {
    ServiceState.REQUESTED: _accept,
    ServiceState.ACCEPTED: _start,
    ServiceState.VISITING: _end,
    ServiceState.DONE: _say,
}


def _visiting(row: ServiceBookingRow) -> Actor:
    """Whoever leads the visit, with her account if she has one."""
    staff_id = row.workers[0].worker.staff_id
    if staff_id is None:
        return SYSTEM
    return Actor.staff(ActorKind.CARE_WORKER, staff_id, Channel.SCREEN, workplace_id=row.provider_id)


def _tell_nobody(session: Session, moments: Sequence[datetime]) -> None:
    """Take back the texts of these steps: the phones of the demonstration show what its visitors caused."""
    if moments:
        session.execute(delete(OutgoingMessage).where(OutgoingMessage.queued_at.in_(moments)))
