"""The dated terms of visits: time limits, steps and parts of the day, read strictly. No database in here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from services.benefits.parameter_files import StrictLoader
from services.clock import CITY_TIME, local_day, local_moment
from services.home_care.errors import CatalogueWrong
from services.home_care.states import DayPart

FILE = Path(__file__).with_name("terms.yaml")
# A submission can be undone for ten minutes (MIIT 2021 annex 1, 2.6.1).
UNDO_MINUTES = 10

# At most a day: so far ahead `look_after_visits` looks.
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
Days = Annotated[int, Field(ge=1, le=90)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hours(_Strict):
    """From when to when, by the city's clocks; the end is not part of it."""

    begins: time
    ends: time

    @model_validator(mode="after")
    def _forwards(self) -> Hours:
        if self.begins >= self.ends:
            raise ValueError("expected hours that end after they begin")
        return self


class Terms(_Strict):
    """The terms from one date on, until the next ones begin. What each is for stands in the file."""

    valid_from: date
    reference: str
    confidence: str
    review_by: date
    days_ahead: Days
    step_minutes: Annotated[int, Field(ge=5, le=120)]
    travel_minutes: Minutes
    book_until_minutes: Minutes
    cancel_until_minutes: Minutes
    answer_until_minutes: Minutes
    begin_early_minutes: Minutes
    wait_at_door_minutes: Minutes
    object_days: Days
    household_seen_hours: Annotated[int, Field(ge=1, le=72)]
    place_kept_days: Days
    parts: dict[DayPart, Hours]

    @model_validator(mode="after")
    def _fits_together(self) -> Terms:
        hours = [self.parts[part] for part in DayPart if part in self.parts]
        if len(hours) != len(DayPart) or any(earlier.ends > later.begins for earlier, later in pairwise(hours)):
            raise ValueError("expected morning, afternoon and evening, one after the other")
        if self.book_until_minutes - self.cancel_until_minutes < UNDO_MINUTES:
            raise ValueError(
                f"expected {UNDO_MINUTES} minutes or more from the end of booking to the end of cancelling"
            )
        if self.cancel_until_minutes < self.answer_until_minutes:
            raise ValueError("expected cancelling to end before answering")
        return self

    @property
    def travel(self) -> timedelta:
        """The least time between two visits of a worker."""
        return timedelta(minutes=self.travel_minutes)

    def part_of(self, moment: datetime) -> DayPart | None:
        """The part of the day that a moment is in, None at night."""
        at = moment.astimezone(CITY_TIME).time()
        return next((part for part, hours in self.parts.items() if hours.begins <= at < hours.ends), None)

    def last_day(self, now: datetime) -> date:
        """The last day that can be booked."""
        return local_day(now) + timedelta(days=self.days_ahead)

    def book_until(self, starts_at: datetime) -> datetime:
        """Until when a visit can be booked."""
        return starts_at - timedelta(minutes=self.book_until_minutes)

    def answer_until(self, starts_at: datetime) -> datetime:
        """By when the provider must have answered."""
        return starts_at - timedelta(minutes=self.answer_until_minutes)

    def cancel_until(self, starts_at: datetime) -> datetime:
        """Until when a visit can be changed or cancelled."""
        return starts_at - timedelta(minutes=self.cancel_until_minutes)

    def begin_from(self, starts_at: datetime) -> datetime:
        """From when on a worker may begin."""
        return starts_at - timedelta(minutes=self.begin_early_minutes)

    def absent_from(self, starts_at: datetime) -> datetime:
        """From when on a worker may say that nobody opens."""
        return starts_at + timedelta(minutes=self.wait_at_door_minutes)

    def object_until(self, over_at: datetime) -> datetime:
        """Until when she can confirm or complain: the last second of a day of the city."""
        day = local_day(over_at) + timedelta(days=self.object_days + 1)
        return local_moment(day, time(0)) - timedelta(seconds=1)

    def shows_household(self, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
        """Whether those who carry a visit out see name, address and phone."""
        around = timedelta(hours=self.household_seen_hours)
        return starts_at - around <= now <= ends_at + around


@cache
def load_terms(file: Path = FILE) -> tuple[Terms, ...]:
    """All terms, oldest first. Raises CatalogueWrong, naming the file and what was expected."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), StrictLoader)
        terms = TypeAdapter(tuple[Terms, ...]).validate_python(content)
    except (ValueError, yaml.YAMLError) as error:
        raise CatalogueWrong(file=file.name, problem=" ".join(str(error).split())) from error
    starts = [each.valid_from for each in terms]
    if not starts or starts != sorted(set(starts)):
        raise CatalogueWrong(file=file.name, problem="expected terms with different valid_from, oldest first")
    return terms


def terms_on(day: date) -> Terms:
    """The terms in force on the day of a visit; before the first ones, the first ones."""
    terms = load_terms()
    return next((each for each in reversed(terms) if each.valid_from <= day), terms[0])


def terms_for(starts_at: datetime) -> Terms:
    """The terms of a visit that begins then."""
    return terms_on(local_day(starts_at))
