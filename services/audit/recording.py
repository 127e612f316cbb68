"""Adding a deed to the record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor
from services.audit.tables import AuditEntry
from services.database.tables import new_id


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
) -> AuditEntry:
    """Add a deed to the record, in the transaction of the deed itself."""
    entry = AuditEntry(
        id=new_id(),
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
    session.add(entry)
    return entry
