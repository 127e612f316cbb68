"""The table of what waits for a worker."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table


class WorkerTaskRow(Table):
    """A matter that waits or waited for a worker. `community` is None where nobody knows the person's; an operator then
    sees the task. `facts` holds codes, ids, amounts and dates, never names or numbers of people."""

    __tablename__ = "worker_tasks"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided"),
        Index("uq_worker_tasks_one_open", "kind", "subject_id", unique=True, postgresql_where="status = 'open'"),
        Index("ix_worker_tasks_waiting", "community", "district", "due_on", postgresql_where="status = 'open'"),
    )

    kind: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    subject_id: Mapped[UUID]
    district: Mapped[str | None]
    community: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str]
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    decision: Mapped[str | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
