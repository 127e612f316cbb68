"""What showed that somebody lives, and the ledger of sharing: which office told us of whom, and which one was told,
when and under which agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Capability
from services.certification.kinds import Direction, EvidenceKind, HelperRelation
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


@dataclass(frozen=True)
class Proof:
    """What certified her once. `seen_on` is the day that it speaks of, `at` when it was written down; `relation` is
    what a helper who vouched is to her, `note` what a worker wrote. `staff_id`: which worker, where one did it;
    `on_line`: by a delegate herself."""

    kind: EvidenceKind
    seen_on: date
    at: datetime
    relation: HelperRelation | None
    note: str | None
    staff_id: UUID | None
    on_line: bool


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


def proofs_of(session: Session, actor: Actor, *, person_id: UUID) -> tuple[Proof, ...]:
    """All that ever certified her, the newest first. Raises NotAllowed."""
    require_for(session, actor, Capability.CERTIFY, person_id=person_id)
    rows = session.scalars(
        select(ProofRow).where(ProofRow.person_id == person_id).order_by(ProofRow.at.desc(), ProofRow.id.desc())
    )
    return tuple(_proof(row) for row in rows)


def _proof(row: ProofRow) -> Proof:
    relation = row.facts.get("relation")
    return Proof(
        kind=EvidenceKind(row.kind),
        seen_on=row.proven_on,
        at=row.at,
        relation=HelperRelation(relation) if relation else None,
        note=row.note,
        staff_id=row.actor_id if row.actor_kind == ActorKind.COMMUNITY_WORKER else None,
        on_line=row.actor_kind == ActorKind.DELEGATE,
    )


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
