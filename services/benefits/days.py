"""Days of many people at once: ages and months, as `services.ages` defines them for one person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.benefits.facts import NO_DAY

Days = NDArray[np.datetime64]
Whole = NDArray[np.int64]

_FEBRUARY = 2
_FIRST_YEAR = 1970


def is_given(days: Days) -> NDArray[np.bool_]:
    """Where a day is known."""
    given: NDArray[np.bool_] = days != np.datetime64(NO_DAY, "D")
    return given


def month_number(days: Days) -> Whole:
    """Months since the beginning of 1970, to compare calendar months."""
    return days.astype("datetime64[M]").astype(np.int64)


def completed_years(birth_on: Days, on: Days) -> Whole:
    """Ages in completed years, as `services.ages.completed_years` counts them."""
    year, month, day = _parts(on)
    birth_year, birth_month, birth_day = _parts(birth_on)
    is_leap_year = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    missing_day = (birth_month == _FEBRUARY) & (birth_day == 29) & ~is_leap_year
    birthday_day = np.where(missing_day, 28, birth_day)
    before_birthday = (month < birth_month) | ((month == birth_month) & (day < birthday_day))
    years: Whole = year - birth_year - before_birthday
    return years


def _parts(days: Days) -> tuple[Whole, Whole, Whole]:
    months = month_number(days)
    first_of_month = days.astype("datetime64[M]").astype("datetime64[D]")
    day = (days - first_of_month).astype(np.int64) + 1
    return months // 12 + _FIRST_YEAR, months % 12 + 1, day
