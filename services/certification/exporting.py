"""Telling another office whom we have seen alive: only what a person did here, only under an agreement, and noted."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.certification.errors import PartnerUnknown
from services.certification.exchange import COLUMNS, OUR_NAME
from services.certification.kinds import OUR_OWN, Direction
from services.certification.ledger import enter_sharing
from services.certification.parameters import parameters
from services.certification.tables import CampaignRow, ProofRow, SharedProofRow, SharingRow
from services.clock import local_day
from services.csv_lines import safe_cell
from services.database.tables import new_id
from services.people import ID_NUMBER, PersonRow
from services.sealing import vault_of

# A sealed ID number, a name, and what proves that its owner is alive.
Given = tuple[bytes, str, ProofRow]


@dataclass(frozen=True)
class ProofExport:
    """A file for an office, as text, and its entry in the ledger of sharing."""

    sharing_id: UUID
    partner: str
    agreement: str
    rows: int
    content: str = field(repr=False)


def export_proofs(
    session: Session, actor: Actor, *, city: str, partner: str, now: datetime, again: bool = False
) -> ProofExport:
    """The proofs of the latest campaign that the office has not been given yet, or with `again` all of them.

    Only what she, a helper or a worker did: what data of other offices say, they know. Whose proof was given stands in
    the ledger. Raises NotAllowed, PartnerUnknown.
    """
    require(actor, Capability.IMPORT_REGISTERS, person_id=None)
    today = local_day(now)
    agreement = _agreement(partner, today)
    found = _to_give(session, city=city, partner=partner, again=again)
    content = _written(session, found, today)
    sharing = enter_sharing(
        session,
        actor,
        Direction.GIVEN,
        city=city,
        partner=partner,
        agreement=agreement,
        as_of_on=today,
        file_digest=sha256(content.encode()).digest(),
        counts={"given": len(found)},
        now=now,
    )
    shared = [{"id": new_id(), "city": city, "sharing_id": sharing.id, "proof_id": proof.id} for _, _, proof in found]
    if shared:
        session.execute(insert(SharedProofRow), shared)
    audit.record(
        session,
        actor,
        "certification_proofs_exported",
        city=city,
        person_id=None,
        subject_id=sharing.id,
        now=now,
        partner=partner,
        given=len(found),
    )
    session.flush()
    return ProofExport(sharing.id, partner, agreement, len(found), content)


def _agreement(partner: str, day: date) -> str:
    """The agreement that lets the office receive proofs. Raises PartnerUnknown."""
    receive = {name: each for name, each in parameters().on(day).agreements.items() if each.receives}
    if partner not in receive:
        raise PartnerUnknown(allowed=sorted(receive))
    return receive[partner].agreement


def _written(session: Session, found: list[Given], day: date) -> str:
    vault = vault_of(session)
    written = io.StringIO(newline="")
    written.write(f"#certification=proofs,source={OUR_NAME},as_of={day}\n")
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(COLUMNS)
    for sealed, name, proof in found:
        id_number = vault.open(sealed, context=ID_NUMBER)
        lines.writerow((id_number, safe_cell(name), proof.kind, proof.proven_on.isoformat(), proof.confidence))
    return written.getvalue()


def _to_give(session: Session, *, city: str, partner: str, again: bool) -> list[Given]:
    latest = select(CampaignRow.id).where(CampaignRow.city == city).order_by(CampaignRow.starts_on.desc()).limit(1)
    wanted = (
        select(PersonRow.id_number_sealed, PersonRow.name, ProofRow)
        .join(PersonRow, PersonRow.id == ProofRow.person_id)
        .where(ProofRow.campaign_id == latest.scalar_subquery(), ProofRow.kind.in_(OUR_OWN))
        .order_by(ProofRow.id)
    )
    if not again:
        given = (
            select(SharedProofRow.proof_id)
            .join(SharingRow, SharingRow.id == SharedProofRow.sharing_id)
            .where(SharingRow.partner == partner)
        )
        wanted = wanted.where(ProofRow.id.not_in(given))
    return [(sealed, name, proof) for sealed, name, proof in session.execute(wanted)]
