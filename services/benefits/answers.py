"""Asking the rules: from facts of people to answers for every benefit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.benefits.conditions import NO, YES, Conditions, field_names
from services.benefits.engine import Calculation
from services.benefits.facts import FIELDS, PLACE_OF, Facts, codes_of, day_of
from services.benefits.names import Benefit, Per, Status
from services.benefits.reasons import (
    AMOUNT_DEPENDS_ON_MISSING_FACTS,
    FACTS_MISSING,
    NOT_IN_FORCE,
    OUTLINES,
    Outline,
)
from services.benefits.system import STATUSES, Rules, city_rules

Codes = NDArray[np.signedinteger]

ELIGIBLE = STATUSES.index(Status.ELIGIBLE)
NOT_ELIGIBLE = STATUSES.index(Status.NOT_ELIGIBLE)
REMEMBERED = 10_000
DAY_FIELDS = frozenset({"as_of", "birth_on", "died_on"})


@dataclass(frozen=True)
class Answer:
    """What the rules say about one benefit of one person on one day.

    `amount_fen` is what she gets, None where that is not settled or not money. `at_least_fen` is what is sure however
    the missing facts turn out (0 where nothing is). `missing` names only fields that could still change the answer.
    `rule` is the version that a decision stores.
    """

    status: Status
    amount_fen: int | None
    per: Per | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    at_least_fen: int
    rule: str


@dataclass(frozen=True)
class Verdicts:
    """The answers of many people about one benefit, as numbers; `answer` makes words of one person's.

    `reasons` is a set of conditions by their place in the benefit's outline, `entitled` the benefit's own condition.
    """

    benefit: Benefit
    rule: str
    in_force: bool
    status: Conditions
    entitled: Conditions
    amounts: Conditions
    missing: Conditions
    reasons: Conditions

    def keys(self) -> NDArray[np.int64]:
        """One number for each person; whoever has the same number has the same answer."""
        key = self.amounts.astype(np.int64)
        for part, bits in ((self.missing, 14), (self.reasons, 12), (self.status, 2), (self.entitled == YES, 1)):
            key = (key << bits) | part
        return key

    def answer(self, place: int) -> Answer:
        """The answer of the person at this place."""
        outline = OUTLINES[self.benefit]
        status = STATUSES[self.status[place]]
        is_settled = status is Status.ELIGIBLE and outline.per is not None
        return Answer(
            status=status,
            amount_fen=int(self.amounts[place]) if is_settled else None,
            per=outline.per,
            reasons=self._reasons(outline, place, status),
            missing=field_names(int(self.missing[place])),
            at_least_fen=int(self.amounts[place]),
            rule=self.rule,
        )

    def _reasons(self, outline: Outline, place: int, status: Status) -> tuple[str, ...]:
        if not self.in_force:
            return (NOT_IN_FORCE,)
        if status is Status.NEED_TO_KNOW:
            return (AMOUNT_DEPENDS_ON_MISSING_FACTS if self.entitled[place] == YES else FACTS_MISSING,)
        codes = (named.if_yes if status is Status.ELIGIBLE else named.if_no for named in outline.named)
        return tuple(code for bit, code in enumerate(codes) if code and self.reasons[place] >> bit & 1)


def assess(facts: Facts, benefits: Iterable[Benefit] = tuple(Benefit)) -> Mapping[Benefit, Answer]:
    """What one person gets, may get or does not get on the day of the facts, of some benefits or of all. Raises
    FactsWrong."""
    ((_, verdicts),) = verdicts_for(np.array([codes_of(facts)]), benefits=benefits)
    return {each.benefit: each.answer(0) for each in verdicts}


@lru_cache(maxsize=REMEMBERED)
def assess_one(facts: Facts, benefit: Benefit) -> Answer:
    """The same for one benefit. Somebody who books is asked about on every page on the way, and the same facts have the
    same answer, so it is remembered. Raises FactsWrong."""
    return assess(facts, [benefit])[benefit]


def verdicts_for(
    codes: Codes, rules: Rules | None = None, benefits: Iterable[Benefit] = tuple(Benefit)
) -> Iterator[tuple[NDArray[np.intp], tuple[Verdicts, ...]]]:
    """The verdicts about some benefits for people whose facts are the rows of `codes` (columns as in `FIELDS`).

    One pair for each era of the rules among them: the places of its people in `codes`, and their verdicts.
    """
    rules = rules or city_rules()
    days, era_of_day = np.unique(codes[:, PLACE_OF["as_of"]], return_inverse=True)
    eras = np.array([rules.era_of(day_of(int(day))) for day in days])[era_of_day]
    for era in np.unique(eras):
        places = np.flatnonzero(eras == era)
        yield places, _calculate(rules, rules.first_day_of_era(int(era)), codes[places], benefits)


def _calculate(rules: Rules, day: date, codes: Codes, benefits: Iterable[Benefit]) -> tuple[Verdicts, ...]:
    calculation = Calculation(rules.system, day, len(codes))
    for place, told in enumerate(FIELDS):
        column = codes[:, place]
        calculation.tell(told.name, column.astype("datetime64[D]" if told.name in DAY_FIELDS else np.int32))
    return tuple(_verdicts(rules, benefit, day, calculation) for benefit in benefits)


def _verdicts(rules: Rules, benefit: Benefit, day: date, calculation: Calculation) -> Verdicts:
    outline = OUTLINES[benefit]
    status = calculation.ask(f"{benefit}_status")
    entitled = calculation.ask(benefit)
    return Verdicts(
        benefit=benefit,
        rule=rules.version_on(benefit, day),
        in_force=rules.is_in_force(benefit, day),
        status=np.asarray(status),
        entitled=entitled,
        amounts=calculation.ask(f"{benefit}_amount_fen") if outline.per else np.zeros(len(status), dtype=np.int32),
        missing=calculation.ask(f"{benefit}_needs"),
        reasons=_named_conditions(outline, np.asarray(status), calculation),
    )


def _named_conditions(outline: Outline, status: NDArray[np.integer], calculation: Calculation) -> Conditions:
    """For each person the set of named conditions that are YES where she is eligible, NO where she is not."""
    reasons = np.zeros(len(status), dtype=np.int32)
    for bit, named in enumerate(outline.named):
        condition = calculation.ask(named.condition)
        speaks = (status == ELIGIBLE) & (condition == YES) | (status == NOT_ELIGIBLE) & (condition == NO)
        reasons |= speaks.astype(np.int32) << bit
    return reasons
