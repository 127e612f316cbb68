"""What a booking has to know, in two questions: the menu with its canteen and its portions, and what is hers around it.

At the hour when orders end these run by the thousand. So they name columns and make no objects, and are worded once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, Uuid, and_, bindparam, exists, false, or_, select, true, union_all
from sqlalchemy.orm import Session

from services.calendar.slots import SlotRow
from services.database import ask
from services.meals.tables import CanteenRow, MealBookingRow, MealWaitRow, MenuRow
from services.meals.views import Meal, Menu, menu_of

HER, REQUEST = bindparam("person_id", type_=Uuid), bindparam("request_id", type_=Uuid)
# Each of another name, so that an answer is menu, canteen and slot in one.
COLUMNS = (
    *(MenuRow.city, MenuRow.slot_id, MenuRow.day, MenuRow.meal, MenuRow.dishes, MenuRow.diets, MenuRow.allergens),
    *(MenuRow.price_fen, MenuRow.order_until_at),
    *(column for column in CanteenRow.__table__.columns if column.key not in ("city", "is_demonstration")),
    *(SlotRow.places, SlotRow.taken, SlotRow.waiting, SlotRow.starts_at, SlotRow.ends_at),
)
HAS_IT = exists().where(
    MealBookingRow.person_id == HER,
    or_(
        MealBookingRow.request_id == REQUEST,
        and_(
            MealBookingRow.day == MenuRow.day,
            MealBookingRow.meal == MenuRow.meal,
            MealBookingRow.status != "cancelled",
        ),
    ),
)
MENU = (
    select(HAS_IT.label("is_hers"), *COLUMNS)
    .join(SlotRow, SlotRow.id == MenuRow.slot_id)
    .join(CanteenRow, CanteenRow.id == MenuRow.canteen_id)
    .where(MenuRow.id == bindparam("menu_id"))
)
IN_THAT_WEEK = bindparam("monday", type_=Date), bindparam("sunday", type_=Date)
HERS = union_all(
    select(
        false().label("waits"),
        MealBookingRow.id,
        MealBookingRow.request_id,
        MealBookingRow.day,
        MealBookingRow.meal,
        MealBookingRow.subsidy_fen > 0,
        MealBookingRow.status != "cancelled",
    ).where(
        MealBookingRow.person_id == HER,
        or_(
            and_(MealBookingRow.status != "cancelled", MealBookingRow.day.between(*IN_THAT_WEEK)),
            MealBookingRow.request_id == REQUEST,
        ),
    ),
    select(
        true(),
        MealWaitRow.id,
        MealWaitRow.request_id,
        MealWaitRow.day,
        MealWaitRow.meal,
        false(),
        MealWaitRow.status == "waiting",
    ).where(
        MealWaitRow.person_id == HER,
        or_(
            and_(MealWaitRow.status == "waiting", MealWaitRow.day.between(*IN_THAT_WEEK)),
            MealWaitRow.request_id == REQUEST,
        ),
    ),
)
TO_SUNDAY = timedelta(days=6)


@dataclass(frozen=True)
class FoundMenu:
    """A menu as it was when it was looked at, and the slot that has its portions. `is_hers`: the one for whom it was
    looked at has this meal of this day, there or elsewhere, or her request has booked already."""

    menu: Menu
    city: str
    slot_id: UUID
    is_hers: bool


@dataclass(frozen=True)
class OwnMeal:
    """A meal that she has, or stands in line for."""

    id: UUID
    day: date
    meal: Meal
    is_subsidised: bool


@dataclass(frozen=True)
class Own:
    """What is hers in one week: what she has booked, where she stands in line, and what her request has made already,
    whatever became of it."""

    booked: tuple[OwnMeal, ...]
    waiting: tuple[OwnMeal, ...]
    booked_by_request: UUID | None
    waiting_by_request: UUID | None

    def without(self, booking_id: UUID | None) -> Own:
        """The same but for one booking."""
        return replace(self, booked=tuple(each for each in self.booked if each.id != booking_id))


def find_menu(
    session: Session, menu_id: UUID, *, person_id: UUID | None = None, request_id: UUID | None = None
) -> FoundMenu | None:
    """The menu of this id, looked at for somebody and her request."""
    found = ask(session, MENU, {"menu_id": menu_id, "person_id": person_id, "request_id": request_id}).one_or_none()
    if found is None:
        return None
    return FoundMenu(menu_of(menu_id, found, found, found), found.city, found.slot_id, found.is_hers)


def hers_around(session: Session, person_id: UUID, day: date, *, request_id: UUID | None = None) -> Own:
    """What is hers from Monday to Sunday, which is as far as the subsidy of a day looks."""
    monday = day - timedelta(days=day.weekday())
    sunday = monday + TO_SUNDAY
    values = {"person_id": person_id, "request_id": request_id, "monday": monday, "sunday": sunday}
    booked: list[OwnMeal] = []
    waiting: list[OwnMeal] = []
    by_request: dict[bool, UUID] = {}
    for waits, own_id, request, on, meal, is_subsidised, counts in ask(session, HERS, values):
        if request == request_id:
            by_request[waits] = own_id
        if counts and monday <= on <= sunday:
            (waiting if waits else booked).append(OwnMeal(own_id, on, Meal(meal), is_subsidised))
    return Own(tuple(booked), tuple(waiting), by_request.get(False), by_request.get(True))
