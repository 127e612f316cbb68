"""The dated parameters of delegation, read strictly: what is wrong in the file stops the start and is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.actor import MAY, ActorKind, Capability
from services.dated_parameters import Metadata, Parameter, Strict, Words, read_file
from services.delegation.errors import DelegationParametersWrong

FILE = Path(__file__).with_name("parameters.yaml")

Count = Annotated[int, Field(ge=1, le=1000)]


class _File(Strict):
    description: Words
    metadata: Metadata
    default_months: Parameter[Count]
    most_months: Parameter[Count]
    answer_days: Parameter[Count]
    wait_hours: Parameter[Annotated[int, Field(ge=0, le=1000)]]
    waits_for: Parameter[list[Capability]]
    requests_a_day: Parameter[Count]
    requests_texted_a_week: Parameter[Count]
    rests_days: Parameter[Annotated[int, Field(ge=0, le=1000)]]
    most_households: Parameter[Count]
    new_account_days: Parameter[Count]


@dataclass(frozen=True)
class Rules:
    """What holds on a day."""

    default_months: int
    most_months: int
    answer_days: int
    wait: timedelta
    waits_for: frozenset[Capability]
    requests_a_day: int
    requests_texted_a_week: int
    rests_days: int
    most_households: int
    new_account_days: int


@cache
def _file(file: Path = FILE) -> _File:
    read = read_file(file, _File, DelegationParametersWrong)
    for dated in read.waits_for.values.values():
        if foreign := set(dated.value) - MAY[ActorKind.DELEGATE]:
            problem = f"no delegate may {sorted(foreign)[0]} at all"
            raise DelegationParametersWrong(file=file.name, problem=problem)
    return read


def review_by(file: Path = FILE) -> date:
    """The day by which somebody must have looked whether all of this still holds."""
    return _file(file).metadata.review_by


@cache
def rules_on(day: date, file: Path = FILE) -> Rules:
    """What holds on a day. Raises DelegationParametersWrong, naming the file and what was expected."""
    read = _file(file)
    return Rules(
        default_months=read.default_months.on(day),
        most_months=read.most_months.on(day),
        answer_days=read.answer_days.on(day),
        wait=timedelta(hours=read.wait_hours.on(day)),
        waits_for=frozenset(read.waits_for.on(day)),
        requests_a_day=read.requests_a_day.on(day),
        requests_texted_a_week=read.requests_texted_a_week.on(day),
        rests_days=read.rests_days.on(day),
        most_households=read.most_households.on(day),
        new_account_days=read.new_account_days.on(day),
    )


def check_parameters() -> None:
    """Read the file now. Raises DelegationParametersWrong."""
    _file()
