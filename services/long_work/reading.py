"""How far long work is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability, require
from services.errors import ServiceError
from services.long_work.asking import CAPABILITIES, WorkKind, WorkStatus
from services.long_work.tables import LongWorkRow


class WorkUnknown(ServiceError):
    """There is no such work."""

    code = "work_unknown"


@dataclass(frozen=True)
class LongWork:
    """A piece of work as an operator sees it. `done` of `out_of` steps, 0 where nobody knows how many there are.

    `report` after DONE holds counts; after REFUSED the `code` and `facts` of the refusal.
    """

    id: UUID
    kind: WorkKind
    status: WorkStatus
    asked: dict[str, Any]
    asked_by: UUID
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    step: str | None
    done: int
    out_of: int
    report: dict[str, Any] | None

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.status not in (WorkStatus.WAITING, WorkStatus.RUNNING)


def get_work(session: Session, actor: Actor, *, work_id: UUID) -> LongWork:
    """One piece of work. Raises NotAllowed, WorkUnknown."""
    require(actor, Capability.SEE_RUNS, person_id=None)
    row = session.get(LongWorkRow, work_id, populate_existing=True)
    if row is None:
        raise WorkUnknown()
    require(actor, CAPABILITIES[WorkKind(row.kind)], person_id=None)
    return _work(row)


def list_works(session: Session, actor: Actor, kind: WorkKind, *, city: str, limit: int = 20) -> tuple[LongWork, ...]:
    """The latest work of a kind, newest first. Raises NotAllowed."""
    require(actor, CAPABILITIES[kind], person_id=None)
    rows = session.scalars(
        select(LongWorkRow)
        .where(LongWorkRow.city == city, LongWorkRow.kind == kind)
        .order_by(LongWorkRow.asked_at.desc(), LongWorkRow.id.desc())
        .limit(limit)
    )
    return tuple(_work(row) for row in rows)


def _work(row: LongWorkRow) -> LongWork:
    return LongWork(
        id=row.id,
        kind=WorkKind(row.kind),
        status=WorkStatus(row.status),
        asked=row.asked,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        step=row.step,
        done=row.done,
        out_of=row.out_of,
        report=row.report,
    )
