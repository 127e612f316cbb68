"""The table of who opened whose record, and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.sealing import sealed_as

WORDS = "record_openings.words"
LONGEST_WORDS = 200


class RecordOpeningRow(Table):
    """A record that one of the staff opened, until `until_at`. `task_id`: the task that was the reason.

    No foreign key to the person: it would lock her row, before rows that others hold first.
    """

    __tablename__ = "record_openings"
    __table_args__ = (
        CheckConstraint("(reason = 'task') = (task_id IS NOT NULL)", name="task"),
        CheckConstraint("until_at > opened_at", name="until"),
        Index("ix_record_openings_open", "staff_id", "until_at"),
    )

    staff_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    reason: Mapped[str]
    words_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(WORDS))
    task_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    until_at: Mapped[datetime]
