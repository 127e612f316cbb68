"""Parameter files with dates: each value with the day from which it holds, its source and how sure it is.

A capability writes its own file model from these parts; whatever the file has too much, too little or out of order is
an error that names it. A new rule is a new date: old ones are never edited.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.benefits.parameter_files import StrictLoader
from services.errors import ServiceError

Confidence = Literal["law", "government_page", "seed", "newspaper", "repost", "assumed"]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Value = TypeVar("Value")
FileModel = TypeVar("FileModel", bound=BaseModel)


class Strict(BaseModel):
    """A part of a file that has these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Metadata(Strict):
    """Where a file comes from. `review_by`: by when somebody must look whether it still holds."""

    reference: Words
    confidence: Confidence
    review_by: date
    doubts: Words | None = None


class NoteOfValue(Strict):
    """What is particular about one value."""

    reference: Words | None = None
    confidence: Confidence | None = None
    note: Words | None = None


class Dated(Strict, Generic[Value]):
    """A value from one day on."""

    value: Value
    metadata: NoteOfValue | None = None


class Parameter(Strict, Generic[Value]):
    """A figure or a choice through time, oldest first."""

    description: Words
    values: dict[date, Dated[Value]] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Parameter[Value]:
        if list(self.values) != sorted(self.values):
            raise ValueError("expected the days in order, oldest first")
        return self

    def on(self, day: date) -> Value:
        """The value in force on a day; before the first day the first one."""
        return self.values[self.since(day)].value

    def since(self, day: date) -> date:
        """From which day on the value of `day` holds."""
        begun = [since for since in self.values if since <= day]
        return begun[-1] if begun else next(iter(self.values))


def read_file(file: Path, model: type[FileModel], wrong: type[ServiceError]) -> FileModel:
    """The file as its model reads it. Raises `wrong`, naming the file and what was expected."""
    try:
        return model.model_validate(yaml.load(file.read_text(encoding="utf-8"), StrictLoader))
    except (ValueError, yaml.YAMLError) as error:
        raise wrong(file=file.name, problem=" ".join(str(error).split())) from error
