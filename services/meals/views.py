"""What the meal use cases hand out: frozen views of canteens, menus, prices and bookings. Amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from services.clock import local_moment
from services.meals.tables import CanteenRow, MealBookingRow, MenuRow

# A submission can be undone for ten minutes (MIIT 2021 annex 1, 2.6.1), even when the canteen cooks already.
UNDO = timedelta(minutes=10)


class Meal(StrEnum):
    """The meals of a day."""

    BREAKFAST = "breakfast"
    LUNCH = "lunch"
    DINNER = "dinner"


@dataclass(frozen=True)
class Canteen:
    """A canteen (`senior_canteen`, cooks itself) or a meal point (`meal_point`, served from elsewhere)."""

    id: UUID
    name: str
    kind: str
    district: str
    street: str
    community: str
    address: str
    phone: str
    delivers: bool
    delivery_fee_fen: int


@dataclass(frozen=True)
class Menu:
    """One meal of one day at one canteen. `price_fen` is the full price of a portion; times of day are the city's."""

    id: UUID
    canteen: Canteen
    day: date
    meal: Meal
    dishes: tuple[str, ...]
    tags: tuple[str, ...]
    price_fen: int
    portions_left: int
    order_until_at: datetime
    served_from: time
    served_until: time

    @property
    def served_until_at(self) -> datetime:
        """When the last plate is served."""
        return local_moment(self.day, self.served_until)


@dataclass(frozen=True)
class PriceSplit:
    """price - subsidy + delivery fee = to pay."""

    price_fen: int
    subsidy_fen: int
    delivery_fee_fen: int

    @property
    def to_pay_fen(self) -> int:
        """What she pays herself."""
        return self.price_fen - self.subsidy_fen + self.delivery_fee_fen


@dataclass(frozen=True)
class MealQuote:
    """What she would get and pay. `can_be_delivered`: whether this canteen brings meals to her home."""

    menu: Menu
    quantity: int
    delivery: bool
    split: PriceSplit
    cancel_until_at: datetime
    can_be_delivered: bool


@dataclass(frozen=True)
class MealBooking:
    """A booked (`booked`) or cancelled (`cancelled`) meal."""

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

    def can_be_cancelled(self, now: datetime) -> bool:
        """Whether cancelling is still allowed."""
        return self.status == "booked" and now <= self.cancel_until_at


@dataclass(frozen=True)
class MealChoice:
    """One meal of a day: whether any canteen still takes orders, and her booking if she has one."""

    meal: Meal
    order_until_at: datetime
    is_open: bool
    booking_id: UUID | None


@dataclass(frozen=True)
class MealDay:
    """A day with its meals."""

    day: date
    meals: tuple[MealChoice, ...]


@dataclass(frozen=True)
class MenuChoice:
    """A menu, whether it can be booked, and why not (`full`, `orders_closed`).

    `nearness` of the canteen to her home: `community`, `street`, `district` or `city`; `can_be_delivered`: whether it
    brings meals there. `split`: the price of one portion for her, eaten there.
    """

    menu: Menu
    nearness: str
    can_be_delivered: bool
    split: PriceSplit
    is_open: bool
    why_closed: str | None


def cancel_until(menu: Menu, booked_at: datetime) -> datetime:
    """Until the canteen starts to cook, and never less than ten minutes after booking."""
    return max(menu.order_until_at, booked_at + UNDO)


def canteen_view(row: CanteenRow) -> Canteen:
    """The canteen of a row."""
    return Canteen(
        row.id,
        row.name,
        row.kind,
        row.district,
        row.street,
        row.community,
        row.address,
        row.phone,
        row.delivers,
        row.delivery_fee_fen,
    )


def menu_view(row: MenuRow) -> Menu:
    """The menu of a row."""
    return Menu(
        id=row.id,
        canteen=canteen_view(row.canteen),
        day=row.day,
        meal=Meal(row.meal),
        dishes=tuple(row.dishes),
        tags=tuple(row.tags),
        price_fen=row.price_fen,
        portions_left=row.portions - row.portions_booked,
        order_until_at=row.order_until_at,
        served_from=row.served_from,
        served_until=row.served_until,
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
        split=PriceSplit(row.price_fen, row.subsidy_fen, row.delivery_fee_fen),
        status=row.status,
        pick_up_number=row.pick_up_number,
        booked_at=row.booked_at,
        cancel_until_at=cancel_until(menu, row.booked_at),
    )
