"""How the neighbours eat: who books which meal of which day, when, and whether she comes.

The same each time it is asked, and pure: what follows from it for rows is in `services.demo.canteen_life`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from services.clock import local_moment
from services.database.tables import new_id
from services.demo.neighbours import Neighbour, chance

SATURDAY = 6
# On which share of days she has a meal that she likes.
ON_A_WEEKDAY, AT_THE_WEEKEND = 0.85, 0.45
FOR_TWO, CANCELS, FORGETS, COMES_LATE = 0.08, 0.03, 0.02, 0.1
# Whose share is how many days ahead: some book a week at once, most the day before.
DAYS_AHEAD = ((0.2, 7), (0.35, 4), (0.55, 2), (1.0, 1))
# In which hour of that day she books.
BOOKS_FROM, BOOKS_FOR_MINUTES = time(8, 0), 10 * 60
# Most come in the first hour, so that the machine, which looks every hour, does not find them waiting.
COMES_WITHIN = timedelta(minutes=52)
LATE = timedelta(minutes=6)
CANCELS_AFTER = timedelta(minutes=95)
CHANNELS = ((0.55, "screen"), (0.9, "voice"), (1.0, "job"))


@dataclass(frozen=True)
class Sitting:
    """A meal of a day at the canteen."""

    day: date
    meal: str
    starts_at: datetime
    ends_at: datetime


def wants(neighbour: Neighbour, day: date, meal: str) -> bool:
    """Whether she has this meal on that day."""
    often = AT_THE_WEEKEND if day.isoweekday() >= SATURDAY else ON_A_WEEKDAY
    return meal in neighbour.likes and chance("wants", neighbour.place, day.toordinal(), meal) < often


def books_at(neighbour: Neighbour, day: date, meal: str) -> datetime:
    """When she books it: by habit so many days ahead, always before orders end."""
    habit = chance("ahead", neighbour.place, meal)
    ahead = next(days for share, days in DAYS_AHEAD if habit < share)
    minutes = int(chance("minute", neighbour.place, day.toordinal(), meal) * BOOKS_FOR_MINUTES)
    return local_moment(day - timedelta(days=ahead), BOOKS_FROM) + timedelta(minutes=minutes)


def how_many(neighbour: Neighbour, day: date, meal: str) -> int:
    """How many portions."""
    return 2 if chance("portions", neighbour.place, day.toordinal(), meal) < FOR_TWO else 1


def channel(neighbour: Neighbour) -> str:
    """Through what she books: a screen, by voice, or a standing order."""
    habit = chance("channel", neighbour.place)
    return next(name for share, name in CHANNELS if habit < share)


def cancels(neighbour: Neighbour, day: date, meal: str) -> bool:
    """Whether she thinks better of it."""
    return chance("cancels", neighbour.place, day.toordinal(), meal) < CANCELS


def comes_at(neighbour: Neighbour, sitting: Sitting) -> datetime | None:
    """When she gets it; None where she forgets. Nobody who lives alone forgets, since that worries a worker."""
    drawn = chance("comes", neighbour.place, sitting.day.toordinal(), sitting.meal)
    if drawn < FORGETS and not neighbour.new.lives_alone:
        return None
    if drawn > 1 - COMES_LATE:
        return sitting.ends_at - LATE
    return sitting.starts_at + drawn * COMES_WITHIN


def cancelled(booked_at: datetime, through: str) -> dict[str, Any]:
    """What a booking is once she thought better of it."""
    return {"status": "cancelled", "cancelled_at": booked_at + CANCELS_AFTER, "cancelled_through": through}


def had(at: datetime) -> dict[str, Any]:
    """What a booking is once she had her meal."""
    return {"status": "served", "serving_id": new_id(), "served_at": at, "settled_at": at}


def missed(at: datetime) -> dict[str, Any]:
    """What a booking is once the meal was closed without her."""
    return {"status": "not_picked_up", "settled_at": at}
