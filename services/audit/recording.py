"""Adding a deed to the record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor
from services.audit.tables import AuditEntry
from services.database.tables import new_id
from services.job_queue import TELL_OF_DEEDS, defer_once

# What somebody only looks at on behalf of a senior. The senior sees it on her page; no text message goes out for it.
LOOKS = frozenset({"person_read"})


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
    """Add a deed to the record, in the transaction of the deed itself. A senior on whose behalf it was done is told of
    it by a job that commits with it (`services.delegation`)."""
    entry = AuditEntry(
        id=new_id(),
        city=city,
        at=now,
        actor_kind=actor.kind,
        actor_person_id=actor.person_id,
        actor_staff_id=actor.staff_id,
        actor_family_member_id=actor.family_member_id,
        on_behalf_of=actor.on_behalf_of,
        channel=actor.channel,
        deed=deed,
        person_id=person_id,
        subject_id=subject_id,
        facts=facts,
    )
    session.add(entry)
    if actor.on_behalf_of is not None and deed not in LOOKS:
        defer_once(session, TELL_OF_DEEDS)
    return entry
