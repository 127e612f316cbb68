"""The rows of meals as they are at a moment, and what follows from them alone: what a use case has to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services import meals
from services.calendar.slots import SlotRow
from services.clock import local_day
from services.errors import ServiceError
from services.meals.tables import MealBookingRow, MealWaitRow, MenuRow

Refusal = type[ServiceError] | None


@dataclass(frozen=True)
class Seen:
    """Everything of one city."""

    menus: dict[UUID, MenuRow]
    bookings: list[MealBookingRow]
    waits: list[MealWaitRow]

    def slot(self, menu_id: UUID) -> SlotRow:
        """The portions of a menu."""
        return self.menus[menu_id].slot

    def living(self, person_id: UUID, day: date) -> MealBookingRow | None:
        """Her lunch of a day."""
        return next((it for it in self.bookings if (it.person_id, it.day) == (person_id, day) and lives(it)), None)

    def in_line(self, menu_id: UUID) -> list[MealWaitRow]:
        """Who stands in the line of a menu, in order."""
        found = [it for it in self.waits if it.menu_id == menu_id and it.status == "waiting"]
        return sorted(found, key=lambda it: it.number)

    def waits_for(self, person_id: UUID, day: date) -> bool:
        """Whether she stands in line for a lunch of a day."""
        return any((it.person_id, it.day, it.status) == (person_id, day, "waiting") for it in self.waits)

    def against(
        self, person_id: UUID, menu_id: UUID, quantity: int, *, now: datetime, instead_of: MealBookingRow | None = None
    ) -> Refusal:
        """What speaks against her having this, in the order in which she is told."""
        menu = self.menus[menu_id]
        hers = self.living(person_id, menu.day)
        if hers is not None and hers is not instead_of:
            return meals.AlreadyBooked
        if menu.day < local_day(now):
            return meals.MealDayInThePast
        if now > menu.order_until_at:
            return meals.OrdersClosed
        left = 0 if self.in_line(menu_id) else menu.slot.free
        more = quantity - instead_of.quantity if instead_of and instead_of.menu_id == menu_id else quantity
        return meals.MealFull if more > 0 and more > left else None

    def against_waiting(self, person_id: UUID, menu_id: UUID, quantity: int, *, now: datetime) -> Refusal:
        """The same for standing in line, which is for what is full."""
        expected = self.against(person_id, menu_id, quantity, now=now)
        if expected in (None, meals.MealFull):
            return meals.AlreadyWaiting if self.waits_for(person_id, self.menus[menu_id].day) else None
        return expected

    def is_had_at_once(self, menu_id: UUID, quantity: int) -> bool:
        """Whether somebody who joins the line has it at once: it suffices, and for nobody before her it does."""
        free = self.slot(menu_id).free
        return quantity <= free and all(it.quantity > free for it in self.in_line(menu_id))

    def turns(self, menu_id: UUID, *, now: datetime) -> dict[UUID, str]:
        """What becomes of everybody in a line when turns are given: from its beginning, whoever it suffices for gets
        it; where the kitchen cooks the line ends."""
        free, cooks = self.slot(menu_id).free, now > self.menus[menu_id].order_until_at
        becomes = {}
        for each in self.in_line(menu_id):
            gets_it = not cooks and each.quantity <= free
            free -= each.quantity if gets_it else 0
            becomes[each.id] = "ended" if cooks else "booked" if gets_it else "waiting"
        return becomes

    def can_be_cancelled(self, row: MealBookingRow, *, now: datetime) -> bool:
        """Until the kitchen begins, and for ten minutes after booking."""
        until = max(self.menus[row.menu_id].order_until_at, row.booked_at + timedelta(minutes=10))
        return row.status == "booked" and now <= until


def lives(booking: MealBookingRow) -> bool:
    """Whether it holds portions."""
    return booking.status != "cancelled"


def portions_taken_are_those_that_are_booked(seen: Seen) -> None:
    """For every menu, and those in line are those who are counted."""
    for menu in seen.menus.values():
        booked = sum(it.quantity for it in seen.bookings if it.menu_id == menu.id and lives(it))
        assert (menu.slot.taken, menu.slot.waiting) == (booked, len(seen.in_line(menu.id)))
        assert 0 <= menu.slot.taken <= menu.slot.places


def nobody_has_a_meal_twice_or_waits_for_one_that_she_has(seen: Seen) -> None:
    """Once a person, a day and a meal."""
    has = [(it.person_id, it.day) for it in seen.bookings if lives(it)]
    waits = [(it.person_id, it.day) for it in seen.waits if it.status == "waiting"]
    assert len({*has, *waits}) == len(has) + len(waits)


def see(sessions: sessionmaker[Session], city: str) -> Seen:
    """The rows as they are now."""
    with sessions() as session:
        menus = {row.id: row for row in session.scalars(select(MenuRow).where(MenuRow.city == city))}
        return Seen(
            menus,
            list(
                session.scalars(select(MealBookingRow).where(MealBookingRow.city == city).order_by(MealBookingRow.id))
            ),
            list(session.scalars(select(MealWaitRow).where(MealWaitRow.city == city).order_by(MealWaitRow.id))),
        )
