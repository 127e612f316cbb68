"""What she has chosen of a visit so far, as it stands in the address. An address that nobody could have pressed answers
400."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from flask import abort, request

from services.clock import CITY_TIME, local_day

SERVICE_CODE_LENGTH = 20
MOST_DIGITS = 9


@dataclass(frozen=True)
class Wanted:
    """A service, and, where she has answered so far, who comes and when. `instead`: the visit of hers that is to be
    changed into this one."""

    service: str
    worker_id: UUID | None = None
    starts_at: datetime | None = None
    instead: UUID | None = None

    @classmethod
    def from_address(cls) -> Self:
        """What this request's address says."""
        service = request.args.get("service", "")
        if not service.isascii() or not service.isalpha() or len(service) > SERVICE_CODE_LENGTH:
            abort(400)
        return cls(service, _id("worker"), _moment("at"), _id("instead"))

    @property
    def day(self) -> date:
        """The day of the visit, which only a page that comes after this question may ask for."""
        return local_day(self.at)

    @property
    def at(self) -> datetime:
        """When it begins, which only a page that comes after this question may ask for."""
        if self.starts_at is None:
            abort(400)
        return self.starts_at

    @property
    def worker(self) -> UUID:
        """Who comes, which only a page that comes after this question may ask for."""
        if self.worker_id is None:
            abort(400)
        return self.worker_id

    def as_address(self, **changes: object) -> dict[str, Any]:
        """The parameters of an address that says this, with other answers or further ones."""
        chosen: dict[str, Any] = {"service": self.service, "instead": self.instead}
        if self.starts_at is not None:
            chosen["at"] = written(self.starts_at)
        if self.worker_id is not None:
            chosen["worker"] = self.worker_id
        return chosen | changes


def written(moment: datetime) -> str:
    """A moment as addresses have it: by the city's clocks, to the minute."""
    return moment.astimezone(CITY_TIME).strftime("%Y-%m-%dT%H:%M")


def wanted_day() -> date:
    """The day that the address names."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        abort(400)


def agreed_fen() -> int:
    """What she agreed to pay herself, as the form that she pressed has it."""
    text = request.form.get("to_pay_fen", "")
    if not text.isascii() or not text.isdecimal() or len(text) > MOST_DIGITS:
        abort(400)
    return int(text)


def _id(name: str) -> UUID | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(400)


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=CITY_TIME)
    except ValueError:
        abort(400)
    return moment
