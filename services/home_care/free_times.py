"""When a worker is free: her shifts less what she is engaged with, the ways between included. No database in here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from services.calendar import Period
from services.clock import local_moment
from services.home_care.views import Shift


def working_times(shifts: Iterable[Shift], day: date) -> list[Period]:
    """The times of one day at which somebody with these shifts works, in order."""
    return sorted(
        Period(local_moment(day, shift.begins), local_moment(day, shift.ends))
        for shift in shifts
        if shift.weekday == day.weekday()
    )


def free_times(
    working: Iterable[Period],
    engaged: Iterable[Period],
    *,
    duration: timedelta,
    travel: timedelta,
    step: timedelta,
) -> list[datetime]:
    """The times at which a visit could begin, in order, at steps from the beginning of each working time on.

    A visit ends within the working time; the way after it may go beyond. What somebody is engaged with ends with the
    way after it, so that she is at the next home in time.
    """
    taken = list(engaged)
    times = []
    for period in working:
        starts_at = period.starts_at
        while starts_at + duration <= period.ends_at:
            wanted = Period(starts_at, starts_at + duration + travel)
            if not any(wanted.overlaps(other) for other in taken):
                times.append(starts_at)
            starts_at += step
    return sorted(set(times))


def works_then(shifts: Iterable[Shift], day: date, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a time lies within one of the shifts."""
    return any(it.starts_at <= starts_at and ends_at <= it.ends_at for it in working_times(shifts, day))
