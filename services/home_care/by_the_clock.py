"""What happens to visits without anybody asking: reminders, answers that do not come, visits that nobody noted, the
days for objections that pass. Every booking is a transaction of its own, and every step is safe to run again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, sessionmaker

from services import people
from services.actor import Actor
from services.clock import CITY_TIME, local_day, local_moment
from services.database import unit_of_work
from services.home_care.declining import call_off
from services.home_care.objecting import confirmed, missed
from services.home_care.states import CHANGEABLE, DeclineReason, EventKind, ServiceState
from services.home_care.steps import give_up, held, note, state_of
from services.home_care.tables import ServiceBookingRow
from services.home_care.telling import tell
from services.home_care.terms import load_terms, terms_on
from services.home_care.visiting import ended

logger = logging.getLogger(__name__)

# Old people nap at noon and sleep early; nobody is reminded at night.
FIRST_HOUR, LAST_HOUR = 9, 18
SYSTEM = Actor.system()

# What is done with one booking that is held; whether there was anything to do.
Step = Callable[[Session, ServiceBookingRow, datetime], bool]


def look_after_visits(sessions: sessionmaker[Session], *, city: str, now: datetime) -> dict[str, int]:
    """Whatever is due at this moment: how many bookings each step moved. Safe to run at any time and by several workers
    at once."""
    rows = ServiceBookingRow
    midnight = local_moment(local_day(now), time(0))
    tomorrow = local_day(now) + timedelta(days=1)
    soon = now + timedelta(days=1)
    steps: dict[str, tuple[ColumnElement[bool], Step]] = {
        "died": (rows.state.in_(CHANGEABLE) & rows.person_id.in_(people.who_died(city)), _free_the_dead),
        "called_off": (rows.state.in_(CHANGEABLE) & (rows.starts_at <= soon), _call_off_unanswered),
        "missed": ((rows.state == ServiceState.ACCEPTED) & (rows.ends_at < midnight), _miss),
        "ended": ((rows.state == ServiceState.VISITING) & (rows.ends_at < midnight), _end),
        "confirmed": (
            (rows.state == ServiceState.DONE) & (rows.over_at < now - _least("object_days")),
            _confirm_without_a_word,
        ),
        "forgotten": (_has_a_place() & (rows.ends_at < now - _least("place_kept_days")), _forget_place),
    }
    if FIRST_HOUR <= now.astimezone(CITY_TIME).hour < LAST_HOUR:
        steps["reminded"] = (
            (rows.state == ServiceState.ACCEPTED) & (rows.day == tomorrow) & rows.reminded_at.is_(None),
            _remind,
        )
    moved = {name: _take_step(sessions, city, which, step, now) for name, (which, step) in steps.items()}
    if any(moved.values()):
        logger.info("visits_looked_after %s", " ".join(f"{name}={count}" for name, count in moved.items()))
    return moved


def _least(days: str) -> timedelta:
    """The least of these days under any terms; which terms a visit has, its own step knows."""
    return timedelta(days=min(getattr(terms, days) for terms in load_terms()))


def _take_step(
    sessions: sessionmaker[Session], city: str, which: ColumnElement[bool], step: Step, now: datetime
) -> int:
    with sessions() as session:
        asked = select(ServiceBookingRow.id).where(ServiceBookingRow.city == city, which)
        waiting = session.scalars(asked.order_by(ServiceBookingRow.starts_at)).all()
    return sum(_take_one(sessions, booking_id, step, now) for booking_id in waiting)


def _take_one(sessions: sessionmaker[Session], booking_id: UUID, step: Step, now: datetime) -> bool:
    with unit_of_work(sessions) as session:
        return step(session, held(session, session.get_one(ServiceBookingRow, booking_id)), now)


def _free_the_dead(session: Session, row: ServiceBookingRow, now: datetime) -> bool:
    """Nobody goes to her home, and nobody writes to her telephone."""
    if state_of(row) not in CHANGEABLE:
        return False
    give_up(session, SYSTEM, row, ServiceState.CANCELLED, now=now)
    note(session, SYSTEM, row, EventKind.CANCELLED, now=now)
    return True


def _call_off_unanswered(session: Session, row: ServiceBookingRow, now: datetime) -> bool:
    """A request that the provider did not answer in time, or a price that she did not agree to by then."""
    terms = terms_on(row.day)
    if state_of(row) is ServiceState.REQUESTED and now > terms.answer_until(row.starts_at):
        call_off(session, SYSTEM, row, DeclineReason.NO_ANSWER, now=now)
        return True
    if state_of(row) in CHANGEABLE and row.uncovered_fen and now > terms.cancel_until(row.starts_at):
        call_off(session, SYSTEM, row, DeclineReason.PRICE_NOT_AGREED, now=now)
        return True
    return False


def _miss(session: Session, row: ServiceBookingRow, now: datetime) -> bool:
    """A day that passed without anybody noting the visit: she is told that she pays nothing, and can complain."""
    if state_of(row) is not ServiceState.ACCEPTED:
        return False
    missed(session, SYSTEM, row, now=now)
    person = people.get_person(session, SYSTEM, person_id=row.person_id)
    tell(session, person, row, "service_missed", now=now)
    return True


def _end(session: Session, row: ServiceBookingRow, now: datetime) -> bool:
    """A visit whose end nobody pressed ended when it was to end."""
    if state_of(row) is not ServiceState.VISITING or row.started_at is None:
        return False
    ended(session, SYSTEM, row, ended_at=max(row.started_at, row.ends_at), now=now)
    return True


def _confirm_without_a_word(session: Session, row: ServiceBookingRow, now: datetime) -> bool:
    over = row.over_at is not None and now > terms_on(row.day).object_until(row.over_at)
    if state_of(row) is not ServiceState.DONE or not over:
        return False
    confirmed(session, SYSTEM, row, now=now)
    return True


def _remind(session: Session, row: ServiceBookingRow, now: datetime) -> bool:
    if state_of(row) is not ServiceState.ACCEPTED or row.reminded_at is not None:
        return False
    row.reminded_at = now
    person = people.get_person(session, SYSTEM, person_id=row.person_id)
    tell(session, person, row, "service_reminder", now=now)
    note(session, SYSTEM, row, EventKind.REMINDED, now=now)
    return True


def _has_a_place() -> ColumnElement[bool]:
    row = ServiceBookingRow
    return row.start_place_sealed.is_not(None) | row.end_place_sealed.is_not(None)


def _forget_place(session: Session, row: ServiceBookingRow, now: datetime) -> bool:
    """Where a phone was is kept for a while, and as long as a complaint is open."""
    kept_until = row.ends_at + timedelta(days=terms_on(row.day).place_kept_days)
    if now <= kept_until or state_of(row) is ServiceState.DISPUTED:
        return False
    row.start_place_sealed = row.end_place_sealed = None
    return True
