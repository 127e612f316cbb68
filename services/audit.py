"""The record of deeds: who did what to whose affairs, through which channel, when. Rows are only ever added; a trigger
of the first migration refuses to change or remove them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.actor import Actor
from services.database.tables import Table


class AuditEntry(Table):
    """One deed. `facts` holds codes, ids and amounts, never names or numbers of people."""

    __tablename__ = "audit_entries"

    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_person_id: Mapped[UUID | None]
    actor_staff_id: Mapped[UUID | None]
    channel: Mapped[str]
    deed: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    subject_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


def record(
    session: Session,
    actor: Actor,
    deed: str,
    *,
    city: str,
    person_id: UUID | None,
    subject_id: UUID | None,
    now: datetime,
    **facts: str | int | bool | None,
) -> None:
    """Add a deed to the record, in the transaction of the deed itself."""
    session.add(
        AuditEntry(
            city=city,
            at=now,
            actor_kind=actor.kind,
            actor_person_id=actor.person_id,
            actor_staff_id=actor.staff_id,
            channel=actor.channel,
            deed=deed,
            person_id=person_id,
            subject_id=subject_id,
            facts=facts,
        )
    )
