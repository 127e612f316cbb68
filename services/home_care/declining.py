"""Calling off a visit for which nobody comes: by the provider, or by the machine where an answer is missing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor
from services.home_care.catalogue import service_on
from services.home_care.crews import crews_for
from services.home_care.states import DeclineReason, EventKind, ServiceState
from services.home_care.steps import give_up, note
from services.home_care.tables import ServiceBookingRow
from services.home_care.telling import tell
from services.home_care.terms import terms_on
from services.people import Person

SYSTEM = Actor.system()


def call_off(session: Session, actor: Actor, row: ServiceBookingRow, reason: DeclineReason, *, now: datetime) -> None:
    """Decline a booking that is held: the time and her vouchers are free, and she is told why, and who could come
    instead. Raises VisitStepNotPossible."""
    give_up(session, actor, row, ServiceState.DECLINED, decline_reason=reason, now=now)
    person = people.get_person(session, SYSTEM, person_id=row.person_id)
    other = _other_offer(session, person, row, now)
    if other is None:
        tell(session, person, row, "service_declined", now=now, why=reason.value)
    else:
        tell(session, person, row, "service_declined_other", now=now, why=reason.value, other_at=other)
    kind = EventKind.LAPSED if reason is DeclineReason.NO_ANSWER else EventKind.DECLINED
    note(session, actor, row, kind, now=now, reason=reason.value)


def _other_offer(session: Session, person: Person, row: ServiceBookingRow, now: datetime) -> datetime | None:
    """The earliest time from then on at which another provider could come."""
    terms = terms_on(row.day)
    days: list[date] = []
    while (day := row.day + timedelta(days=len(days))) <= terms.last_day(now):
        days.append(day)
    if not days:
        return None
    crews = crews_for(session, person, service_on(row.service, row.day), days[0], days[-1])
    for day in days:
        times = [
            starts_at
            for crew, free in crews.free_on(day)
            if crew.provider.id != row.provider_id
            for starts_at in free
            if now <= terms_on(day).book_until(starts_at)
        ]
        if times:
            return min(times)
    return None
