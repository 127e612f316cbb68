"""What can be booked for a home: the catalogue, read strictly. Names and texts are the front rooms' business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.benefits.parameter_files import StrictLoader
from services.home_care.errors import CatalogueWrong, ServiceUnknown
from services.home_care.states import ServiceKind
from services.home_care.terms import load_terms
from services.vouchers import ItemKind

FILE = Path(__file__).with_name("catalogue.yaml")

Code = Annotated[str, StringConstraints(pattern="^[a-z]+(_[a-z]+)*$")]
ServiceCode = Annotated[str, StringConstraints(pattern="^[A-Z]+$")]
Fen = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Service:
    """A service as it is offered on one day. `code` is its stable name, `kind` what a senior calls it.

    `item` is what it is to the rules of vouchers. `workers`: how many come. `credentials`: what each of them must
    have. `included`, `prepare` and `cautions` are codes: what is done, what she gets ready, what to mind.
    """

    code: str
    kind: ServiceKind
    item: ItemKind
    minutes: int
    workers: int
    credentials: tuple[str, ...]
    included: tuple[str, ...]
    prepare: tuple[str, ...]
    cautions: tuple[str, ...]
    price_fen: int

    @property
    def duration(self) -> timedelta:
        """How long a visit takes."""
        return timedelta(minutes=self.minutes)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entry(_Strict):
    kind: ServiceKind
    item: ItemKind
    minutes: Annotated[int, Field(ge=10, le=480)]
    workers: Annotated[int, Field(ge=1, le=3)]
    credentials: Annotated[tuple[Code, ...], Field(min_length=1)]
    included: Annotated[tuple[Code, ...], Field(min_length=1)]
    prepare: tuple[Code, ...]
    cautions: tuple[Code, ...]
    price_fen: Annotated[dict[date, Fen], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> _Entry:
        if list(self.price_fen) != sorted(self.price_fen):
            raise ValueError("expected the days of prices in order, oldest first")
        return self

    def price_on(self, day: date) -> int | None:
        begun = [price for since, price in self.price_fen.items() if since <= day]
        return begun[-1] if begun else None


class _File(_Strict):
    reference: str
    confidence: str
    review_by: date
    services: dict[ServiceCode, _Entry]

    @model_validator(mode="after")
    def _every_kind(self) -> _File:
        missing = sorted(set(ServiceKind) - {entry.kind for entry in self.services.values()})
        if missing:
            raise ValueError(f"expected a service for every kind, none for {', '.join(missing)}")
        return self


@cache
def _read(file: Path = FILE) -> _File:
    """The catalogue in the file. Raises CatalogueWrong, naming the file and what was expected."""
    try:
        return _File.model_validate(yaml.load(file.read_text(encoding="utf-8"), StrictLoader))
    except (ValueError, yaml.YAMLError) as error:
        raise CatalogueWrong(file=file.name, problem=" ".join(str(error).split())) from error


def catalogue_on(day: date) -> tuple[Service, ...]:
    """Everything that can be booked for `day`, in the order of the kinds and of the file."""
    kinds = list(ServiceKind)
    offered = [
        _service(code, entry, price)
        for code, entry in _read().services.items()
        if (price := entry.price_on(day)) is not None
    ]
    return tuple(sorted(offered, key=lambda service: kinds.index(service.kind)))


def service_on(code: str, day: date) -> Service:
    """One service as it is offered on `day`. Raises ServiceUnknown."""
    entry = _read().services.get(code)
    price = entry.price_on(day) if entry else None
    if entry is None or price is None:
        raise ServiceUnknown(service=code)
    return _service(code, entry, price)


def main_service(kind: ServiceKind, day: date) -> Service:
    """The service that is meant where somebody only names the kind. Raises ServiceUnknown.

    >>> main_service(ServiceKind.BATHING, date(2026, 11, 24)).code
    'BATH'
    """
    found = next((service for service in catalogue_on(day) if service.kind is kind), None)
    if found is None:
        raise ServiceUnknown(service=kind.value)
    return found


def check_parameters() -> None:
    """Read the catalogue and the terms now. Raises CatalogueWrong."""
    _read()
    load_terms()


def _service(code: str, entry: _Entry, price_fen: int) -> Service:
    return Service(
        code=code,
        kind=entry.kind,
        item=entry.item,
        minutes=entry.minutes,
        workers=entry.workers,
        credentials=entry.credentials,
        included=entry.included,
        prepare=entry.prepare,
        cautions=entry.cautions,
        price_fen=price_fen,
    )
