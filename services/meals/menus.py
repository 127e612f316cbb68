"""Looking at menus: which days and meals there are, and which canteens are near, open and not full."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.benefits import MealCap
from services.clock import local_day
from services.meals.diets import DietaryMarks, marks_of
from services.meals.errors import DeliveryNotOffered, MealDayInThePast, MealDayNotOffered, MealFull, OrdersClosed
from services.meals.lines import waits_of
from services.meals.nearness import nearest_first, nearness_of
from services.meals.subsidy import cap_on, price_of
from services.meals.tables import MealBookingRow, MenuRow
from services.meals.views import Canteen, Meal, MealChoice, MealDay, Menu, MenuChoice, menu_view
from services.people import Person

DAYS_SHOWN = 7


def list_days(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> tuple[MealDay, ...]:
    """The coming seven days with their meals, today first, as far as there are menus. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_MEALS, person_id=person_id)
    city = people.get_person(session, actor, person_id=person_id).city
    today = local_day(now)
    rows = session.execute(
        select(MenuRow.day, MenuRow.meal, func.max(MenuRow.order_until_at))
        .where(MenuRow.city == city, MenuRow.day.between(today, today + timedelta(days=DAYS_SHOWN - 1)))
        .group_by(MenuRow.day, MenuRow.meal)
    ).all()
    booked = {
        (day, meal): booking_id
        for day, meal, booking_id in session.execute(
            select(MealBookingRow.day, MealBookingRow.meal, MealBookingRow.id).where(
                MealBookingRow.person_id == person_id, MealBookingRow.status != "cancelled", MealBookingRow.day >= today
            )
        )
    }
    waiting = {(row.day, row.meal): row.id for row in waits_of(session, person_id, today)}
    meals: dict[date, list[MealChoice]] = defaultdict(list)
    for day, meal, order_until_at in rows:
        mine = booked.get((day, meal)), waiting.get((day, meal))
        choice = MealChoice(Meal(meal), order_until_at, now <= order_until_at, *mine)
        meals[day].append(choice)
    order = list(Meal)
    return tuple(
        MealDay(day, tuple(sorted(choices, key=lambda choice: order.index(choice.meal))))
        for day, choices in sorted(meals.items())
    )


def list_menus(
    session: Session, actor: Actor, *, person_id: UUID, day: date, meal: Meal, now: datetime
) -> tuple[MenuChoice, ...]:
    """All menus of a day and meal, those that can be booked first, then by nearness to her home.

    Raises NotAllowed, MealDayInThePast, MealDayNotOffered.
    """
    people.require_for(session, actor, Capability.SEE_MEALS, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    if day < local_day(now):
        raise MealDayInThePast(day=day)
    rows = session.scalars(
        select(MenuRow)
        .where(MenuRow.city == person.city, MenuRow.day == day, MenuRow.meal == meal)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        last_day = session.scalar(select(func.max(MenuRow.day)).where(MenuRow.city == person.city))
        raise MealDayNotOffered(day=day, meal=meal.value, last_day=last_day)
    taken_on = subsidised_days(session, person_id)
    cap, marks = cap_on(person, day), marks_of(session, person_id)
    choices = [_choice(person, menu_view(row), cap, taken_on, marks, now) for row in rows]
    return tuple(sorted(choices, key=lambda choice: (not choice.is_open, nearest_first(person, choice.menu.canteen))))


def suggest_menu(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    day: date,
    meal: Meal,
    delivery: bool | None,
    quantity: int = 1,
    now: datetime,
) -> Menu:
    """The nearest menu that can be had as she wants it, where she did not name a canteen.

    Raises NotAllowed, MealDayInThePast, MealDayNotOffered, DeliveryNotOffered, OrdersClosed or MealFull, the last two
    only when no canteen at all is left.
    """
    choices = list_menus(session, actor, person_id=person_id, day=day, meal=meal, now=now)
    if delivery:
        choices = tuple(choice for choice in choices if choice.can_be_delivered)
        if not choices:
            raise DeliveryNotOffered(day=day, meal=meal.value)
    fitting = [choice for choice in choices if choice.is_open and choice.menu.portions_left >= quantity]
    if fitting:
        return fitting[0].menu
    still_ordering = [choice.menu for choice in choices if choice.why_closed != "orders_closed"]
    if still_ordering:
        raise MealFull(day=day, meal=meal.value, portions_left=max(menu.portions_left for menu in still_ordering))
    raise OrdersClosed(day=day, meal=meal.value, order_until_at=max(c.menu.order_until_at for c in choices))


def subsidised_days(session: Session, person_id: UUID) -> list[date]:
    """The days for which she has booked a subsidised portion, once for each."""
    return list(
        session.scalars(
            select(MealBookingRow.day).where(
                MealBookingRow.person_id == person_id,
                MealBookingRow.status != "cancelled",
                MealBookingRow.subsidy_fen > 0,
            )
        )
    )


def can_be_delivered(person: Person, canteen: Canteen) -> bool:
    """Whether the canteen brings meals to her home: if it delivers at all, then within its district."""
    return canteen.delivers and canteen.district == person.district


def _choice(
    person: Person, menu: Menu, cap: MealCap, taken_on: list[date], marks: DietaryMarks, now: datetime
) -> MenuChoice:
    price = price_of(
        person,
        menu.canteen,
        cap,
        day=menu.day,
        meal=menu.meal,
        price_fen=menu.price_fen,
        quantity=1,
        delivery=False,
        taken_on=taken_on,
    )
    why_closed = None
    if now > menu.order_until_at:
        why_closed = "orders_closed"
    elif menu.portions_left == 0:
        why_closed = "full"
    return MenuChoice(
        menu=menu,
        nearness=nearness_of(person, menu.canteen),
        can_be_delivered=can_be_delivered(person, menu.canteen),
        split=price.split,
        is_open=why_closed is None,
        why_closed=why_closed,
        can_wait=why_closed == "full",
        warnings=marks.warnings(menu.diets, menu.allergens),
    )
