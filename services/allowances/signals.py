"""What ends the right to the benefit by what the registers say, and putting it to a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from services.allowances.rules import stops_from
from services.allowances.states import CaseState, StopReason
from services.allowances.tables import AllowanceCaseRow
from services.people import Hukou
from services.worker_tasks import TaskKind, open_task

NOTHING_SAID = "nothing"
RUNNING = (CaseState.ACTIVE, CaseState.SUSPENDED)
WAITING = (CaseState.APPLIED, CaseState.IN_REVIEW)


@dataclass(frozen=True)
class Signal:
    """What the registers say that ends the right to the benefit: why, since which day (None where no register says it),
    and the first month unpaid."""

    reason: StopReason
    happened_on: date | None
    stops_from: date

    def __str__(self) -> str:
        return f"{self.reason}:{self.happened_on or 'some day'}"


class Registered(Protocol):
    """What the registers say of somebody that may end the right: a person, or a row that was read of her."""

    @property
    def died_on(self) -> date | None: ...

    @property
    def hukou(self) -> str: ...

    @property
    def hukou_changed_on(self) -> date | None: ...


def said_by(signal: Signal | None) -> str:
    """The signal as a case remembers it once a worker has decided."""
    return str(signal) if signal else NOTHING_SAID


def signal_of(person: Registered, today: date) -> Signal | None:
    """What the registers say of her that ends the right: a death before all else, then a registration elsewhere.

    Where nobody knows since when she is registered elsewhere, this month is still paid.
    """
    if person.died_on is not None:
        return Signal(StopReason.DIED, person.died_on, stops_from(person.died_on))
    if person.hukou != Hukou.SHENZHEN:
        moved_on = person.hukou_changed_on
        return Signal(StopReason.MOVED_OUT, moved_on, stops_from(moved_on or today))
    return None


def put_to_worker(
    session: Session,
    row: AllowanceCaseRow,
    reason: StopReason,
    happened_on: date | None,
    *,
    now: datetime,
    wanted: str = "stop",
) -> None:
    """Have a worker decide about the stop that the row proposes; `wanted`: stop, correct (its month) or reinstate."""
    facts = {
        "reason": reason.value,
        "wanted": wanted,
        "happened_on": happened_on.isoformat() if happened_on else None,
        "stops_from": row.stop_proposed_from.isoformat() if row.stop_proposed_from else None,
    }
    _ask(session, row, facts, now=now)


def note_wish(session: Session, row: AllowanceCaseRow, wished_on: date, *, now: datetime) -> None:
    """Let the worker who decides about a stop know that she wishes it herself."""
    _ask(session, row, {"wished_on": wished_on.isoformat()}, now=now)


def _ask(session: Session, row: AllowanceCaseRow, facts: dict[str, str | None], *, now: datetime) -> None:
    open_task(
        session,
        kind=TaskKind.STOP_DECISION,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts={"case_id": str(row.id), **facts},
        now=now,
    )
