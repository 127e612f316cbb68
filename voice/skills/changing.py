"""Changing what is booked by talking: 把明天的午餐改成后天, 改到下午, 改成送到家里.

Which booking she means is found here; how a meal and how a visit changes is in `meal_changes` and `visit_changes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from services.home_care import ServiceBooking
from services.meals import MealBooking
from voice.skills.held import Held, everything_held, those_meant
from voice.skills.meal_changes import change_a_meal, next_of_meal
from voice.skills.skill import BOOKING, WHICH, WHICH_BOOKING, Option, Step, Task, Turn
from voice.skills.visit_changes import change_a_visit, next_of_visit
from voice.wording import Line

MOST_TOLD = 3
# What 改成 can name of a meal only, and of a visit only; the rest fits both.
_OF_MEALS, _OF_VISITS = frozenset({"delivery", "quantity"}), frozenset({"time"})


class ChangeBooking:
    """Finds the booking, asks what it shall be where she did not say so, reads old and new back, and changes it."""

    intent = "change_booking"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words, every = turn.words, everything_held(turn)
        if not every:
            return Step(words.line("You have nothing booked."))
        meant = those_meant([each for each in every if _can_be(each, task)], task.about)
        if not meant:
            task.about = {}
            meant, missing = every, [words.line("I find no such booking.")]
        else:
            missing = []
        if len(meant) > 1 or missing:
            return self._ask_which(turn, task, meant, *missing)
        (held,) = meant
        task.about = {BOOKING: held.id}
        _shift(task, held)
        if isinstance(held.booking, MealBooking):
            return next_of_meal(turn, task, held.booking)
        return next_of_visit(turn, task, held.booking)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        held = next((each for each in everything_held(turn) if each.id == task.about[BOOKING]), None)
        if held is None:
            return self.next_step(turn, task)
        if isinstance(held.booking, MealBooking):
            return change_a_meal(turn, task, held.booking)
        return change_a_visit(turn, task, cast(ServiceBooking, held.booking))

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return turn.words.line("What shall it be instead?")

    def _ask_which(self, turn: Turn, task: Task, held: Sequence[Held], *preface: Line) -> Step:
        words = turn.words
        told = turn.tell.several([each.in_short(turn) for each in held[:MOST_TOLD]])
        options = tuple(Option(_of(task, each)) for each in held[:2])
        if len(held) == 2:
            line = words.line(
                "You have booked %(bookings)s. Which one shall I change, the first or the second?", bookings=told
            )
            return Step(words.joined(*preface, line), WHICH, options)
        line = words.line("You have booked %(bookings)s. Which of these shall I change?", bookings=told)
        return Step(words.joined(*preface, line), WHICH_BOOKING)


def _of(task: Task, held: Held) -> Task:
    return Task(task.intent, dict(task.slots), about={BOOKING: held.id, **held.slots})


def _can_be(held: Held, task: Task) -> bool:
    """Whether it can become what she says: only a meal can be brought, only a visit begins at three."""
    said: set[str] = {name for name, value in task.slots.items() if value is not None}
    if "period" in said and "meal" not in said and held.is_meal:
        # 改到下午: there is no meal in the afternoon, and 晚上 names one.
        return False
    return not said & (_OF_VISITS if held.is_meal else _OF_MEALS)


def _shift(task: Task, held: Held) -> None:
    """推迟一天 becomes the day that it means."""
    days: Any = task.slots.pop("days_later", None)
    if days is not None:
        task.slots["date"] = (held.day + timedelta(days=int(days))).isoformat()
