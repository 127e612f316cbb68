"""Ages in completed years (周岁), the one definition that every service shares."""

from __future__ import annotations

from calendar import isleap
from datetime import date


def completed_years(birth_on: date, day: date) -> int:
    """How old somebody born on `birth_on` is on `day`; negative before birth.

    A year is complete on the birthday itself. Somebody born on 29 February completes it on 28 February in common years:
    where a month has no such day, its last day counts (民法典 art. 202). Decision 041 has the doubt.

    >>> completed_years(date(1956, 11, 24), date(2026, 11, 23)), completed_years(date(1956, 11, 24), date(2026, 11, 24))
    (69, 70)
    >>> completed_years(date(1956, 2, 29), date(2026, 2, 27)), completed_years(date(1956, 2, 29), date(2026, 2, 28))
    (69, 70)
    """
    return day.year - birth_on.year - (day < birthday_in(birth_on, day.year))


def birthday_in(birth_on: date, year: int) -> date:
    """The day in `year` on which somebody born on `birth_on` completes a year of age."""
    is_missing = (birth_on.month, birth_on.day) == (2, 29) and not isleap(year)
    return birth_on.replace(year=year, day=28 if is_missing else birth_on.day)
