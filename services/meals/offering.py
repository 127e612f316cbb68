"""What somebody can have at which price: the checks that quoting, booking, changing and waiting have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.clock import local_day
from services.meals.diets import DietaryMarks
from services.meals.errors import (
    AlreadyBooked,
    DeliveryNotOffered,
    MealDayInThePast,
    MealFull,
    MenuUnknown,
    OrdersClosed,
    PriceChanged,
    QuantityWrong,
)
from services.meals.menus import can_be_delivered
from services.meals.subsidy import cap_on, price_of
from services.meals.tables import MealBookingRow, MenuRow
from services.meals.views import Meal, MealQuote, Menu, PriceSplit, cancel_until, menu_view
from services.people import Person

# More than this for one person is a party, and a party talks to the canteen.
MOST_PORTIONS = 4


@dataclass(frozen=True)
class Offer:
    """What she can have, and what it costs her. `rule` is the rule that the subsidy follows from."""

    person: Person
    menu: Menu
    quantity: int
    delivery: bool
    split: PriceSplit
    rule: str

    def require_portions(self) -> None:
        """Raises MealFull where fewer portions are left than she wants."""
        if self.menu.portions_left < self.quantity:
            raise full(self.menu)

    def require_agreed(self, agreed_to_pay_fen: int) -> None:
        """Raises PriceChanged where she agreed to another amount."""
        if self.split.to_pay_fen != agreed_to_pay_fen:
            raise PriceChanged(to_pay_fen=self.split.to_pay_fen)

    def quote(self, marks: DietaryMarks, now: datetime) -> MealQuote:
        """The same as it is shown to her."""
        return MealQuote(
            menu=self.menu,
            quantity=self.quantity,
            delivery=self.delivery,
            split=self.split,
            cancel_until_at=cancel_until(self.menu, now),
            can_be_delivered=can_be_delivered(self.person, self.menu.canteen),
            warnings=marks.warnings(self.menu.diets, self.menu.allergens),
        )


@dataclass(frozen=True)
class _BookedMeal:
    id: UUID
    day: date
    meal: Meal
    is_subsidised: bool


def full(menu: Menu) -> MealFull:
    """The refusal where a menu has too few portions left."""
    return MealFull(day=menu.day, meal=menu.meal.value, portions_left=menu.portions_left, menu_id=menu.id)


def offer(
    session: Session,
    person: Person,
    menu_id: UUID,
    *,
    quantity: int,
    delivery: bool,
    now: datetime,
    instead_of: UUID | None = None,
    also_subsidised_on: Iterable[date] = (),
) -> Offer:
    """What this would cost her. Raises everything that speaks against booking it, but for MealFull, which the caller
    asks about.

    `instead_of`: a booking that would be no more. `also_subsidised_on`: days whose subsidy would be used up by what she
    wants besides.
    """
    row = session.get(MenuRow, menu_id, populate_existing=True)
    if row is None or row.city != person.city:
        raise MenuUnknown()
    menu = menu_view(row)
    _check(person, menu, quantity=quantity, delivery=delivery, now=now)
    booked = _booked_in_week_of(session, person.id, menu.day, but_for=instead_of)
    for each in booked:
        if (each.day, each.meal) == (menu.day, menu.meal):
            raise AlreadyBooked(booking_id=each.id, day=menu.day, meal=menu.meal.value)
    price = price_of(
        person,
        menu.canteen,
        cap_on(person, menu.day),
        day=menu.day,
        meal=menu.meal,
        price_fen=menu.price_fen,
        quantity=quantity,
        delivery=delivery,
        taken_on=[*(each.day for each in booked if each.is_subsidised), *also_subsidised_on],
    )
    return Offer(person, menu, quantity, delivery, price.split, price.rule)


def _check(person: Person, menu: Menu, *, quantity: int, delivery: bool, now: datetime) -> None:
    if not 1 <= quantity <= MOST_PORTIONS:
        raise QuantityWrong(most=MOST_PORTIONS)
    if menu.day < local_day(now):
        raise MealDayInThePast(day=menu.day)
    if now > menu.order_until_at:
        raise OrdersClosed(day=menu.day, meal=menu.meal.value, order_until_at=menu.order_until_at)
    if delivery and not can_be_delivered(person, menu.canteen):
        raise DeliveryNotOffered(day=menu.day, meal=menu.meal.value)


def _booked_in_week_of(session: Session, person_id: UUID, day: date, *, but_for: UUID | None) -> list[_BookedMeal]:
    """Her meals from Monday to Sunday, which is as far as the subsidy of a day looks."""
    monday = day - timedelta(days=day.weekday())
    rows = session.execute(
        select(MealBookingRow.id, MealBookingRow.day, MealBookingRow.meal, MealBookingRow.subsidy_fen).where(
            MealBookingRow.person_id == person_id,
            MealBookingRow.status != "cancelled",
            MealBookingRow.day.between(monday, monday + timedelta(days=6)),
        )
    )
    return [
        _BookedMeal(booking_id, on, Meal(meal), subsidy_fen > 0)
        for booking_id, on, meal, subsidy_fen in rows
        if booking_id != but_for
    ]
