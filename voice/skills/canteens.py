"""Where she can eat: the nearest canteen that is open, how far, until when, and its telephone."""

from __future__ import annotations

from datetime import datetime

from services.clock import CITY_TIME, local_day
from services.meals import CanteenChoice, list_canteens
from voice.skills.skill import Answers, Step, Task, Turn
from voice.wording import Line

METRES_IN_A_KILOMETRE = 1000
# Nobody's home is known to the metre: the distance is measured from the centre of her community.
_ROUNDED_TO = 100


class FindCanteen(Answers):
    """The nearest open one; where the nearest is closed, when it opens, and the nearest that is open now."""

    intent = "find_canteen"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        choices = list_canteens(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        if not choices:
            phone = turn.tell.help_line
            return Step(words.line("I know of no canteen here. Please ask %(phone)s.", phone=phone))
        nearest = choices[0]
        told = [words.line("The nearest canteen is %(canteen)s.", canteen=_place(turn, nearest)), _hours(turn, nearest)]
        open_now = next((choice for choice in choices if choice.is_open), None)
        if not nearest.is_open and open_now is not None:
            told.append(words.line("Open now is %(canteen)s.", canteen=_place(turn, open_now)))
        phone = turn.tell.phone(nearest.canteen.phone)
        return Step(words.joined(*told, words.line("Its telephone number is %(phone)s.", phone=phone)))


def _place(turn: Turn, choice: CanteenChoice) -> Line:
    name = turn.tell.place(choice.canteen.name)
    if choice.distance_metres is None:
        return name
    return turn.words.line("%(canteen)s, about %(distance)s away", canteen=name, distance=_distance(turn, choice))


def _distance(turn: Turn, choice: CanteenChoice) -> Line:
    metres = max(_ROUNDED_TO, round((choice.distance_metres or 0) / _ROUNDED_TO) * _ROUNDED_TO)
    if metres < METRES_IN_A_KILOMETRE:
        return turn.words.line("%(number)s metres", number=turn.tell.number(metres))
    return turn.words.line("%(number)s kilometres", number=turn.tell.decimal(metres / METRES_IN_A_KILOMETRE))


def _hours(turn: Turn, choice: CanteenChoice) -> Line:
    words, tell = turn.words, turn.tell
    closes = tell.clock(choice.canteen.closes_at)
    if choice.is_open:
        return words.line("It is open until %(time)s.", time=closes)
    if choice.opens_next_at is None:
        return words.line("It is closed.")
    return words.line("It is closed now and opens %(time)s.", time=_opening(turn, choice.opens_next_at))


def _opening(turn: Turn, at: datetime) -> Line:
    """When it opens: the day only where that is not today."""
    local = at.astimezone(CITY_TIME)
    clock = turn.tell.clock(local.time())
    if local_day(at) == turn.today:
        return clock
    return turn.words.line("%(day)s, %(time)s", day=turn.tell.day(local_day(at)), time=clock)
