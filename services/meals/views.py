"""What the meal use cases hand out: frozen views of canteens, menus, prices and bookings. Amounts in fen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row

from services.calendar.slots import SlotRow
from services.clock import CITY_TIME, local_moment
from services.meals.diets import NO_WARNINGS, Allergen, Diet, DietWarnings
from services.meals.tables import CanteenRow, MealBookingRow, MenuRow
from services.working_days import is_announced

# A submission can be undone for ten minutes (MIIT 2021 annex 1, 2.6.1), even when the canteen cooks already.
UNDO = timedelta(minutes=10)
# What was wrong with a meal can be looked into as long as somebody remembers it; the days are our own.
COMPLAIN_WITHIN = timedelta(days=7)


class Meal(StrEnum):
    """The meals of a day."""

    BREAKFAST = "breakfast"
    LUNCH = "lunch"
    DINNER = "dinner"


class CanteenKind(StrEnum):
    """The city's models of meals for seniors (reply 2 of 2021): how a place comes by its meals and hands them out."""

    SENIOR_CANTEEN = "senior_canteen"
    """cooks itself, and for the meal points around it"""
    MEAL_POINT = "meal_point"
    """gets its meals from a canteen"""
    SMART_MEAL_LOCKER = "smart_meal_locker"
    """filled from a central kitchen; she takes her meal out with her pick-up number"""
    RESTAURANT = "restaurant"
    """a restaurant that cooks for seniors too"""


class MealWay(StrEnum):
    """How she comes by her meal."""

    DELIVERED = "delivered"
    EATEN_THERE = "eat_there"
    TAKEN_OUT = "take_out"
    """of a locker, where there is no table"""


@dataclass(frozen=True)
class Canteen:
    """A place that serves meals. `open_on` are ISO weekdays, 1 is Monday; times of day are the city's; longitude and
    latitude are degrees (WGS 84), None where nobody measured them."""

    id: UUID
    name: str
    kind: CanteenKind
    district: str
    street: str
    community: str
    address: str
    phone: str
    delivers: bool
    delivery_fee_fen: int
    opens_at: time = time(6, 30)
    closes_at: time = time(19, 0)
    open_on: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    longitude: float | None = None
    latitude: float | None = None

    def way(self, *, delivery: bool) -> MealWay:
        """How a meal of this place is had, where it is brought and where not."""
        if delivery:
            return MealWay.DELIVERED
        return MealWay.TAKEN_OUT if self.kind is CanteenKind.SMART_MEAL_LOCKER else MealWay.EATEN_THERE


@dataclass(frozen=True)
class Menu:
    """One meal of one day at one canteen. `price_fen` is the full price of a portion; times of day are the city's.
    `portions_left`: for those who come now; none while people stand in line for it, which `waiting` counts. `diets`:
    how it can be had; `allergens`: what is in it."""

    id: UUID
    canteen: Canteen
    day: date
    meal: Meal
    dishes: tuple[str, ...]
    price_fen: int
    portions_left: int
    order_until_at: datetime
    served_from: time
    served_until: time
    diets: tuple[Diet, ...] = ()
    allergens: tuple[Allergen, ...] = ()
    waiting: int = 0

    @property
    def served_from_at(self) -> datetime:
        """When the first plate is served."""
        return local_moment(self.day, self.served_from)

    @property
    def served_until_at(self) -> datetime:
        """When the last plate is served."""
        return local_moment(self.day, self.served_until)

    @property
    def holidays_are_known(self) -> bool:
        """Whether it is announced which days of its year are holidays; before, the price goes by the day of the
        week."""
        return is_announced(self.day)


@dataclass(frozen=True)
class PriceSplit:
    """price - subsidy + delivery fee - what the city pays of the delivery = to pay."""

    price_fen: int
    subsidy_fen: int
    delivery_fee_fen: int
    delivery_subsidy_fen: int = 0

    @property
    def to_pay_fen(self) -> int:
        """What she pays herself."""
        return self.price_fen - self.subsidy_fen + self.delivery_fee_fen - self.delivery_subsidy_fen

    @classmethod
    def total(cls, splits: Iterable[PriceSplit]) -> Self:
        """All of them together.

        >>> PriceSplit.total([PriceSplit(1500, 500, 200), PriceSplit(1200, 0, 0)]).to_pay_fen
        2400
        """
        amounts = [(it.price_fen, it.subsidy_fen, it.delivery_fee_fen, it.delivery_subsidy_fen) for it in splits]
        return cls(*(sum(column) for column in zip(*amounts, strict=True))) if amounts else cls(0, 0, 0)


@dataclass(frozen=True)
class MealQuote:
    """What she would get and pay. `can_be_delivered`: whether this canteen brings meals to her home. `warnings`: what
    speaks against it for her."""

    menu: Menu
    quantity: int
    delivery: bool
    split: PriceSplit
    cancel_until_at: datetime
    can_be_delivered: bool
    warnings: DietWarnings = NO_WARNINGS


@dataclass(frozen=True)
class MealBooking:
    """A meal of hers. `status`: `booked`, `served`, `not_picked_up` or `cancelled`; it can be changed and cancelled
    until `cancel_until_at`."""

    id: UUID
    person_id: UUID
    menu: Menu
    quantity: int
    delivery: bool
    split: PriceSplit
    status: str
    pick_up_number: int
    booked_at: datetime
    cancel_until_at: datetime
    changed_at: datetime | None = None
    served_at: datetime | None = None
    complained_at: datetime | None = None

    def can_be_cancelled(self, now: datetime) -> bool:
        """Whether cancelling is still allowed; changing is as long."""
        return self.status == "booked" and now <= self.cancel_until_at

    def can_be_complained_about(self, now: datetime) -> bool:
        """Whether she can say that something was wrong: from the first plate on, for a week."""
        until = self.menu.served_until_at + COMPLAIN_WITHIN
        return self.status != "cancelled" and self.menu.served_from_at <= now <= until


@dataclass(frozen=True)
class MealChoice:
    """One meal of a day: whether any canteen still takes orders, her booking if she has one, and her place in a line if
    she stands in one."""

    meal: Meal
    order_until_at: datetime
    is_open: bool
    booking_id: UUID | None
    waiting_id: UUID | None = None


@dataclass(frozen=True)
class MealDay:
    """A day with its meals."""

    day: date
    meals: tuple[MealChoice, ...]


@dataclass(frozen=True)
class MenuChoice:
    """A menu, whether it can be booked, and why not (`full`, `orders_closed`).

    `nearness` of the canteen to her home: `community`, `street`, `district` or `city`; `can_be_delivered`: whether it
    brings meals there. `split`: the price of one portion for her, eaten there. `can_wait`: it is full, and she can
    stand in line. `warnings`: what speaks against it for her.
    """

    menu: Menu
    nearness: str
    can_be_delivered: bool
    split: PriceSplit
    is_open: bool
    why_closed: str | None
    can_wait: bool = False
    warnings: DietWarnings = NO_WARNINGS


def cancel_until(menu: Menu, booked_at: datetime) -> datetime:
    """Until the canteen starts to cook, and never less than ten minutes after booking."""
    return max(menu.order_until_at, booked_at + UNDO)


def canteen_view(row: CanteenRow | Row[Any]) -> Canteen:
    """The canteen of a row."""
    return Canteen(
        row.id,
        row.name,
        CanteenKind(row.kind),
        row.district,
        row.street,
        row.community,
        row.address,
        row.phone,
        row.delivers,
        row.delivery_fee_fen,
        row.opens_at,
        row.closes_at,
        tuple(row.open_on),
        row.longitude,
        row.latitude,
    )


def menu_view(row: MenuRow) -> Menu:
    """The menu of a row."""
    return menu_of(row.id, row, row.canteen, row.slot)


def menu_of(menu_id: UUID, row: MenuRow | Row[Any], canteen: CanteenRow | Row[Any], slot: SlotRow | Row[Any]) -> Menu:
    """The menu of the columns of menu, canteen and slot, which may be one row of an answer."""
    return Menu(
        id=menu_id,
        canteen=canteen_view(canteen),
        day=row.day,
        meal=Meal(row.meal),
        dishes=tuple(row.dishes),
        price_fen=row.price_fen,
        portions_left=0 if slot.waiting else slot.places - slot.taken,
        order_until_at=row.order_until_at,
        served_from=slot.starts_at.astimezone(CITY_TIME).time(),
        served_until=slot.ends_at.astimezone(CITY_TIME).time(),
        diets=tuple(Diet(diet) for diet in row.diets),
        allergens=tuple(Allergen(allergen) for allergen in row.allergens),
        waiting=slot.waiting,
    )


def booking_view(row: MealBookingRow) -> MealBooking:
    """The booking of a row."""
    menu = menu_view(row.menu)
    return MealBooking(
        id=row.id,
        person_id=row.person_id,
        menu=menu,
        quantity=row.quantity,
        delivery=row.delivery,
        split=PriceSplit(row.price_fen, row.subsidy_fen, row.delivery_fee_fen, row.delivery_subsidy_fen),
        status=row.status,
        pick_up_number=row.pick_up_number,
        booked_at=row.booked_at,
        cancel_until_at=cancel_until(menu, row.booked_at),
        changed_at=row.changed_at,
        served_at=row.served_at,
        complained_at=row.complained_at,
    )
