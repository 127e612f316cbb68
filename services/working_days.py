"""Working days of the mainland: holidays and the weekends that are worked in exchange (调休).

Deadlines of offices count in working days: somebody whose benefit changes is told within 5 of them.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether people work on `day`, holidays and 调休 included.

    For a year whose holidays are not announced yet (the calendar covers 2004 to 2026) Monday to Friday count: what is
    planned in December for January is then likely right, and never fails.

    >>> is_working_day(date(2026, 10, 1)), is_working_day(date(2026, 10, 10)), is_working_day(date(2027, 1, 4))
    (False, True, True)
    """
    try:
        working: bool = chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < SATURDAY
    return working


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count. `count` 0 is the day itself.

    >>> working_days_after(date(2026, 11, 24), 5)
    datetime.date(2026, 12, 1)
    >>> working_days_after(date(2026, 9, 30), 1)
    datetime.date(2026, 10, 8)
    """
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day)
    return day
