"""The table of reading that was found unusual."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.sealing import sealed_as

NOTE = "reading_flags.note"


class FlagKind(StrEnum):
    """What is unusual about a day's reading of one worker."""

    MANY_RECORDS = "many_records"
    OUTSIDE_HOURS = "outside_hours"
    NEIGHBOURS = "neighbours"
    """several people of one building, without a task"""
    OWN_BUILDING = "own_building"
    """people of the building where the worker lives, without a task"""


class ReadingFlagRow(Table):
    """That a worker read unusually on a day: `records` people of whom this is true. It may grow until a supervisor has
    looked into it."""

    __tablename__ = "reading_flags"
    __table_args__ = (
        UniqueConstraint("staff_id", "on_day", "kind"),
        CheckConstraint("records > 0", name="records"),
        CheckConstraint("num_nonnulls(looked_into_at, looked_into_by, note_sealed) IN (0, 3)", name="looked_into"),
    )

    staff_id: Mapped[UUID]
    on_day: Mapped[date]
    kind: Mapped[str]
    records: Mapped[int]
    found_at: Mapped[datetime]
    looked_into_at: Mapped[datetime | None]
    looked_into_by: Mapped[UUID | None]
    note_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(NOTE))
