"""What she has chosen so far, as it stands in the address: Back is always safe, nothing times out, a page reloads as it
was. An answer that the address holds already is not asked again, so that changing one thing keeps all the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from flask import abort, request

from services.meals import Meal, MealBooking, MealQuote

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Wish:
    """One meal as far as she has said. `place` is the canteen; `booking`, where she changes one that is booked."""

    day: date | None = None
    meal: Meal | None = None
    place: UUID | None = None
    delivery: bool | None = None
    quantity: int = 1
    booking: UUID | None = None

    @classmethod
    def from_address(cls) -> Self:
        """The wish of this request. An address that nobody could have pressed answers 400."""
        return cls(
            day=day_of(request.args["day"]) if "day" in request.args else None,
            meal=meal_of(request.args["meal"]) if "meal" in request.args else None,
            place=uuid_of(request.args["place"]) if "place" in request.args else None,
            delivery=yes_of(request.args["delivery"]) if "delivery" in request.args else None,
            quantity=number_of(request.args.get("quantity", "1")),
            booking=uuid_of(request.args["booking"]) if "booking" in request.args else None,
        )

    @classmethod
    def of_quote(cls, quote: MealQuote, booking: UUID | None) -> Self:
        """Everything that the review page shows."""
        menu = quote.menu
        return cls(menu.day, menu.meal, menu.canteen.id, quote.delivery, quote.quantity, booking)

    @classmethod
    def of_booking(cls, found: MealBooking) -> Self:
        """A booking, to be changed in one point."""
        menu = found.menu
        return cls(menu.day, menu.meal, menu.canteen.id, found.delivery, found.quantity, found.id)

    @property
    def is_first_choice(self) -> bool:
        """Whether nothing is chosen yet: not one thing of a whole is being changed."""
        return self == Wish(day=self.day, meal=self.meal)

    def as_address(self, **changes: object) -> dict[str, Any]:
        """The parameters of an address that says this; None leaves one out."""
        said: dict[str, object] = {
            "day": self.day.isoformat() if self.day else None,
            "meal": self.meal.value if self.meal else None,
            "place": self.place,
            "delivery": None if self.delivery is None else yes_words(self.delivery),
            "quantity": self.quantity if self.quantity != 1 else None,
            "booking": self.booking,
        }
        return {name: value for name, value in (said | changes).items() if value is not None}


def yes_words(answer: bool) -> str:
    """How an address says yes and no."""
    return YES if answer else NO


def yes_of(text: str) -> bool:
    """The answer of an address; 400 for another word."""
    if text not in (YES, NO):
        abort(400)
    return text == YES


def day_of(text: str) -> date:
    """The day of an address, or 400."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(400)


def meal_of(text: str) -> Meal:
    """The meal of an address, or 400."""
    try:
        return Meal(text)
    except ValueError:
        abort(400)


def uuid_of(text: str) -> UUID:
    """The id of an address or a form, or 400."""
    try:
        return UUID(text)
    except ValueError:
        abort(400)


def number_of(text: str) -> int:
    """The number of an address or a form, or 400."""
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        abort(400)
    return int(text)
