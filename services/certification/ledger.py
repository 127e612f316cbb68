"""The ledger of sharing: which office told us of whom, and which one was told, when and under which agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.certification.kinds import Direction
from services.certification.tables import ProofRow, SharedProofRow, SharingRow, SignalRow
from services.database.tables import new_id
from services.people import require_for


@dataclass(frozen=True)
class Shared:
    """One thing that an office told us or was told: `what` is the evidence, `seen_on` the day that it speaks of."""

    direction: Direction
    partner: str
    agreement: str
    what: str
    seen_on: date
    at: datetime


def enter_sharing(
    session: Session,
    actor: Actor,
    direction: Direction,
    *,
    city: str,
    partner: str,
    agreement: str,
    as_of_on: date,
    file_digest: bytes,
    counts: dict[str, int],
    now: datetime,
) -> SharingRow:
    """Note a file that came or goes. For the two use cases that share."""
    row = SharingRow(
        id=new_id(),
        city=city,
        direction=direction,
        partner=partner,
        agreement=agreement,
        as_of_on=as_of_on,
        file_digest=file_digest,
        counts=counts,
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
    )
    session.add(row)
    session.flush()
    return row


def sharings_of(session: Session, actor: Actor, *, person_id: UUID) -> tuple[Shared, ...]:
    """All that was shared about her, the newest first. Raises NotAllowed."""
    require_for(session, actor, Capability.CERTIFY, person_id=person_id)
    received = (
        select(SharingRow, SignalRow.kind, SignalRow.seen_on)
        .join(SignalRow, SignalRow.sharing_id == SharingRow.id)
        .where(SignalRow.person_id == person_id)
    )
    given = (
        select(SharingRow, ProofRow.kind, ProofRow.proven_on)
        .join(SharedProofRow, SharedProofRow.sharing_id == SharingRow.id)
        .join(ProofRow, ProofRow.id == SharedProofRow.proof_id)
        .where(ProofRow.person_id == person_id)
    )
    found = [
        Shared(Direction(row.direction), row.partner, row.agreement, kind, day, row.at)
        for asked in (received, given)
        for row, kind, day in session.execute(asked)
    ]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))
