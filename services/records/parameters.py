"""The dated parameters of opening records, and of what counts as unusual reading, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.dated_parameters import Metadata, Parameter, Strict, Words, read_file
from services.errors import ServiceError

FILE = Path(__file__).with_name("parameters.yaml")

Count = Annotated[int, Field(ge=1, le=10_000)]
Hour = Annotated[int, Field(ge=0, le=23)]


class RecordParametersWrong(ServiceError):
    """The file of parameters is not as agreed. `file`, `problem`."""

    code = "record_parameters_wrong"


class _File(Strict):
    description: Words
    metadata: Metadata
    open_minutes: Parameter[Count]
    records_a_day: Parameter[Count]
    working_day_begins: Parameter[Hour]
    working_day_ends: Parameter[Hour]
    records_outside_hours: Parameter[Count]
    records_of_a_building: Parameter[Count]


@dataclass(frozen=True)
class Rules:
    """What holds on a day. More than `records_a_day` people in one day are many; so are `records_outside_hours` of them
    before `begins` or after `ends` or on a day off, and `records_of_a_building` of one building, without a task."""

    open_for: timedelta
    records_a_day: int
    begins: time
    ends: time
    records_outside_hours: int
    records_of_a_building: int


@cache
def rules_on(day: date, file: Path = FILE) -> Rules:
    """What holds on a day. Raises RecordParametersWrong, naming the file and what was expected."""
    read = _file(file)
    return Rules(
        open_for=timedelta(minutes=read.open_minutes.on(day)),
        records_a_day=read.records_a_day.on(day),
        begins=time(read.working_day_begins.on(day)),
        ends=time(read.working_day_ends.on(day)),
        records_outside_hours=read.records_outside_hours.on(day),
        records_of_a_building=read.records_of_a_building.on(day),
    )


def review_by(file: Path = FILE) -> date:
    """The day by which somebody must have looked whether all of this still holds."""
    return _file(file).metadata.review_by


def check_parameters() -> None:
    """Read the file now. Raises RecordParametersWrong."""
    _file()


@cache
def _file(file: Path = FILE) -> _File:
    return read_file(file, _File, RecordParametersWrong)
