"""The dated parameters of home adaptation, read strictly: what is wrong in the file stops the start and is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from services.dated_parameters import Metadata, Parameter, Strict, Words, read_file
from services.districts import DISTRICT_CODES
from services.home_adaptation.errors import AdaptationParametersWrong
from services.home_adaptation.states import ItemGroup

FILE = Path(__file__).with_name("parameters.yaml")

Fen = Annotated[int, Field(ge=0)]
District = Annotated[str, StringConstraints(pattern="^4403[0-9]{2}$")]
Code = Annotated[str, StringConstraints(pattern="^[a-z]+(_[a-z]+)*$")]


class _File(Strict):
    description: Words
    metadata: Metadata
    aids_cap_fen: Parameter[Fen | None]
    aids_cap_by_district_fen: Parameter[dict[District, Fen | None]]
    quote_valid_days: Parameter[Annotated[int, Field(ge=1, le=365)]]
    items: Parameter[Annotated[dict[Code, ItemGroup], Field(min_length=1)]]


@dataclass(frozen=True)
class Rules:
    """What holds on a day. `items`: each code and its group, in the order of the file."""

    quote_valid_days: int
    items: Mapping[str, ItemGroup]
    _aids_cap_fen: int | None
    _aids_cap_by_district_fen: Mapping[str, int | None]

    def aids_cap_fen(self, district: str | None) -> int | None:
        """The most of the cap that aids and smart devices may take; None for no such limit. `district`: its name."""
        code = DISTRICT_CODES.get(district or "", "")
        return self._aids_cap_by_district_fen.get(code, self._aids_cap_fen)


@cache
def _file(file: Path = FILE) -> _File:
    return read_file(file, _File, AdaptationParametersWrong)


def review_by(file: Path = FILE) -> date:
    """The day by which somebody must have looked whether all of this still holds."""
    return _file(file).metadata.review_by


@cache
def rules_on(day: date, file: Path = FILE) -> Rules:
    """What holds on a day. Raises AdaptationParametersWrong, naming the file and what was expected."""
    read = _file(file)
    return Rules(
        read.quote_valid_days.on(day),
        read.items.on(day),
        read.aids_cap_fen.on(day),
        read.aids_cap_by_district_fen.on(day),
    )


def check_parameters() -> None:
    """Read the file now. Raises AdaptationParametersWrong."""
    _file()
