"""What is owed for which month: pure rules, no database.

The month is the unit of everything (深民规〔2020〕3号, and `services.benefits` for the amounts):

* the allowance begins with the month in which the age is reached, or the month of the application where that is later;
  late is not paid back;
* a month's amount is that of the tier reached by its last day, by the figures of that day; nobody grows older after
  death;
* the month of death, and the month of moving out of the city, are still paid; the next is not;
* a suspended month is owed once the suspension has ended with back-pay, at its own tier;
* within the city the old district pays for the month of the move, the new one from the next; where somebody was
  registered nowhere in the city in between, that is a gap, and a person looks at it.

Where the text of the rule leaves something open (the first month), docs/month.md says what is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.ages import completed_years
from services.allowances.months import last_day_of, month_of, months_from, months_later
from services.benefits import Benefit, tiers_on
from services.benefits.days import completed_years as ages_of_many

Life = TypeVar("Life")


@dataclass(frozen=True)
class Suspension:
    """Months that are not paid for the time being: from `from_month` to the month before that of `resumed_on`, open
    while that is None. `back_pay`: whether they are owed after all once it has ended."""

    from_month: date
    resumed_on: date | None = None
    back_pay: bool = False

    def withholds(self, month: date) -> bool:
        """Whether this month is not owed because of it."""
        if month < self.from_month:
            return False
        if self.resumed_on is None:
            return True
        return not self.back_pay and month < month_of(self.resumed_on)


@dataclass(frozen=True)
class AllowanceTerms:
    """One life of a benefit, as decided: by these terms it is owed.

    `from_month`: the month of the application, or later; `until_month`: the last month that is paid, None while nobody
    has decided to stop. `died_on` only where a person has confirmed the death.
    """

    birth_on: date
    from_month: date
    until_month: date | None = None
    died_on: date | None = None
    suspensions: tuple[Suspension, ...] = ()


def owed_months(terms: AllowanceTerms, up_to: date) -> dict[date, int]:
    """Fen for each month that is owed, up to and including the month `up_to`. Months without an amount are left out.

    >>> terms = AllowanceTerms(birth_on=date(1956, 11, 30), from_month=date(2026, 9, 1))
    >>> owed_months(terms, date(2026, 12, 1))
    {datetime.date(2026, 11, 1): 20000, datetime.date(2026, 12, 1): 20000}
    """
    month_of_death = month_of(terms.died_on) if terms.died_on else None
    last = min(month for month in (up_to, terms.until_month, month_of_death) if month)
    owed = {}
    for month in months_from(terms.from_month, last):
        if not any(suspension.withholds(month) for suspension in terms.suspensions):
            fen = amount_for(month, terms.birth_on, terms.died_on)
            if fen:
                owed[month] = fen
    return owed


def owed_in_all_lives(lives: Iterable[tuple[Life, AllowanceTerms]], up_to: date) -> dict[date, tuple[Life, int]]:
    """The same for somebody who had the benefit more than once, with the life that owes the month: a month is owed
    once, by the earliest life that owes it."""
    owed: dict[date, tuple[Life, int]] = {}
    for life, terms in sorted(lives, key=lambda each: each[1].from_month):
        owed = {month: (life, fen) for month, fen in owed_months(terms, up_to).items()} | owed
    return dict(sorted(owed.items()))


def amount_for(
    month: date, birth_on: date, died_on: date | None = None, benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE
) -> int:
    """Fen for a month by age alone: 0 before the first tier.

    Somebody born on 29 February reaches every age in February (`services.ages`).

    >>> amount_for(date(2026, 2, 1), date(1956, 2, 28)), amount_for(date(2026, 1, 1), date(1956, 2, 28))
    (20000, 0)
    """
    last_day = last_day_of(month)
    age = completed_years(birth_on, min(last_day, died_on) if died_on else last_day)
    return max((tier.fen for tier in tiers_on(last_day, benefit) if age >= tier.from_age), default=0)


def amounts_for(month: date, births: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """`amount_for` of many living people at once, for the list of a city."""
    last_day = last_day_of(month)
    ages = ages_of_many(births, np.full(len(births), last_day, dtype="datetime64[D]"))
    amounts = np.zeros(len(births), dtype=np.int64)
    for tier in tiers_on(last_day):
        amounts[ages >= tier.from_age] = tier.fen
    return amounts


@dataclass(frozen=True)
class TierChange:
    """From `month` on another amount is paid; nobody has to ask for it."""

    month: date
    age: int
    from_fen: int
    to_fen: int


def tier_change_in(month: date, birth_on: date) -> TierChange | None:
    """What changes for a living person in this month against the month before; None where nothing does, or where the
    allowance only begins."""
    before, after = amount_for(months_later(month, -1), birth_on), amount_for(month, birth_on)
    if before in (0, after):
        return None
    return TierChange(month, completed_years(birth_on, last_day_of(month)), before, after)


@dataclass(frozen=True)
class Registration:
    """A time during which the household was registered in one district of the city. `since` None: for as long as is
    known; `until` None: still."""

    district: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Payer:
    """Which district pays for a month; `in_gap` where she was registered in none, so that a person has to look.

    In a gap `district` is the last one that paid.
    """

    district: str | None
    in_gap: bool


def payer_of(month: date, registrations: Sequence[Registration]) -> Payer:
    """The district that pays for a month, from the registrations in order.

    >>> moved = [Registration("罗湖区", until=date(2026, 5, 4)), Registration("福田区", since=date(2026, 5, 20))]
    >>> payer_of(date(2026, 5, 1), moved).district, payer_of(date(2026, 6, 1), moved).district
    ('罗湖区', '福田区')
    """
    latest = None
    for registration in registrations:
        if registration.since is not None and latest is not None and month <= month_of(registration.since):
            break
        latest = registration
        if registration.until is None or month <= month_of(registration.until):
            return Payer(registration.district, in_gap=False)
    return Payer(latest.district if latest else None, in_gap=True)
