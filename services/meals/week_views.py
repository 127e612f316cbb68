"""What a week of meals is, before and after it is booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.meals.diets import NO_WARNINGS, DietWarnings
from services.meals.views import Meal, MealBooking, Menu, PriceSplit

CAN_BE_BOOKED = "can_be_booked"


@dataclass(frozen=True)
class MealWish:
    """One meal that she wants. `agreed_to_pay_fen`: the price that she was shown for it; only booking needs it."""

    menu_id: UUID
    quantity: int = 1
    delivery: bool = False
    agreed_to_pay_fen: int | None = None


@dataclass(frozen=True)
class QuotedMeal:
    """One meal of a week. `state` is `can_be_booked` or the code of the refusal that booking it would raise:
    `already_booked` (then `booking_id`), `meal_full` (then `can_wait`; `waiting_id` where she stands in line already),
    `orders_closed`, `meal_day_not_offered` (then no menu and no price), `delivery_not_offered`, `quantity_wrong`,
    `menu_unknown`, and `price_changed` from `book_week`. `split` is what it costs after the earlier meals of the same
    week, which may have used up the subsidy."""

    day: date
    meal: Meal
    menu: Menu | None
    quantity: int
    delivery: bool
    state: str
    split: PriceSplit | None = None
    warnings: DietWarnings = NO_WARNINGS
    can_be_delivered: bool = False
    can_wait: bool = False
    booking_id: UUID | None = None
    waiting_id: UUID | None = None

    @property
    def can_be_booked(self) -> bool:
        """Whether it would be booked now."""
        return self.state == CAN_BE_BOOKED

    @property
    def wish(self) -> MealWish | None:
        """What to hand to `book_week` for it; None where there is no menu."""
        if self.menu is None:
            return None
        agreed = self.split.to_pay_fen if self.split else None
        return MealWish(self.menu.id, self.quantity, self.delivery, agreed)


@dataclass(frozen=True)
class WeekQuote:
    """The meals of a week, soonest first."""

    meals: tuple[QuotedMeal, ...]

    @property
    def bookable(self) -> tuple[QuotedMeal, ...]:
        """Those that would be booked now."""
        return tuple(each for each in self.meals if each.can_be_booked)

    @property
    def split(self) -> PriceSplit:
        """What all of `bookable` cost together."""
        return PriceSplit.total(each.split for each in self.bookable if each.split)

    @property
    def subsidised(self) -> int:
        """For how many of `bookable` the city pays a part."""
        return sum(each.split is not None and each.split.subsidy_fen > 0 for each in self.bookable)


@dataclass(frozen=True)
class BookedWeek:
    """What came of booking a week: what is booked, and what was refused meanwhile, each with its reason."""

    bookings: tuple[MealBooking, ...]
    not_booked: tuple[QuotedMeal, ...]

    @property
    def split(self) -> PriceSplit:
        """What the bookings cost together."""
        return PriceSplit.total(each.split for each in self.bookings)
