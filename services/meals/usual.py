"""The meal as she usually has it, so that nobody who always eats the same way has to say it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.meals.booking import quote_meal
from services.meals.errors import AlreadyBooked, DeliveryNotOffered, MealFull, OrdersClosed
from services.meals.menus import list_days, suggest_menu
from services.meals.tables import MealBookingRow, MenuRow
from services.meals.views import Meal, MealQuote

# It cannot be had on that day; on another it may.
NOT_THAT_DAY = (AlreadyBooked, DeliveryNotOffered, MealFull, OrdersClosed)


@dataclass(frozen=True)
class UsualMeal:
    """What she would get and pay. `is_as_before`: as she had it the last time; otherwise it is what is nearest."""

    quote: MealQuote
    is_as_before: bool


def suggest_usual_meal(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> UsualMeal | None:
    """The next meal that she can have as she had the last one: at the same canteen, brought or eaten there, as many
    portions, on the first day for which she has none yet. Who never booked is offered lunch at the nearest canteen,
    eaten there. None where there is no such meal in the coming days. Changes nothing; raises NotAllowed."""
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    last = session.scalar(
        select(MealBookingRow)
        .where(MealBookingRow.person_id == person_id, MealBookingRow.status != "cancelled")
        .order_by(MealBookingRow.booked_at.desc(), MealBookingRow.day.desc(), MealBookingRow.id.desc())
        .limit(1)
    )
    meal = Meal(last.meal) if last else Meal.LUNCH
    for day in list_days(session, actor, person_id=person_id, now=now):
        choice = next((each for each in day.meals if each.meal is meal), None)
        if choice is None or not choice.is_open or choice.booking_id or choice.waiting_id:
            continue
        quote = _quote(session, actor, person_id, last, day.day, meal, now)
        if quote is not None:
            return UsualMeal(quote, is_as_before=last is not None)
    return None


def _quote(
    session: Session, actor: Actor, person_id: UUID, last: MealBookingRow | None, day: date, meal: Meal, now: datetime
) -> MealQuote | None:
    """What it would cost on this day; None where it cannot be had then."""
    quantity, delivery = (last.quantity, last.delivery) if last else (1, False)
    try:
        if last is None:
            menu_id = suggest_menu(session, actor, person_id=person_id, day=day, meal=meal, delivery=False, now=now).id
        else:
            same = MenuRow.canteen_id == last.menu.canteen_id, MenuRow.day == day, MenuRow.meal == meal
            found = session.scalar(select(MenuRow.id).where(*same))
            if found is None:
                return None
            menu_id = found
        return quote_meal(
            session, actor, person_id=person_id, menu_id=menu_id, quantity=quantity, delivery=delivery, now=now
        )
    except NOT_THAT_DAY:
        return None
