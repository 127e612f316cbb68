"""Work that was asked for, and the pieces of an uploaded file until it was taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.sealing import sealed_as

PIECE = "uploaded_pieces.piece"


class LongWorkRow(Table):
    """One piece of work. `touched_at` is when its worker process was last alive; `report` is what came of it, without a
    name or number of anybody."""

    __tablename__ = "long_works"
    __table_args__ = (
        CheckConstraint("kind IN ('import', 'screening', 'list_month', 'pay_month')", name="kind"),
        CheckConstraint("status IN ('waiting', 'running', 'done', 'refused', 'broken')", name="status"),
        Index("ix_long_works_to_do", "asked_at", postgresql_where="status IN ('waiting', 'running')"),
    )

    kind: Mapped[str]
    status: Mapped[str]
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    touched_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    step: Mapped[str | None]
    done: Mapped[int]
    out_of: Mapped[int]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class UploadedPieceRow(Table):
    """A piece of a file that waits to be imported: compressed and sealed, removed once it was."""

    __tablename__ = "uploaded_pieces"
    __table_args__ = (UniqueConstraint("work_id", "number"),)

    work_id: Mapped[UUID] = mapped_column(ForeignKey("long_works.id"))
    number: Mapped[int]
    piece_sealed: Mapped[bytes] = mapped_column(info=sealed_as(PIECE))
