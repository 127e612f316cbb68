"""The dated parameters of certification, read strictly: whatever is wrong in the file stops the start and is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.benefits.parameter_files import StrictLoader
from services.certification.errors import CertificationParametersWrong
from services.certification.kinds import SignalKind

FILE = Path(__file__).with_name("parameters.yaml")
DECEMBER = 12

Confidence = Literal["law", "government_page", "seed", "newspaper", "repost", "assumed"]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Points = Annotated[int, Field(ge=0, le=100)]
PerThousand = Annotated[int, Field(ge=0, le=1000)]
Value = TypeVar("Value")


def _is_month_and_day(written: str) -> str:
    # A year without a leap day: 29 February is in no window of every year.
    date.fromisoformat(f"2001-{written}")
    return written


def _falls(days: tuple[int, ...]) -> tuple[int, ...]:
    if list(days) != sorted(set(days), reverse=True):
        raise ValueError("expected fewer and fewer days before the end")
    return days


def _every_kind(strengths: dict[SignalKind, int]) -> dict[SignalKind, int]:
    missing = sorted(set(SignalKind) - set(strengths))
    if missing:
        raise ValueError(f"missing {', '.join(missing)}")
    return strengths


MonthAndDay = Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$"), AfterValidator(_is_month_and_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Metadata(_Strict):
    reference: Words
    confidence: Confidence
    review_by: date
    doubts: Words | None = None


class _NoteOfValue(_Strict):
    reference: Words | None = None
    confidence: Confidence | None = None
    note: Words | None = None


class _Dated(_Strict, Generic[Value]):
    value: Value
    metadata: _NoteOfValue | None = None


class _Parameter(_Strict, Generic[Value]):
    description: Words
    values: dict[date, _Dated[Value]] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> _Parameter[Value]:
        if list(self.values) != sorted(self.values):
            raise ValueError("expected the days in order, oldest first")
        return self

    def on(self, day: date) -> Value:
        """The value in force on a day; before the first day the first one, since nobody was certified then."""
        begun = [since for since in self.values if since <= day]
        return self.values[begun[-1] if begun else next(iter(self.values))].value


class _Window(_Strict):
    starts: MonthAndDay
    ends: MonthAndDay

    @model_validator(mode="after")
    def _forwards(self) -> _Window:
        if self.starts > self.ends:
            raise ValueError("expected a window that ends in the year in which it starts")
        return self


def _apart(windows: tuple[_Window, ...]) -> tuple[_Window, ...]:
    for earlier, later in pairwise(windows):
        if earlier.ends >= later.starts:
            raise ValueError("expected windows in order that do not overlap")
    return windows


class Agreement(_Strict):
    """What allows sharing with an office: its name, what the office may state, and whether it receives our proofs."""

    agreement: Words
    states: tuple[SignalKind, ...]
    receives: bool


class _File(_Strict):
    description: Words
    metadata: _Metadata
    windows: _Parameter[Annotated[tuple[_Window, ...], Field(min_length=1), AfterValidator(_apart)]]
    suspension_months_after: _Parameter[Annotated[int, Field(ge=1, le=12)]]
    reminder_days_before_end: _Parameter[
        Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=2, max_length=2), AfterValidator(_falls)]
    ]
    signal_strengths: _Parameter[Annotated[dict[SignalKind, Points], AfterValidator(_every_kind)]]
    signal_threshold: _Parameter[Annotated[int, Field(ge=1, le=500)]]
    signal_days_before_start: _Parameter[Annotated[int, Field(ge=0, le=365)]]
    helper_days: _Parameter[Annotated[int, Field(ge=0, le=31)]]
    sample_per_thousand: _Parameter[PerThousand]
    alarm_missed_per_thousand: _Parameter[PerThousand]
    alarm_from_people: _Parameter[Annotated[int, Field(ge=1)]]
    agreements: _Parameter[dict[Words, Agreement]]


@dataclass(frozen=True)
class Window:
    """The days of one campaign. `code` is its year and month."""

    starts_on: date
    ends_on: date

    @property
    def code(self) -> str:
        """The name of its campaign.

        >>> Window(date(2026, 11, 1), date(2026, 11, 30)).code
        '2026-11'
        """
        return f"{self.starts_on:%Y-%m}"


@dataclass(frozen=True)
class Rules:
    """Every parameter as it is in force on one day."""

    suspension_months_after: int
    reminder_days_before_end: tuple[int, ...]
    signal_strengths: Mapping[SignalKind, int]
    signal_threshold: int
    signal_days_before_start: int
    helper_days: int
    sample_per_thousand: int
    alarm_missed_per_thousand: int
    alarm_from_people: int
    agreements: Mapping[str, Agreement]


class Parameters:
    """The parameters of all times."""

    def __init__(self, file: _File) -> None:
        self._file = file

    @property
    def review_by(self) -> date:
        """The day by which somebody must have looked whether all of this still holds."""
        return self._file.metadata.review_by

    def on(self, day: date) -> Rules:
        """What holds on a day."""
        file = self._file
        return Rules(
            suspension_months_after=file.suspension_months_after.on(day),
            reminder_days_before_end=file.reminder_days_before_end.on(day),
            signal_strengths=file.signal_strengths.on(day),
            signal_threshold=file.signal_threshold.on(day),
            signal_days_before_start=file.signal_days_before_start.on(day),
            helper_days=file.helper_days.on(day),
            sample_per_thousand=file.sample_per_thousand.on(day),
            alarm_missed_per_thousand=file.alarm_missed_per_thousand.on(day),
            alarm_from_people=file.alarm_from_people.on(day),
            agreements=file.agreements.on(day),
        )

    def window_of(self, day: date) -> Window | None:
        """The window that the day is in, None between two."""
        return next((window for window in self._windows(day.year) if window.starts_on <= day <= window.ends_on), None)

    def next_window(self, day: date) -> Window:
        """The first window that starts after the day."""
        windows = self._windows(day.year) + self._windows(day.year + 1)
        return next(window for window in windows if window.starts_on > day)

    def _windows(self, year: int) -> list[Window]:
        last_day = date(year, DECEMBER, 31)
        return [
            Window(date.fromisoformat(f"{year}-{each.starts}"), date.fromisoformat(f"{year}-{each.ends}"))
            for each in self._file.windows.on(last_day)
        ]


@cache
def parameters(file: Path = FILE) -> Parameters:
    """The parameters in the file. Raises CertificationParametersWrong, naming the file and what was expected."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), StrictLoader)
        return Parameters(_File.model_validate(content))
    except (ValueError, yaml.YAMLError) as error:
        raise CertificationParametersWrong(file=file.name, problem=" ".join(str(error).split())) from error


def month_after(day: date, months: int) -> date:
    """The first day of the month that many months after the one of `day`.

    >>> month_after(date(2026, 11, 30), 1), month_after(date(2026, 5, 31), 1)
    (datetime.date(2026, 12, 1), datetime.date(2026, 6, 1))
    """
    year, month = divmod(day.year * DECEMBER + day.month - 1 + months, DECEMBER)
    return date(year, month + 1, 1)
