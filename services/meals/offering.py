"""What somebody can have at which price: the checks that quoting, booking, changing and waiting have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import bindparam, select
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
from services.meals.subsidy import SubsidisedPrice, cap_on, price_of
from services.meals.tables import MealBookingRow, MenuRow
from services.meals.views import Meal, MealQuote, Menu, PriceSplit, cancel_until, menu_view
from services.people import Person

# More than this for one person is a party, and a party talks to the canteen.
MOST_PORTIONS = 4

# Worded once: at the hour when orders end these run by the thousand, and wording them takes longer than running them.
MENU = select(MenuRow).where(MenuRow.id == bindparam("menu_id")).execution_options(populate_existing=True)
HERS_IN_A_WEEK = select(MealBookingRow.id, MealBookingRow.day, MealBookingRow.meal, MealBookingRow.subsidy_fen).where(
    MealBookingRow.person_id == bindparam("person_id"),
    MealBookingRow.status != "cancelled",
    MealBookingRow.day.between(bindparam("monday"), bindparam("sunday")),
)


@dataclass(frozen=True)
class Offer:
    """What she can have, and what it costs her, which is reckoned once somebody asks. `row` is the menu as stored, for
    whoever books it; `subsidised_on` are the days of that week whose subsidy she has had."""

    person: Person
    row: MenuRow = field(repr=False)
    menu: Menu
    quantity: int
    delivery: bool
    subsidised_on: tuple[date, ...]

    @cached_property
    def price(self) -> SubsidisedPrice:
        """What it costs, and the rule that the subsidy follows from."""
        menu = self.menu
        return price_of(
            self.person,
            menu.canteen,
            cap_on(self.person, menu.day),
            day=menu.day,
            meal=menu.meal,
            price_fen=menu.price_fen,
            quantity=self.quantity,
            delivery=self.delivery,
            taken_on=self.subsidised_on,
        )

    @property
    def split(self) -> PriceSplit:
        """What it costs."""
        return self.price.split

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
    row = session.scalar(MENU, {"menu_id": menu_id})
    if row is None or row.city != person.city:
        raise MenuUnknown()
    menu = menu_view(row)
    booked = _booked_in_week_of(session, person.id, menu.day, but_for=instead_of)
    for each in booked:
        # Before everything else: whoever never saw the answer to her press asks again, however late it is then.
        if (each.day, each.meal) == (menu.day, menu.meal):
            raise AlreadyBooked(booking_id=each.id, day=menu.day, meal=menu.meal.value)
    _check(person, menu, quantity=quantity, delivery=delivery, now=now)
    subsidised_on = (*(each.day for each in booked if each.is_subsidised), *also_subsidised_on)
    return Offer(person, row, menu, quantity, delivery, subsidised_on)


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
    week = {"person_id": person_id, "monday": monday, "sunday": monday + timedelta(days=6)}
    rows = session.execute(HERS_IN_A_WEEK, week)
    return [
        _BookedMeal(booking_id, on, Meal(meal), subsidy_fen > 0)
        for booking_id, on, meal, subsidy_fen in rows
        if booking_id != but_for
    ]
