"""What is booked: meals and visits in the order in which they come, and where she stands in line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.meals import list_waiting
from voice.skills.held import Held, everything_held
from voice.skills.new_prices import visits_asked_about, what_is_asked
from voice.skills.skill import Answers, Step, Task, Turn
from voice.wording import Line

MOST_TOLD = 3


class ListBookings(Answers):
    """Says what is booked, the next three at most."""

    intent = "list_bookings"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words, tell = turn.words, turn.tell
        held = everything_held(turn)
        if "date" in task.slots:
            day = date.fromisoformat(task.slots["date"])
            held = [each for each in held if each.day == day]
            if not held:
                return Step(words.line("You have nothing booked for %(day)s.", day=tell.day(day)))
        waiting = _in_line(turn) if "date" not in task.slots else ()
        if not held:
            return Step(words.joined(words.line("You have nothing booked."), *waiting))
        told = tell.several([each.in_full(turn) for each in held[:MOST_TOLD]], long=True)
        line = words.line("You have booked: %(bookings)s.", bookings=told)
        more = (words.line("There is more, the screen shows all of it."),) if len(held) > MOST_TOLD else ()
        return Step(words.joined(line, *more, *waiting, *_asked_about(turn, held)))


def _asked_about(turn: Turn, held: Sequence[Held]) -> tuple[Line, ...]:
    """The first of these whose price is asked anew, with the words that answer it."""
    told = {each.id for each in held}
    visit = next((visit for visit in visits_asked_about(turn) if str(visit.id) in told), None)
    if visit is None:
        return ()
    return (
        what_is_asked(turn, visit),
        turn.words.line("If you still want it, say: I agree to the price. If not, say: cancel it."),
    )


def _in_line(turn: Turn) -> tuple[Line, ...]:
    """The meals for which she waits."""
    waiting = list_waiting(turn.session, turn.actor, person_id=turn.person_id, from_day=turn.today)
    if not waiting:
        return ()
    meals = turn.tell.several([turn.tell.day_and_meal(each.menu.day, each.menu.meal.value) for each in waiting])
    return (turn.words.line("You stand in line for %(meals)s.", meals=meals),)
