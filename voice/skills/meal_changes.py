"""A meal that is booked becomes another one: read back with both, changed after a yes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.errors import ServiceError
from services.meals import (
    Meal,
    MealBooking,
    MealDayInThePast,
    Menu,
    PriceChanged,
    TooLateToChange,
    change_meal,
    list_menus,
    quote_change,
    suggest_menu,
)
from voice.skills.meal_errors import explain
from voice.skills.meal_telling import booking_in_short, meal_in_full, price
from voice.skills.skill import BOOKING, CONFIRM, READ_BACK, WHAT_IS_WRONG, Step, Task, Turn
from voice.wording import Line

_CHANGES = frozenset({"date", "meal", "delivery", "quantity"})


def next_of_meal(turn: Turn, task: Task, booking: MealBooking) -> Step:
    """What it shall be, or both read back."""
    task.notes[BOOKING] = str(booking.id)
    if not booking.can_be_cancelled(turn.now):
        return explain(turn, task, TooLateToChange())
    if not task.slots.keys() & _CHANGES:
        meal = booking_in_short(turn, booking)
        line = turn.words.line(
            "%(meal)s: what shall it be instead? Another day, another meal, or brought to you?", meal=meal
        )
        return Step(line, WHAT_IS_WRONG)
    wanted = _wanted(task, booking)
    if wanted == _as_it_is(booking):
        return Step(turn.words.line("It is so already: %(meal)s.", meal=meal_in_full(turn, booking)))
    try:
        return _read_back(turn, task, booking)
    except ServiceError as error:
        return _explain(turn, task, booking, error)


def change_a_meal(turn: Turn, task: Task, booking: MealBooking) -> Step:
    """Change it as it was read back."""
    wanted = _wanted(task, booking)
    try:
        with turn.all_or_nothing():
            changed = change_meal(
                turn.session,
                turn.actor,
                booking_id=booking.id,
                menu_id=UUID(task.notes["menu_id"]),
                quantity=wanted["quantity"],
                delivery=wanted["delivery"],
                agreed_to_pay_fen=task.notes["to_pay_fen"],
                now=turn.now,
            )
    except PriceChanged:
        return _read_back(turn, task, booking, turn.words.line("The price has changed."))
    except ServiceError as error:
        return _explain(turn, task, booking, error)
    line = turn.words.line("Done. It is changed: %(meal)s.", meal=meal_in_full(turn, changed))
    return Step(line, effect={"action": "book_meal", **_as_it_is(changed), BOOKING: str(changed.id)})


def _as_it_is(booking: MealBooking) -> dict[str, Any]:
    return {
        "date": booking.menu.day.isoformat(),
        "meal": booking.menu.meal.value,
        "delivery": booking.delivery,
        "quantity": booking.quantity,
    }


def _wanted(task: Task, booking: MealBooking) -> dict[str, Any]:
    return _as_it_is(booking) | {name: said for name, said in task.slots.items() if name in _CHANGES}


def _read_back(turn: Turn, task: Task, booking: MealBooking, *preface: Line) -> Step:
    """Raises ServiceError."""
    wanted, words = _wanted(task, booking), turn.words
    menu = _menu(turn, booking, wanted)
    quote = quote_change(
        turn.session,
        turn.actor,
        booking_id=booking.id,
        menu_id=menu.id,
        quantity=wanted["quantity"],
        delivery=wanted["delivery"],
        now=turn.now,
    )
    task.notes = {
        BOOKING: str(booking.id),
        "menu_id": str(menu.id),
        "to_pay_fen": quote.split.to_pay_fen,
        READ_BACK: wanted,
    }
    line = words.line("%(old)s becomes %(new)s.", old=booking_in_short(turn, booking), new=meal_in_full(turn, quote))
    return Step(words.joined(*preface, line, price(turn, quote.split), words.line("Is that right?")), CONFIRM)


def _menu(turn: Turn, booking: MealBooking, wanted: dict[str, Any]) -> Menu:
    """The same canteen where it has the meal, else the nearest one that has. Raises ServiceError."""
    day, meal = date.fromisoformat(wanted["date"]), Meal(wanted["meal"])
    if (day, meal) == (booking.menu.day, booking.menu.meal) and not (wanted["delivery"] and not booking.delivery):
        return booking.menu
    if day < turn.today:
        raise MealDayInThePast(day=day)
    about: dict[str, Any] = {"person_id": turn.person_id, "day": day, "meal": meal, "now": turn.now}
    for choice in list_menus(turn.session, turn.actor, **about):
        fits = choice.is_open and (choice.can_be_delivered or not wanted["delivery"])
        is_same_menu = choice.menu.id == booking.menu.id
        has_room = is_same_menu or choice.menu.portions_left >= wanted["quantity"]
        if choice.menu.canteen.id == booking.menu.canteen.id and fits and has_room:
            return choice.menu
    quantity, delivery = wanted["quantity"], wanted["delivery"]
    return suggest_menu(turn.session, turn.actor, **about, quantity=quantity, delivery=delivery)


def _explain(turn: Turn, task: Task, booking: MealBooking, error: ServiceError) -> Step:
    """A refusal speaks of what she wants; the slots that she did not name are those of the booking."""
    task.slots = _wanted(task, booking)
    return explain(turn, task, error)
