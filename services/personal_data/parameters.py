"""The dated parameters of keeping, read strictly: what is wrong in the file stops the start and is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.dated_parameters import Metadata, Parameter, Strict, Words, read_file
from services.errors import ServiceError
from services.personal_data.held import Basis

FILE = Path(__file__).with_name("parameters.yaml")

Years = Annotated[int, Field(ge=1, le=100)]


class PersonalDataParametersWrong(ServiceError):
    """The file of parameters is not as agreed. `file`, `problem`."""

    code = "personal_data_parameters_wrong"


class _File(Strict):
    description: Words
    metadata: Metadata
    kept_years: dict[Basis, Parameter[Years]]


def kept_years_on(day: date, file: Path = FILE) -> Mapping[Basis, int]:
    """For how many years what is kept for each reason is kept. Raises PersonalDataParametersWrong, naming the file and
    what was expected."""
    return {basis: parameter.on(day) for basis, parameter in _file(file).kept_years.items()}


def review_by(file: Path = FILE) -> date:
    """The day by which somebody must have looked whether all of this still holds."""
    return _file(file).metadata.review_by


def check_parameters() -> None:
    """Read the file now. Raises PersonalDataParametersWrong."""
    _file()


@cache
def _file(file: Path = FILE) -> _File:
    read = read_file(file, _File, PersonalDataParametersWrong)
    if missing := set(Basis) - set(read.kept_years):
        raise PersonalDataParametersWrong(file=file.name, problem=f"no years for {min(missing)}")
    return read
