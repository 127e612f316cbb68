"""Working days of the mainland: holidays and the weekends that are worked in exchange (调休).

Deadlines of offices count in working days: somebody whose benefit changes is told within 5 of them.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5
ONE_DAY = timedelta(days=1)


# Holidays of every year, whatever is announced for it (全国年节及纪念日放假办法, art. 2, as of 2025): New Year, Labour
# Day, National Day. Those by the moon, and what is worked in exchange, are known once the year is announced.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def is_working_day(day: date) -> bool:
    """Whether people work on `day`, holidays and 调休 included.

    For a year whose holidays are not announced yet (the calendar covers 2004 to 2026) Monday to Friday count but for
    the holidays that never move: what is planned in December for January is then likely right, and never fails.
    Whoever shows what follows from it says so where `is_announced` is false.

    >>> is_working_day(date(2026, 10, 1)), is_working_day(date(2026, 10, 10)), is_working_day(date(2027, 1, 4))
    (False, True, True)
    """
    if is_announced(day):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED_HOLIDAYS


def is_announced(day: date) -> bool:
    """Whether it is known which days of that year are holidays and which are worked in exchange.

    >>> is_announced(date(2026, 12, 31)), is_announced(date(2027, 1, 1))
    (True, False)
    """
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


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
