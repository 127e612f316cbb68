"""Complaining about a meal that was served, or was not brought: a community worker looks into it and calls her."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.meals.booking import held_booking, record, seen_booking
from services.meals.errors import MealNotToComplainAbout
from services.meals.telling import tell_about
from services.meals.views import MealBooking
from services.worker_tasks import TaskKind, open_task


class MealTrouble(StrEnum):
    """What was wrong with a meal."""

    NOT_BROUGHT = "not_brought"
    """nobody brought it, or the canteen had none for her"""
    COLD_OR_LATE = "cold_or_late"
    NOT_FRESH = "not_fresh"
    """spoilt, dirty, something in it: looked into on the day"""
    WRONG_MEAL = "wrong_meal"
    """not what she ordered: what she must not eat, other portions, another dish"""
    UNFRIENDLY = "unfriendly"
    WANTED_MONEY = "wanted_money"
    """asked for more than was agreed"""
    OTHER = "other"


def complain_about_meal(
    session: Session, actor: Actor, *, booking_id: UUID, about: MealTrouble, now: datetime
) -> MealBooking:
    """One step: a community worker is asked to look into it, and she is told that it has arrived. While the first
    complaint about a meal waits, a second one is laid over it and no further text goes out.

    Raises NotAllowed, BookingUnknown, MealNotToComplainAbout.
    """
    row = held_booking(session, booking_id)
    booking = seen_booking(session, actor, row, Capability.BOOK_MEALS)
    assert row is not None
    if not booking.can_be_complained_about(now):
        raise MealNotToComplainAbout()
    is_first = row.complained_at is None
    row.complained_at = row.complained_at or now
    facts = {
        "about": about.value,
        "day": booking.menu.day.isoformat(),
        "meal": booking.menu.meal.value,
        "canteen": booking.menu.canteen.name,
    }
    kind = TaskKind.MEAL_COMPLAINT
    open_task(session, kind=kind, city=row.city, person_id=row.person_id, subject_id=row.id, facts=facts, now=now)
    record(session, actor, "meal_complained_about", row, now, about=about.value)
    if is_first:
        person = people.get_person(session, Actor.system(), person_id=row.person_id)
        tell_about(session, person, "meal_complaint_received", booking.menu, now)
    return booking
