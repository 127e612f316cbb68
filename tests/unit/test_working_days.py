"""Which days are worked, and deadlines that count them."""

from __future__ import annotations

from datetime import date

import pytest

from services.working_days import is_working_day, working_days_after


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        # an ordinary Tuesday and an ordinary Sunday
        (date(2026, 11, 24), True),
        (date(2026, 11, 22), False),
        # National Day is a holiday although it is a Thursday; the Saturday after it is worked (调休)
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        # a year whose holidays are not announced yet: Monday to Friday
        (date(2027, 1, 4), True),
        (date(2027, 1, 3), False),
        # and New Year's Day, a Friday, is a holiday of every year
        (date(2027, 1, 1), False),
    ],
)
def test_holidays_and_exchanged_weekends_count(day: date, worked: bool) -> None:
    assert is_working_day(day) is worked


@pytest.mark.parametrize(
    ("count", "ends_on"),
    [
        (0, date(2026, 9, 28)),
        (1, date(2026, 9, 29)),
        # over the holiday week, which ends on 7 October
        (3, date(2026, 10, 8)),
        # the Saturday that is worked in exchange counts
        (5, date(2026, 10, 10)),
    ],
)
def test_a_deadline_counts_working_days_only(count: int, ends_on: date) -> None:
    assert working_days_after(date(2026, 9, 28), count) == ends_on
