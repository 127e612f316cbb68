"""Calendar months, each named by its first day, and how they are counted."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date


def month_of(day: date) -> date:
    """The month of a day.

    >>> month_of(date(2026, 11, 24))
    datetime.date(2026, 11, 1)
    """
    return day.replace(day=1)


def months_later(month: date, count: int) -> date:
    """The month so many months after another; before it for a negative count.

    >>> months_later(date(2026, 11, 1), 2), months_later(date(2026, 1, 1), -1)
    (datetime.date(2027, 1, 1), datetime.date(2025, 12, 1))
    """
    years, months = divmod(month.month - 1 + count, 12)
    return date(month.year + years, months + 1, 1)


def last_day_of(month: date) -> date:
    """The last day of a month.

    >>> last_day_of(date(2028, 2, 1))
    datetime.date(2028, 2, 29)
    """
    return month.replace(day=monthrange(month.year, month.month)[1])


def months_from(first: date, last: date) -> Iterator[date]:
    """Every month from the first to the last, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = months_later(month, 1)
