"""Waiting for a meal that is full by talking: 那我排队等. A thin client of `services.meals`."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.errors import ServiceError
from services.meals import (
    AlreadyWaiting,
    Meal,
    MealWaiting,
    MenuChoice,
    PriceChanged,
    WaitingStatus,
    get_booking,
    join_waiting_list,
    list_menus,
    quote_waiting,
)
from voice.skills.meal_errors import explain
from voice.skills.meal_telling import booked
from voice.skills.skill import BOOKING, CONFIRM, OFFER, Option, Step, Task, Turn
from voice.wording import Line


class JoinLine:
    """Says what is full, what it would cost, and that she is told when her turn comes."""

    intent = "join_line"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        slots, words = task.slots, turn.words
        if "date" not in slots:
            return Step(words.line("Which day would you like?"), "date")
        if "meal" not in slots:
            return Step(words.line("Breakfast, lunch or dinner?"), "meal")
        if "delivery" not in slots:
            return Step(words.line("Shall it be brought to your home, or do you eat at the canteen?"), "delivery")
        try:
            return self._read_back(turn, task)
        except ServiceError as error:
            return self._explain(turn, task, error)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                waiting = join_waiting_list(
                    turn.session,
                    turn.actor,
                    **_wanted(turn, task.slots, UUID(task.notes["menu_id"])),
                    agreed_to_pay_fen=task.notes["to_pay_fen"],
                    request_id=UUID(task.notes["request_id"]),
                )
        except PriceChanged:
            return self._read_back(turn, task, turn.words.line("The price has changed."))
        except ServiceError as error:
            return self._explain(turn, task, error)
        return _stands(turn, waiting)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return turn.words.line("What shall I change: the day, the meal, or how it comes to you?")

    def _read_back(self, turn: Turn, task: Task, *preface: Line) -> Step:
        """Raises ServiceError."""
        slots, words = task.slots, turn.words
        choices = _choices(turn, slots)
        full = next((choice for choice in choices if choice.can_wait), None)
        if full is None:
            return self._need_not_wait(turn, task)
        quote = quote_waiting(turn.session, turn.actor, **_wanted(turn, slots, full.menu.id))
        task.notes = {
            "menu_id": str(full.menu.id),
            "to_pay_fen": quote.split.to_pay_fen,
            "request_id": str(uuid4()),
        }
        values = {
            "meal": turn.tell.day_and_meal(full.menu.day, full.menu.meal.value),
            "canteen": turn.tell.place(full.menu.canteen.name),
            "to_pay": turn.tell.money(quote.split.to_pay_fen),
        }
        line = words.line(
            "%(meal)s at %(canteen)s is full. You stand in line. When a place comes free it is booked for you, you pay "
            "%(to_pay)s and get a text message.",
            **values,
        )
        return Step(words.joined(*preface, line, words.line("Is that right?")), CONFIRM)

    def _need_not_wait(self, turn: Turn, task: Task) -> Step:
        """It is not full: she can have it at once."""
        meal = turn.tell.day_and_meal(date.fromisoformat(task.slots["date"]), task.slots["meal"])
        line = turn.words.line("There is still room for %(meal)s. Shall I book it?", meal=meal)
        return Step(line, OFFER, (Option(Task("book_meal", dict(task.slots))),))

    def _explain(self, turn: Turn, task: Task, error: ServiceError) -> Step:
        if isinstance(error, AlreadyWaiting):
            meal = turn.tell.day_and_meal(date.fromisoformat(task.slots["date"]), task.slots["meal"])
            return Step(turn.words.line("You stand in line for %(meals)s.", meals=meal))
        return explain(turn, task, error)


def _wanted(turn: Turn, slots: dict[str, Any], menu_id: UUID) -> dict[str, Any]:
    return {
        "person_id": turn.person_id,
        "menu_id": menu_id,
        "quantity": slots.get("quantity", 1),
        "delivery": slots["delivery"],
        "now": turn.now,
    }


def _choices(turn: Turn, slots: dict[str, Any]) -> list[MenuChoice]:
    """The menus of the day and meal that suit, the nearest first. Raises ServiceError."""
    choices = list_menus(
        turn.session,
        turn.actor,
        person_id=turn.person_id,
        day=date.fromisoformat(slots["date"]),
        meal=Meal(slots["meal"]),
        now=turn.now,
    )
    return [choice for choice in choices if choice.can_be_delivered or not slots["delivery"]]


def _stands(turn: Turn, waiting: MealWaiting) -> Step:
    words = turn.words
    if waiting.status is WaitingStatus.BOOKED and waiting.booking_id is not None:
        booking = get_booking(turn.session, turn.actor, booking_id=waiting.booking_id)
        effect = {
            "action": "book_meal",
            "date": booking.menu.day.isoformat(),
            "meal": booking.menu.meal.value,
            "delivery": booking.delivery,
            "quantity": booking.quantity,
            BOOKING: str(booking.id),
        }
        return Step(booked(turn, booking), effect=effect)
    effect = {"action": JoinLine.intent, "waiting_id": str(waiting.id)}
    if waiting.ahead == 0:
        return Step(words.line("Done. You are the first in line. You get a text message."), effect=effect)
    number = turn.tell.counted(waiting.ahead)
    line = words.counted(
        "Done. %(number)s person is before you. You get a text message.",
        "Done. %(number)s people are before you. You get a text message.",
        waiting.ahead,
        number,
    )
    return Step(line, effect=effect)
