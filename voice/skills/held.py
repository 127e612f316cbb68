"""What she has booked, meals and visits alike: finding what she means, and telling it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.clock import CITY_TIME, local_day
from services.home_care import ServiceBooking, list_service_bookings
from services.meals import MealBooking, list_meal_bookings
from voice.skills.meal_telling import booking_in_short, meal_in_full
from voice.skills.skill import BOOKING, Turn
from voice.skills.visit_telling import visit_in_full, visit_in_short
from voice.wording import Line


@dataclass(frozen=True)
class Held:
    """A meal or a visit that is still to come."""

    booking: MealBooking | ServiceBooking

    @property
    def is_meal(self) -> bool:
        """Whether it is a meal and not a visit."""
        return isinstance(self.booking, MealBooking)

    @property
    def id(self) -> str:
        """The id of the booking."""
        return str(self.booking.id)

    @property
    def day(self) -> date:
        """The day of the meal or the visit."""
        return self.booking.menu.day if isinstance(self.booking, MealBooking) else local_day(self.booking.starts_at)

    @property
    def ends_at(self) -> datetime:
        """When it is over; things are told in this order."""
        return self.booking.menu.served_until_at if isinstance(self.booking, MealBooking) else self.booking.ends_at

    @property
    def slots(self) -> dict[str, Any]:
        """Its day and what it is, as slots."""
        what = (
            {"meal": self.booking.menu.meal.value}
            if isinstance(self.booking, MealBooking)
            else {"service": self.booking.service.kind.value}
        )
        return {"date": self.day.isoformat(), **what}

    def can_be_changed(self, now: datetime) -> bool:
        """Whether it can still be changed or cancelled."""
        if isinstance(self.booking, MealBooking):
            return self.booking.can_be_cancelled(now)
        return self.booking.can_be_changed(now)

    def is_meant(self, said: Mapping[str, Any]) -> bool:
        """Whether what she says of a booking fits this one."""
        if BOOKING in said:
            return bool(said[BOOKING] == self.id)
        return all(self._fits(name, value) for name, value in said.items())

    def in_short(self, turn: Turn) -> Line:
        """In a few words, for lists and choices."""
        if isinstance(self.booking, MealBooking):
            return booking_in_short(turn, self.booking)
        return visit_in_short(turn, self.booking)

    def in_full(self, turn: Turn) -> Line:
        """With where, how much, and who comes."""
        if isinstance(self.booking, MealBooking):
            return meal_in_full(turn, self.booking)
        return visit_in_full(turn, self.booking)

    def _fits(self, name: str, value: Any) -> bool:
        booking = self.booking
        if name == "date":
            return bool(value == self.day.isoformat())
        if isinstance(booking, MealBooking):
            # 晚上 is a time of visits, too: what is no matter of meals does not speak against one, a service does.
            known = {"meal": booking.menu.meal.value, "delivery": booking.delivery, "quantity": booking.quantity}
            return name != "service" and known.get(name, value) == value
        time = f"{booking.starts_at.astimezone(CITY_TIME):%H:%M}"
        return bool({"service": booking.service.kind.value, "time": time}.get(name, value) == value)


def held_meals(turn: Turn) -> list[Held]:
    """The meals that are booked and not yet served, soonest first."""
    meals = list_meal_bookings(turn.session, turn.actor, person_id=turn.person_id, from_day=turn.today)
    return [Held(meal) for meal in meals if meal.menu.served_until_at >= turn.now]


def held_visits(turn: Turn) -> list[Held]:
    """The visits that are still to come, soonest first."""
    visits = list_service_bookings(
        turn.session, turn.actor, person_id=turn.person_id, from_day=turn.today, coming_only=True
    )
    return [Held(visit) for visit in visits if visit.ends_at >= turn.now]


def everything_held(turn: Turn) -> list[Held]:
    """Meals and visits together, soonest first."""
    return sorted([*held_meals(turn), *held_visits(turn)], key=lambda held: held.ends_at)


def those_meant(held: Iterable[Held], said: Mapping[str, Any]) -> list[Held]:
    """Those that fit what she says."""
    return [each for each in held if each.is_meant(said)]
