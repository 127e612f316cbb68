"""Cancelling what is booked by talking, meals and visits: found, read back, done after a yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.errors import ServiceError
from services.home_care import TooLateToChange, cancel_service
from services.meals import TooLateToCancel, cancel_meal
from voice.skills.held import Held, everything_held, held_meals, held_visits, those_meant
from voice.skills.meal_errors import explain as explain_meal
from voice.skills.skill import BOOKING, CONFIRM, WHICH, Option, Step, Task, Turn
from voice.skills.visit_errors import explain_visit
from voice.wording import Line

MOST_TOLD = 3


class _Cancels:
    """Finds the booking that she means, reads it back, cancels it."""

    intent: str
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        every = self._held(turn, task)
        if not every:
            return Step(self._nothing_held(turn))
        meant = those_meant(every, task.slots | task.about | _found(task))
        if not meant:
            task.slots.clear()
            task.notes.clear()
            task.about.clear()
            return self._ask_which(turn, task, every, turn.words.line("I find no such booking."))
        if len(meant) > 1:
            return self._ask_which(turn, task, meant)
        (held,) = meant
        task.notes[BOOKING] = held.id
        if not held.can_be_changed(turn.now):
            return _too_late(turn, task, held)
        line = turn.words.line("Cancel this: %(booking)s. Is that right?", booking=held.in_full(turn))
        return Step(line, CONFIRM)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        held = next((each for each in everything_held(turn) if each.id == task.notes[BOOKING]), None)
        if held is None:
            return self.next_step(turn, task)
        try:
            with turn.all_or_nothing():
                _cancel(turn, held)
        except ServiceError as error:
            return _explain(turn, task, held, error)
        action = "cancel_meal" if held.is_meal else "cancel_service"
        line = turn.words.line("Done. %(booking)s is cancelled.", booking=held.in_short(turn))
        return Step(line, effect={"action": action, **held.slots, BOOKING: held.id})

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """There is nothing to change about a booking that is to go; see `Skill.what_is_wrong`."""
        return None

    def _held(self, turn: Turn, task: Task) -> list[Held]:
        raise NotImplementedError

    def _nothing_held(self, turn: Turn) -> Line:
        raise NotImplementedError

    def _ask_which(self, turn: Turn, task: Task, held: Sequence[Held], *preface: Line) -> Step:
        """Two are a choice; of more she names the day, of one day the meal or the service."""
        words = turn.words
        told = turn.tell.several([each.in_short(turn) for each in held[:MOST_TOLD]])
        if len(held) == 1:
            task.notes[BOOKING] = held[0].id
            line = words.line("You have booked %(bookings)s. Shall I cancel that?", bookings=told)
            return Step(words.joined(*preface, line), CONFIRM)
        if len(held) == 2:
            line = words.line(
                "You have booked %(bookings)s. Which one shall I cancel, the first or the second?", bookings=told
            )
            options = tuple(Option(Task(self.intent, each.slots, notes={BOOKING: each.id})) for each in held)
            return Step(words.joined(*preface, line), WHICH, options)
        if len({each.day for each in held}) > 1:
            line = words.line("You have booked %(bookings)s. Which day shall I cancel?", bookings=told)
            return Step(words.joined(*preface, line), "date")
        line = words.line("You have booked %(bookings)s. Which of these shall I cancel?", bookings=told)
        return Step(words.joined(*preface, line), "meal" if all(each.is_meal for each in held) else "service")


class CancelMeal(_Cancels):
    """A meal shall not come. Where she names no meal and has none then, a visit of that day is meant: 明天的取消."""

    intent = "cancel_meal"

    def _held(self, turn: Turn, task: Task) -> list[Held]:
        meals = held_meals(turn)
        visits = held_visits(turn) if "meal" not in task.slots else []
        if those_meant(meals, task.slots | _found(task)) or not those_meant(visits, task.slots | _found(task)):
            return meals
        return visits

    def _nothing_held(self, turn: Turn) -> Line:
        return turn.words.line("You have no meal booked.")


class CancelService(_Cancels):
    """Nobody shall come."""

    intent = "cancel_service"

    def _held(self, turn: Turn, task: Task) -> list[Held]:
        return held_visits(turn)

    def _nothing_held(self, turn: Turn) -> Line:
        return turn.words.line("You have no visit booked.")


class CancelBooking(_Cancels):
    """取消, and nothing else: what was booked last, or whichever of all she names."""

    intent = "cancel_booking"

    def _held(self, turn: Turn, task: Task) -> list[Held]:
        return everything_held(turn)

    def _nothing_held(self, turn: Turn) -> Line:
        return turn.words.line("You have nothing booked.")


def _found(task: Task) -> dict[str, Any]:
    return {BOOKING: task.notes[BOOKING]} if BOOKING in task.notes else {}


def _cancel(turn: Turn, held: Held) -> None:
    cancel = cancel_meal if held.is_meal else cancel_service
    cancel(turn.session, turn.actor, booking_id=UUID(held.id), now=turn.now)


def _too_late(turn: Turn, task: Task, held: Held) -> Step:
    return _explain(turn, task, held, TooLateToCancel() if held.is_meal else TooLateToChange())


def _explain(turn: Turn, task: Task, held: Held, error: ServiceError) -> Step:
    explain = explain_meal if held.is_meal else explain_visit
    return explain(turn, task, error)
