"""Reading what waits: a worker sees her community's tasks, an operator those that no community is known for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Capability, NotAllowed, require
from services.people import require_for
from services.worker_tasks.kinds import TaskKind, TaskStatus
from services.worker_tasks.tables import WorkerTaskRow


@dataclass(frozen=True)
class WorkerTask:
    """A matter that waits or waited for a worker. `decided_by` is the staff or the person who settled it; None where
    the system did. `person_id` is None where nobody is known by the ID number in question."""

    id: UUID
    city: str
    kind: TaskKind
    person_id: UUID | None
    subject_id: UUID
    district: str | None
    community: str | None
    facts: dict[str, Any]
    status: TaskStatus
    opened_at: datetime
    due_on: date
    decision: str | None = None
    reason: str | None = field(default=None, repr=False)
    decided_at: datetime | None = None
    decided_by: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.status is TaskStatus.OPEN


def list_tasks(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    kind: TaskKind | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[WorkerTask, ...]:
    """What waits for this actor, what is due first coming first. Raises NotAllowed. Tasks that were opened after `now`
    are left out, so that the pages of a list do not shift."""
    asked = select(WorkerTaskRow).where(
        _waiting_for(actor), WorkerTaskRow.status == TaskStatus.OPEN, WorkerTaskRow.opened_at <= now
    )
    if kind is not None:
        asked = asked.where(WorkerTaskRow.kind == kind)
    rows = session.scalars(asked.order_by(WorkerTaskRow.due_on, WorkerTaskRow.id).limit(limit).offset(offset))
    return tuple(_task(row) for row in rows)


def count_tasks(session: Session, actor: Actor) -> dict[TaskKind, int]:
    """How many tasks of each kind wait for this actor; kinds without any are absent. Raises NotAllowed."""
    asked = (
        select(WorkerTaskRow.kind, func.count())
        .where(_waiting_for(actor), WorkerTaskRow.status == TaskStatus.OPEN)
        .group_by(WorkerTaskRow.kind)
    )
    return {TaskKind(kind): count for kind, count in session.execute(asked)}


def get_task(session: Session, actor: Actor, *, task_id: UUID) -> WorkerTask:
    """One task, open or closed. Raises NotAllowed, also for an id that no task has."""
    row = session.scalar(
        select(WorkerTaskRow)
        .where(WorkerTaskRow.id == task_id, _waiting_for(actor))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotAllowed(capability=Capability.SEE_TASKS.value)
    return _task(row)


def tasks_of(session: Session, actor: Actor, *, person_id: UUID, limit: int = 50) -> tuple[WorkerTask, ...]:
    """What waits and what waited about one person, open ones first, then the newest. Raises NotAllowed."""
    require_for(session, actor, Capability.SEE_TASKS, person_id=person_id)
    asked = select(WorkerTaskRow).where(WorkerTaskRow.person_id == person_id)
    rows = session.scalars(
        asked.order_by(WorkerTaskRow.status.desc(), WorkerTaskRow.due_on, WorkerTaskRow.id.desc()).limit(limit)
    )
    return tuple(_task(row) for row in rows)


def _waiting_for(actor: Actor) -> ColumnElement[bool]:
    require(actor, Capability.SEE_TASKS, person_id=None, community=actor.community, district=actor.district)
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if actor.kind is ActorKind.OPERATOR:
        return WorkerTaskRow.community.is_(None)
    in_community = WorkerTaskRow.community == actor.community
    return in_community if actor.district is None else in_community & (WorkerTaskRow.district == actor.district)


def _task(row: WorkerTaskRow) -> WorkerTask:
    return WorkerTask(
        id=row.id,
        city=row.city,
        kind=TaskKind(row.kind),
        person_id=row.person_id,
        subject_id=row.subject_id,
        district=row.district,
        community=row.community,
        facts=row.facts,
        status=TaskStatus(row.status),
        opened_at=row.opened_at,
        due_on=row.due_on,
        decision=row.decision,
        reason=row.reason,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
