"""The table of what people say is wrong in what is held about them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.sealing import sealed_as

WORDS = "correction_requests.words"


class CorrectionRequestRow(Table):
    """One thing that is wrong, in her words; one about each field waits at a time. `corrected`: as a worker decided."""

    __tablename__ = "correction_requests"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (corrected IS NULL)", name="decided"),
        Index(
            "uq_correction_requests_waiting", "person_id", "field", unique=True, postgresql_where="decided_at IS NULL"
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    field: Mapped[str]
    words_sealed: Mapped[bytes] = mapped_column(info=sealed_as(WORDS))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    corrected: Mapped[bool | None]
