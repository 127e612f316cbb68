"""The one figure that booking a meal needs from the rules."""

from __future__ import annotations

from dataclasses import dataclass

from services.benefits.answers import assess_one
from services.benefits.facts import Facts
from services.benefits.names import Benefit


@dataclass(frozen=True)
class MealCap:
    """The most that the city pays for one meal.

    `fen` is what is sure: a fact that is not known never counts for her, and `missing` names those that could raise it.
    `rule` is the version for the record of the booking.
    """

    fen: int
    missing: tuple[str, ...]
    rule: str


def meal_subsidy_cap(facts: Facts) -> MealCap:
    """The cap for one meal on the day of the facts; 0 where no group fits. Raises FactsWrong."""
    answer = assess_one(facts, Benefit.MEAL_SUBSIDY)
    return MealCap(answer.at_least_fen, answer.missing, answer.rule)
