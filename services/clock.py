"""The time now, and which day that is in the city. Everything else takes `now` as an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still, for tests and for trying out another day."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(UTC)


def local_day(at: datetime) -> date:
    """The city's calendar day at an aware time.

    >>> local_day(datetime(2026, 11, 23, 21, 56, tzinfo=UTC))
    datetime.date(2026, 11, 24)
    """
    return at.astimezone(CITY_TIME).date()


def local_moment(day: date, at: time) -> datetime:
    """The aware UTC time at which the city's clocks show `at` on `day`.

    >>> local_moment(date(2026, 11, 24), time(9, 0)).isoformat()
    '2026-11-24T01:00:00+00:00'
    """
    return datetime.combine(day, at, tzinfo=CITY_TIME).astimezone(UTC)
