"""Booking a meal by talking: a thin client of `services.meals`."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from services.errors import ServiceError
from services.meals import (
    Meal,
    MealBooking,
    MealDayInThePast,
    Menu,
    PriceChanged,
    book_meal,
    list_menus,
    quote_meal,
    suggest_menu,
)
from services.meals.nearness import NEARNESS
from voice.skills.meal_errors import explain
from voice.skills.meal_telling import booked, quote_read_back
from voice.skills.skill import BOOKING, CONFIRM, Step, Task, Turn
from voice.wording import Line


class BookMeal:
    """Asks for day, meal and delivery in that order; one portion unless she says another number."""

    intent = "book_meal"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        slots, words = task.slots, turn.words
        if "date" not in slots:
            return Step(words.line("Which day would you like?"), "date")
        if date.fromisoformat(slots["date"]) < turn.today:
            return explain(turn, task, MealDayInThePast())
        if "meal" not in slots:
            return Step(words.line("Breakfast, lunch or dinner?"), "meal")
        try:
            read_back = self._read_back(turn, task)
        except ServiceError as error:
            return explain(turn, task, error)
        if "delivery" not in slots:
            return Step(words.line("Shall it be brought to your home, or do you eat at the canteen?"), "delivery")
        return read_back

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                booking = self._book(turn, task)
        except PriceChanged:
            preface = turn.words.line("The price has changed.")
            return self._read_back(turn, task, preface)
        except ServiceError as error:
            if error.code == "meal_full":
                return self._elsewhere(turn, task)
            return explain(turn, task, error)
        effect = {
            "action": self.intent,
            "date": booking.menu.day.isoformat(),
            "meal": booking.menu.meal.value,
            "delivery": booking.delivery,
            "quantity": booking.quantity,
            BOOKING: str(booking.id),
        }
        return Step(booked(turn, booking), effect=effect)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return turn.words.line("What shall I change: the day, the meal, or how it comes to you?")

    def _read_back(self, turn: Turn, task: Task, *preface: Line) -> Step:
        """Find a canteen and a price, and put both into words. Raises ServiceError when it cannot be had."""
        slots = task.slots
        quantity, delivery = slots.get("quantity", 1), slots.get("delivery")
        menu = suggest_menu(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            day=date.fromisoformat(slots["date"]),
            meal=Meal(slots["meal"]),
            delivery=delivery,
            quantity=quantity,
            now=turn.now,
        )
        quote = quote_meal(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            menu_id=menu.id,
            quantity=quantity,
            delivery=bool(delivery),
            now=turn.now,
        )
        task.notes["menu_id"] = str(menu.id)
        task.notes["to_pay_fen"] = quote.split.to_pay_fen
        # One id for one thing agreed to: should the yes arrive twice, the service books once.
        task.notes["request_id"] = str(uuid4())
        lines = [*preface, *_nearer_one_is_full(turn, menu)]
        return Step(quote_read_back(turn, quote, lines), CONFIRM)

    def _book(self, turn: Turn, task: Task) -> MealBooking:
        return book_meal(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            menu_id=UUID(task.notes["menu_id"]),
            quantity=task.slots.get("quantity", 1),
            delivery=task.slots["delivery"],
            agreed_to_pay_fen=task.notes["to_pay_fen"],
            request_id=UUID(task.notes["request_id"]),
            now=turn.now,
        )

    def _elsewhere(self, turn: Turn, task: Task) -> Step:
        """Somebody else was quicker: the next canteen with room is read back anew."""
        try:
            return self._read_back(turn, task)
        except ServiceError as error:
            return explain(turn, task, error)


def _nearer_one_is_full(turn: Turn, chosen: Menu) -> list[Line]:
    """She may wonder why it is not her own canteen."""
    choices = list_menus(
        turn.session, turn.actor, person_id=turn.person_id, day=chosen.day, meal=chosen.meal, now=turn.now
    )
    nearness = next(NEARNESS.index(choice.nearness) for choice in choices if choice.menu.id == chosen.id)
    for choice in choices:
        if choice.why_closed == "full" and NEARNESS.index(choice.nearness) < nearness:
            return [turn.words.line("%(canteen)s is full.", canteen=turn.tell.place(choice.menu.canteen.name))]
    return []
