"""What the assistant says when a meal cannot be booked or cancelled, and which step she can take next.

One small function for each code of `services.meals`; a test holds the table complete.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast
from uuid import UUID

from services.errors import ServiceError
from services.meals import Meal, get_booking, list_days
from voice.skills.meal_telling import meal_in_full
from voice.skills.skill import OFFER, WHICH, Option, Step, Task, Turn
from voice.telling import HELP_LINE
from voice.wording import Line

Explain = Callable[[Turn, Task, ServiceError], Step]


def explain(turn: Turn, task: Task, error: ServiceError) -> Step:
    """The sentence and the next step for a refusal."""
    return EXPLANATIONS.get(error.code, sorry)(turn, task, error)


def sorry(turn: Turn, task: Task, error: ServiceError) -> Step:
    """Nothing that she can change: the end, with somebody to call."""
    phone = turn.tell.phone(HELP_LINE)
    return Step(turn.words.line("Sorry, that did not work. Please call %(phone)s, they will help you.", phone=phone))


def _in_the_past(turn: Turn, task: Task, error: ServiceError) -> Step:
    day = turn.tell.day(date.fromisoformat(task.slots.pop("date")))
    return Step(turn.words.line("%(day)s is over already. Which day would you like?", day=day), "date")


def _not_offered(turn: Turn, task: Task, error: ServiceError) -> Step:
    tell, words = turn.tell, turn.words
    day, last_day = date.fromisoformat(task.slots["date"]), cast(date | None, error.facts.get("last_day"))
    if last_day is None:
        return sorry(turn, task, error)
    if day <= last_day:
        meal = tell.meal(task.slots.pop("meal"))
        return Step(words.line("There is no %(meal)s on that day. Which meal would you like?", meal=meal), "meal")
    del task.slots["date"]
    line = words.line(
        "There is no menu for that day yet, the last day is %(day)s. Which day would you like?", day=tell.day(last_day)
    )
    return Step(line, "date")


def _closed(turn: Turn, task: Task, error: ServiceError) -> Step:
    meal = turn.tell.day_and_meal(date.fromisoformat(task.slots["date"]), task.slots["meal"])
    return _another_day(turn, task, turn.words.line("%(meal)s can no longer be ordered.", meal=meal))


def _full(turn: Turn, task: Task, error: ServiceError) -> Step:
    left = cast(int, error.facts.get("portions_left", 0))
    if left > 0:
        task.slots.pop("quantity", None)
        portions = turn.tell.portions(left)
        line = turn.words.line("There is only room for %(portions)s. How many would you like?", portions=portions)
        return Step(line, "quantity")
    meal = turn.tell.day_and_meal(date.fromisoformat(task.slots["date"]), task.slots["meal"])
    return _wait_or_another_day(turn, task, turn.words.line("%(meal)s is booked out everywhere.", meal=meal))


def _wait_or_another_day(turn: Turn, task: Task, why: Line) -> Step:
    """Two choices: stand in line, or have it on the next day. Who changes a booking keeps it and need not wait."""
    if task.intent != "book_meal":
        return _another_day(turn, task, why)
    words, other = turn.words, _next_day(turn, task)
    waits = Task("join_line", dict(task.slots))
    if other is None:
        line = words.line("Shall I put you in line, in case a place comes free?")
        return Step(words.joined(why, line), OFFER, (Option(waits),))
    meal = turn.tell.day_and_meal(date.fromisoformat(other.slots["date"]), other.slots["meal"])
    line = words.line("First: stand in line. Second: %(meal)s instead. Which one would you like?", meal=meal)
    return Step(words.joined(why, line), WHICH, (Option(waits), Option(other)))


def _another_day(turn: Turn, task: Task, why: Line) -> Step:
    """Offer the next day with the same meal; without one, ask for a day."""
    other = _next_day(turn, task)
    if other is not None:
        meal = turn.tell.day_and_meal(date.fromisoformat(other.slots["date"]), other.slots["meal"])
        line = turn.words.line("Shall it be %(meal)s?", meal=meal)
        return Step(turn.words.joined(why, line), OFFER, (Option(other),))
    del task.slots["date"]
    return Step(turn.words.joined(why, turn.words.line("Which day would you like?")), "date")


def _next_day(turn: Turn, task: Task) -> Task | None:
    """The same on the next day on which the meal can be had."""
    wanted, meal = date.fromisoformat(task.slots["date"]), Meal(task.slots["meal"])
    for day in list_days(turn.session, turn.actor, person_id=turn.person_id, now=turn.now):
        choice = next((choice for choice in day.meals if choice.meal is meal), None)
        if day.day > wanted and choice and choice.is_open and choice.booking_id is None:
            slots = task.slots | {"date": day.day.isoformat()}
            return Task(task.intent, slots, list(task.answered), about=dict(task.about))
    return None


def _no_delivery(turn: Turn, task: Task, error: ServiceError) -> Step:
    line = turn.words.line("Nobody brings this meal to the door. Would you eat at the canteen?")
    return Step(line, OFFER, (Option(Task(task.intent, task.slots | {"delivery": False})),))


def _already_booked(turn: Turn, task: Task, error: ServiceError) -> Step:
    booking_id = cast(UUID, error.facts["booking_id"])
    booking = get_booking(turn.session, turn.actor, booking_id=booking_id)
    line = turn.words.line(
        "You have this booked already: %(booking)s. If you do not want it, say: cancel.",
        booking=meal_in_full(turn, booking),
    )
    # No question: she asked for the meal, and her next yes must not take it away.
    return Step(line)


def _quantity_wrong(turn: Turn, task: Task, error: ServiceError) -> Step:
    task.slots.pop("quantity", None)
    portions = turn.tell.portions(cast(int, error.facts["most"]))
    line = turn.words.line("One can order up to %(portions)s at a time. How many would you like?", portions=portions)
    return Step(line, "quantity")


def _too_late(turn: Turn, task: Task, error: ServiceError) -> Step:
    booking = get_booking(turn.session, turn.actor, booking_id=UUID(task.notes["booking_id"]))
    line = turn.words.line(
        "It is too late to change or cancel %(meal)s. Please call the canteen: %(phone)s.",
        meal=turn.tell.day_and_meal(booking.menu.day, booking.menu.meal.value),
        phone=turn.tell.phone(booking.menu.canteen.phone),
    )
    return Step(line)


EXPLANATIONS: dict[str, Explain] = {
    "meal_day_in_the_past": _in_the_past,
    "meal_day_not_offered": _not_offered,
    "orders_closed": _closed,
    "meal_full": _full,
    "delivery_not_offered": _no_delivery,
    "already_booked": _already_booked,
    "quantity_wrong": _quantity_wrong,
    "too_late_to_cancel": _too_late,
    "menu_unknown": sorry,
    "booking_unknown": sorry,
    "price_changed": sorry,
    "too_late_to_change": _too_late,
    "already_waiting": sorry,
    "waiting_unknown": sorry,
    "canteen_unknown": sorry,
    "standing_order_unknown": sorry,
    "standing_order_wrong": sorry,
    "standing_order_exists": sorry,
    "meal_not_to_complain_about": sorry,
    "not_allowed": sorry,
}
