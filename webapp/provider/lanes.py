"""A provider's day as a table: a row for each half hour, a column for each worker, a visit as tall as it is long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from services.clock import local_moment
from services.home_care import ProviderDay, Visit, WorkerDay

ROW = timedelta(minutes=30)
# Shown where nobody works and nothing is booked, so that a free day still looks like a day.
USUAL_HOURS = (time(9), time(18))


@dataclass(frozen=True)
class Cell:
    """A stretch of a worker's day: a visit, or time that is free or off. `rows`: how many half hours it is tall."""

    rows: int
    visit: Visit | None = None
    is_off: bool = False


@dataclass(frozen=True)
class Row:
    """A half hour. `cells`: those that begin in it, one for each worker or None where an earlier one goes on."""

    starts_at: datetime
    cells: tuple[Cell | None, ...]


def rows_of(day: ProviderDay) -> tuple[Row, ...]:
    """The table's rows from the first shift or visit to the last, whole half hours."""
    first, last = _span(day)
    starts = [first + ROW * number for number in range(round((last - first) / ROW))]
    columns = [_column(worker_day, day.day, starts) for worker_day in day.workers]
    return tuple(Row(at, tuple(column.get(at) for column in columns)) for at in starts)


def _span(day: ProviderDay) -> tuple[datetime, datetime]:
    usual_begin, usual_end = (local_moment(day.day, at) for at in USUAL_HOURS)
    begins, ends = [usual_begin], [usual_end]
    for worker_day in day.workers:
        for shift in _shifts(worker_day, day.day):
            begins.append(shift[0])
            ends.append(shift[1])
        for visit in worker_day.visits:
            begins.append(visit.booking.starts_at)
            ends.append(visit.booking.ends_at)
    midnight = local_moment(day.day, time(0))
    return _row_before(min(begins), midnight), _row_before(max(ends) + ROW - timedelta(seconds=1), midnight)


def _column(worker_day: WorkerDay, day: date, starts: list[datetime]) -> dict[datetime, Cell]:
    """The cells of one worker by the half hour in which they begin."""
    midnight = local_moment(day, time(0))
    shifts = _shifts(worker_day, day)
    by_row: dict[datetime, Visit | None] = {}
    for visit in sorted(worker_day.visits, key=lambda each: each.booking.starts_at):
        at = _row_before(visit.booking.starts_at, midnight)
        while at < visit.booking.ends_at:
            by_row.setdefault(at, visit)
            at += ROW
    kinds = [(by_row.get(at), not any(begin <= at < end for begin, end in shifts)) for at in starts]
    edges = [0, *(number for number in range(1, len(starts)) if _differ(kinds[number - 1], kinds[number])), len(starts)]
    cells = {}
    for begin, end in pairwise(edges):
        visit, is_off = kinds[begin]
        cells[starts[begin]] = Cell(end - begin, visit, is_off and visit is None)
    return cells


def _differ(one: tuple[Visit | None, bool], other: tuple[Visit | None, bool]) -> bool:
    """Whether two half hours belong to different cells: to another visit, or free beside off."""
    if one[0] is None and other[0] is None:
        return one[1] != other[1]
    return one[0] is not other[0]


def _shifts(worker_day: WorkerDay, day: date) -> list[tuple[datetime, datetime]]:
    return [
        (local_moment(day, shift.begins), local_moment(day, shift.ends))
        for shift in worker_day.shifts
        if shift.weekday == day.weekday()
    ]


def _row_before(at: datetime, midnight: datetime) -> datetime:
    """The beginning of the half hour that a moment is in."""
    return midnight + ROW * ((at - midnight) // ROW)
