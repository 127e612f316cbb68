"""The tables of emergencies and of what happened to each; events are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.emergencies.states import OPEN, EmergencyState

ONE_OPEN = "uq_emergencies_one_open"
IS_OPEN = f"state IN ({', '.join(repr(state.value) for state in sorted(OPEN))})"


class EmergencyRow(Table):
    """One call for help. `community` and `district` are where she lived at that moment: they decide whose alarm it is.
    `taken_by` is the account of the staff that looks after it."""

    __tablename__ = "emergencies"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(it.value) for it in sorted(EmergencyState))})", name="state"),
        CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name="taken"),
        CheckConstraint(f"(ended_at IS NULL) = ({IS_OPEN})", name="ended"),
        # Pressed twice, it is one alarm.
        Index(ONE_OPEN, "person_id", unique=True, postgresql_where=IS_OPEN),
        Index("ix_emergencies_open", "city", "raised_at", postgresql_where=IS_OPEN),
        Index("ix_emergencies_raised_at", "city", "raised_at"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    community: Mapped[str | None]
    district: Mapped[str | None]
    state: Mapped[str]
    raised_at: Mapped[datetime]
    raised_through: Mapped[str]
    call_off_until_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class EmergencyEventRow(Table):
    """One thing that happened. `facts`: codes, ids, relations, the last digits of a phone; `note` is what the one who
    closed it wrote."""

    __tablename__ = "emergency_events"

    emergency_id: Mapped[UUID] = mapped_column(ForeignKey("emergencies.id"), index=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    channel: Mapped[str]
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str | None]
