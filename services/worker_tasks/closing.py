"""Closing tasks: what was decided, by whom and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor
from services.worker_tasks.kinds import TaskKind, TaskStatus
from services.worker_tasks.tables import WorkerTaskRow


def close_task(
    session: Session,
    actor: Actor,
    *,
    kind: TaskKind,
    subject_id: UUID,
    decision: str,
    reason: str | None,
    now: datetime,
) -> None:
    """Close the open task of this kind and subject, if there is one. For capabilities, which have checked the right.

    `reason` is what the worker wrote; the record of deeds holds that there is one, not what it says, since people write
    names into it.
    """
    close_tasks(session, actor, kinds=(kind,), subject_id=subject_id, decision=decision, reason=reason, now=now)


def close_tasks(
    session: Session,
    actor: Actor,
    *,
    kinds: Collection[TaskKind],
    subject_id: UUID,
    decision: str,
    reason: str | None,
    now: datetime,
) -> None:
    """The same for every question of these kinds that one answer settles."""
    waiting = session.scalars(
        select(WorkerTaskRow)
        .where(
            WorkerTaskRow.kind.in_(kinds),
            WorkerTaskRow.subject_id == subject_id,
            WorkerTaskRow.status == TaskStatus.OPEN,
        )
        .order_by(WorkerTaskRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in waiting:
        row.status = TaskStatus.CLOSED
        row.decision, row.reason = decision, reason
        row.decided_at, row.decided_by = now, actor.id
        audit.record(
            session,
            actor,
            "task_closed",
            city=row.city,
            person_id=row.person_id,
            subject_id=row.id,
            now=now,
            kind=row.kind,
            decision=decision,
            with_reason=bool(reason),
        )
    if waiting:
        session.flush()


def add_reason(session: Session, *, task_id: UUID, reason: str) -> None:
    """Keep a worker's reason with a task that a use case without one has just closed."""
    row = session.get_one(WorkerTaskRow, task_id, populate_existing=True)
    if row.status == TaskStatus.CLOSED and row.reason is None:
        row.reason = reason
        session.flush()
