"""The dated figures themselves, for services that pay, ask or remind by them: amounts by age, days, shares.

A figure is that of a day. Before the first day from which the file has one there is none, and asking is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

from services.benefits.names import Benefit
from services.benefits.system import city_rules


class NoSuchFigure(LookupError):
    """The parameter file has no such parameter, or none yet on that day."""


@dataclass(frozen=True, order=True)
class Tier:
    """What is paid a month from an age on."""

    from_age: int
    fen: int


@cache
def tiers_on(day: date, benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE) -> tuple[Tier, ...]:
    """The tiers of age on a day, youngest first; empty before the benefit existed.

    >>> tiers_on(date(2026, 11, 30))[0]
    Tier(from_age=70, fen=20000)
    """
    tiers = []
    for bracket in city_rules().files[benefit].data["amount_by_age"]["brackets"]:
        from_age = _latest(bracket["threshold"], day)
        fen = _latest(bracket["amount"], day)
        if from_age is not None and fen is not None:
            tiers.append(Tier(from_age, fen))
    return tuple(sorted(tiers))


@cache
def figure_on(day: date, name: str, benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE) -> Any:
    """A figure of the file's `process` on a day. Raises NoSuchFigure.

    >>> figure_on(date(2026, 11, 24), "pay_day")
    20
    """
    parameter = city_rules().files[benefit].process.get(name)
    value = _latest(parameter["values"], day) if parameter else None
    if value is None:
        raise NoSuchFigure(f"{benefit} has no {name} on {day}")
    return value


@cache
def tiers_known_on(day: date, benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE) -> str:
    """A digest of the tiers of every time up to a day; another one tells that an amount of the past was changed."""
    days = [each for each in city_rules().files[benefit].days_of_change if each <= day]
    return sha256(repr([(each, tiers_on(each, benefit)) for each in days]).encode()).hexdigest()[:32]


def rule_on(day: date, benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE) -> str:
    """The name of the rule that holds on a day, for the record of a decision.

    >>> rule_on(date(2026, 11, 24))
    'old_age_allowance-2019-10-01'
    """
    return city_rules().version_on(benefit, day)


def _latest(values: Mapping[str, Mapping[str, Any]], day: date) -> Any:
    earlier = [since for since in values if since <= day.isoformat()]
    return values[max(earlier)]["value"] if earlier else None
