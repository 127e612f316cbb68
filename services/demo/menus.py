"""Adding what the demonstration's canteens serve, for the days and meals that have no menu yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.calendar.slots import SlotRow
from services.clock import local_day
from services.database.tables import new_id
from services.demo.meals import demo_meals, demo_menu, demo_slot
from services.meals.tables import MenuRow

# Of days that are over the meals were closed soon after the last plate.
CLOSED_AFTER = timedelta(minutes=30)


def add_menus(
    session: Session, canteens: Sequence[tuple[UUID, str]], days: Iterable[date], *, city: str, now: datetime
) -> None:
    """Add what is missing for these canteens (id and kind) on these days. Meals of past days are closed at once: nobody
    can have booked them."""
    days = sorted(days)
    if not days:
        return
    known = {
        tuple(row)
        for row in session.execute(
            select(MenuRow.canteen_id, MenuRow.day, MenuRow.meal).where(MenuRow.day.between(days[0], days[-1]))
        )
    }
    new = [
        (canteen_id, kind, day, meal)
        for canteen_id, kind in canteens
        for day in days
        for meal in demo_meals(kind)
        if (canteen_id, day, meal) not in known
    ]
    if not new:
        return
    slots = [demo_slot(*each) | {"id": new_id(), "city": city} for each in new]
    menus = [
        demo_menu(*each)
        | {"id": new_id(), "city": city, "slot_id": slot["id"]}
        | {"closed_at": slot["ends_at"] + CLOSED_AFTER if each[2] < local_day(now) else None}
        for each, slot in zip(new, slots, strict=True)
    ]
    session.execute(insert(SlotRow), slots)
    session.execute(insert(MenuRow), menus)
