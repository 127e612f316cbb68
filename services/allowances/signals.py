"""What ends the right to the benefit by what the registers say, and putting it to a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from services.allowances.rules import stops_from
from services.allowances.states import CaseState, StopReason
from services.allowances.tables import AllowanceCaseRow
from services.people import Hukou, Person
from services.worker_tasks import TaskKind, open_task

NOTHING_SAID = "nothing"
RUNNING = (CaseState.ACTIVE, CaseState.SUSPENDED)
WAITING = (CaseState.APPLIED, CaseState.IN_REVIEW)


@dataclass(frozen=True)
class Signal:
    """What the registers say that ends the right to the benefit: why, since which day, and the first month unpaid."""

    reason: StopReason
    happened_on: date
    stops_from: date

    def __str__(self) -> str:
        return f"{self.reason}:{self.happened_on}"


def signal_of(person: Person, today: date) -> Signal | None:
    """What the registers say of her that ends the right: a death before all else, then a registration elsewhere.

    Where nobody knows since when she is registered elsewhere, it is today.
    """
    if person.died_on is not None:
        return Signal(StopReason.DIED, person.died_on, stops_from(person.died_on))
    if person.hukou is not Hukou.SHENZHEN:
        moved_on = person.hukou_changed_on or today
        return Signal(StopReason.MOVED_OUT, moved_on, stops_from(moved_on))
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
        "case_id": str(row.id),
        "reason": reason.value,
        "wanted": wanted,
        "happened_on": happened_on.isoformat() if happened_on else None,
        "stops_from": row.stop_proposed_from.isoformat() if row.stop_proposed_from else None,
    }
    open_task(
        session,
        kind=TaskKind.STOP_DECISION,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts=facts,
        now=now,
    )
