"""Something was wrong with a meal: found, read back, and passed on to a community worker after a yes.

A thin client of `services.meals`.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.errors import ServiceError
from services.meals import COMPLAIN_WITHIN, MealBooking, MealTrouble, complain_about_meal, list_meal_bookings
from voice.skills.meal_errors import explain
from voice.skills.meal_telling import booking_in_short
from voice.skills.skill import BOOKING, CONFIRM, Step, Task, Turn
from voice.wording import Line


class ComplainAboutMeal:
    """The latest meal that fits what she says of it; the read-back says which one it is."""

    intent = "complain_about_meal"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        meant = [meal for meal in _meals(turn) if _fits(meal, task)]
        if not meant:
            line = words.line(
                "I find no such meal of the last days. If something was wrong, please call %(phone)s.",
                phone=turn.tell.help_line,
            )
            return Step(line)
        told = booking_in_short(turn, meant[0])
        if "trouble" not in task.slots:
            ask = words.line(
                "What was wrong? You can say: it was not brought, it was cold, it was not fresh, it was the wrong meal."
            )
            return Step(words.joined(words.line("%(visit)s.", visit=told), ask), "trouble")
        task.notes[BOOKING] = str(meant[0].id)
        trouble = _trouble_words(turn, MealTrouble(task.slots["trouble"]))
        line = words.line("You complain about %(visit)s: %(matter)s. Shall I pass that on?", visit=told, matter=trouble)
        return Step(line, CONFIRM)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        about, booking_id = MealTrouble(task.slots["trouble"]), UUID(task.notes[BOOKING])
        try:
            with turn.all_or_nothing():
                complain_about_meal(turn.session, turn.actor, booking_id=booking_id, about=about, now=turn.now)
        except ServiceError as error:
            return explain(turn, task, error)
        line = turn.words.line("Your complaint has arrived. A community worker looks into it and calls you.")
        return Step(line, effect={"action": self.intent, BOOKING: str(booking_id), "trouble": about.value})

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return None


def _meals(turn: Turn) -> list[MealBooking]:
    """Her meals about which she can complain, the latest first."""
    since = turn.today - COMPLAIN_WITHIN - timedelta(days=1)
    found = list_meal_bookings(turn.session, turn.actor, person_id=turn.person_id, from_day=since)
    return [meal for meal in reversed(found) if meal.can_be_complained_about(turn.now)]


def _fits(booking: MealBooking, task: Task) -> bool:
    is_day = task.slots.get("date") in (None, booking.menu.day.isoformat())
    return is_day and task.slots.get("meal") in (None, booking.menu.meal.value)


def _trouble_words(turn: Turn, trouble: MealTrouble) -> Line:
    words = turn.words
    return Line.same(
        {
            MealTrouble.NOT_BROUGHT: words.say("it was not brought"),
            MealTrouble.COLD_OR_LATE: words.say("it was cold or late"),
            MealTrouble.NOT_FRESH: words.say("it was not fresh or not clean"),
            MealTrouble.WRONG_MEAL: words.say("it was not what you ordered"),
            MealTrouble.UNFRIENDLY: words.say("they were unfriendly"),
            MealTrouble.WANTED_MONEY: words.say("they wanted money"),
            MealTrouble.OTHER: words.say("something else"),
        }[trouble]
    )
