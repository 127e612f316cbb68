"""The neighbours as guests of a canteen: what each would book for a meal, at which price, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.benefits import MealCap
from services.database.tables import new_id
from services.demo import habits
from services.demo.habits import Sitting
from services.demo.neighbours import Neighbour
from services.meals.subsidy import SubsidisedPrice, cap_on, price_of
from services.meals.tables import MealBookingRow, MealWaitRow, MenuRow
from services.meals.views import Canteen, Meal
from services.people import Person


@dataclass(frozen=True)
class Guest:
    """A neighbour as the database knows her."""

    neighbour: Neighbour
    person: Person


@dataclass
class Ledger:
    """What is booked or waited for already, for which days with a subsidy, and the caps that were asked for."""

    meals: set[tuple[UUID, date, str]] = field(default_factory=set)
    subsidised: dict[UUID, list[date]] = field(default_factory=lambda: defaultdict(list))
    caps: dict[tuple[UUID, int, int], MealCap] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """A meal that a guest would book."""

    guest: Guest
    booked_at: datetime
    quantity: int
    price: SubsidisedPrice


def read_ledger(session: Session, guests: Sequence[Guest], first: date) -> Ledger:
    """What these guests have booked, or wait for, in the week of this day and later."""
    ledger, ids = Ledger(), [guest.person.id for guest in guests]
    monday = first - timedelta(days=first.weekday())
    booked = select(
        MealBookingRow.person_id,
        MealBookingRow.day,
        MealBookingRow.meal,
        (MealBookingRow.subsidy_fen > 0) & (MealBookingRow.status != "cancelled"),
    ).where(MealBookingRow.person_id.in_(ids), MealBookingRow.day >= monday)
    for person_id, day, meal, is_subsidised in session.execute(booked):
        ledger.meals.add((person_id, day, meal))
        if is_subsidised:
            ledger.subsidised[person_id].append(day)
    waits = select(MealWaitRow.person_id, MealWaitRow.day, MealWaitRow.meal)
    for person_id, day, meal in session.execute(waits.where(MealWaitRow.person_id.in_(ids), MealWaitRow.day >= monday)):
        ledger.meals.add((person_id, day, meal))
    return ledger


def wishes(canteen: Canteen, menu: MenuRow, guests: Sequence[Guest], ledger: Ledger, now: datetime) -> Iterator[Wish]:
    """What these guests would have booked of a menu by now and have not, in the order of their booking."""
    hungry = [
        (habits.books_at(guest.neighbour, menu.day, menu.meal), guest)
        for guest in guests
        if (guest.person.id, menu.day, menu.meal) not in ledger.meals
        and habits.wants(guest.neighbour, menu.day, menu.meal)
    ]
    for booked_at, guest in sorted(hungry, key=lambda it: it[0]):
        if booked_at <= now:
            quantity = habits.how_many(guest.neighbour, menu.day, menu.meal)
            yield Wish(guest, booked_at, quantity, _price(canteen, menu, guest, quantity, ledger))


def enter(ledger: Ledger, menu: MenuRow, wish: Wish) -> None:
    """Note that this is booked now."""
    ledger.meals.add((wish.guest.person.id, menu.day, menu.meal))
    if wish.price.split.subsidy_fen and not _is_cancelled(menu, wish):
        ledger.subsidised[wish.guest.person.id].append(menu.day)


def booking(menu: MenuRow, wish: Wish, now: datetime) -> dict[str, Any]:
    """The values of the row of a booking, with what came of it by now. The slot gives its place and number."""
    split, through = wish.price.split, habits.channel(wish.guest.neighbour)
    menu.slot.last_number += 1
    if _is_cancelled(menu, wish):
        outcome = habits.cancelled(wish.booked_at, through)
    else:
        menu.slot.taken += wish.quantity
        outcome = outcome_of(wish.guest.neighbour, menu, now)
    return BOOKED | _of(menu, wish) | {
        "price_fen": split.price_fen,
        "subsidy_fen": split.subsidy_fen,
        "delivery_fee_fen": split.delivery_fee_fen,
        "delivery_subsidy_fen": split.delivery_subsidy_fen,
        "to_pay_fen": split.to_pay_fen,
        "subsidy_rule": wish.price.rule,
        "pick_up_number": menu.slot.last_number,
        "booked_at": wish.booked_at,
        "booked_through": through,
    } | outcome  # fmt: skip


def wait(menu: MenuRow, wish: Wish) -> dict[str, Any]:
    """The values of the row of a place in line. The slot gives its number."""
    menu.slot.waiting += 1
    menu.slot.last_waiting_number += 1
    return _of(menu, wish) | {
        "number": menu.slot.last_waiting_number,
        "agreed_to_pay_fen": wish.price.split.to_pay_fen,
        "status": "waiting",
        "waiting_since_at": wish.booked_at,
        "waiting_through": habits.channel(wish.guest.neighbour),
    }


def outcome_of(neighbour: Neighbour, menu: MenuRow, now: datetime) -> dict[str, Any]:
    """What became by now of a meal that she booked; nothing yet before she comes."""
    came_at = habits.comes_at(neighbour, Sitting(menu.day, menu.meal, menu.slot.starts_at, menu.slot.ends_at))
    if came_at is not None and came_at <= now:
        return habits.had(came_at)
    return habits.missed(menu.closed_at) if menu.closed_at is not None else {}


# Every row of one statement names the same columns.
BOOKED: dict[str, Any] = {
    "status": "booked",
    "cancelled_at": None,
    "cancelled_through": None,
    "serving_id": None,
    "served_at": None,
    "settled_at": None,
}


def _of(menu: MenuRow, wish: Wish) -> dict[str, Any]:
    return {
        "id": new_id(),
        "city": menu.city,
        "person_id": wish.guest.person.id,
        "menu_id": menu.id,
        "day": menu.day,
        "meal": menu.meal,
        "quantity": wish.quantity,
        "delivery": wish.guest.neighbour.is_brought,
        "request_id": new_id(),
    }


def _is_cancelled(menu: MenuRow, wish: Wish) -> bool:
    return habits.cancels(wish.guest.neighbour, menu.day, menu.meal)


def _price(canteen: Canteen, menu: MenuRow, guest: Guest, quantity: int, ledger: Ledger) -> SubsidisedPrice:
    person = guest.person
    of_month = (person.id, menu.day.month, person.age_on(menu.day))
    cap = ledger.caps.get(of_month) or ledger.caps.setdefault(of_month, cap_on(person, menu.day))
    return price_of(
        person,
        canteen,
        cap,
        day=menu.day,
        meal=Meal(menu.meal),
        price_fen=menu.price_fen,
        quantity=quantity,
        delivery=guest.neighbour.is_brought,
        taken_on=ledger.subsidised[person.id],
    )
