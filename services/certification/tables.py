"""Campaigns, who must be certified in them, what proved it, and who was told, as stored.

Proofs and the ledger of sharing are only ever added to; triggers of the migration refuse anything else.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.certification.kinds import (
    CheckOutcome,
    Direction,
    EvidenceKind,
    MemberStatus,
    MissedDecision,
    SignalKind,
)
from services.database.tables import Table

LAST_REMINDER = 3


def _among(column: str, values: object) -> str:
    return f"{column} IN ({', '.join(sorted(repr(str(value)) for value in values))})"  # type: ignore[attr-defined]


class CampaignRow(Table):
    """One window in which everybody who is paid must be certified. `code` is its year and month, 2026-11."""

    __tablename__ = "certification_campaigns"
    __table_args__ = (
        UniqueConstraint("city", "code"),
        CheckConstraint("starts_on <= ends_on", name="window"),
    )

    code: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class MemberRow(Table):
    """Somebody who was paid when the campaign opened, and how she stands in it.

    `sampled`: matched by data alone and drawn for a visit all the same. `lapsed`: missed the campaign before.
    `reminders`: how many steps of the ladder were taken. `told_done`: whether she knows that she need do nothing.
    `doubted_on`: when a worker visited her in vain; what data saw up to then does not certify her.
    """

    __tablename__ = "certification_members"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id"),
        CheckConstraint(_among("status", MemberStatus), name="status"),
        CheckConstraint(f"decision IS NULL OR {_among('decision', MissedDecision)}", name="decision"),
        CheckConstraint("(status = 'done') = (proof_id IS NOT NULL)", name="proven"),
        CheckConstraint(f"reminders BETWEEN 0 AND {LAST_REMINDER}", name="reminders"),
        Index("ix_certification_members_due", "campaign_id", postgresql_where="status = 'due'"),
        Index("ix_certification_members_untold", "campaign_id", postgresql_where="status = 'done' AND NOT told_done"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("certification_campaigns.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("allowance_cases.id"))
    status: Mapped[str]
    lapsed: Mapped[bool]
    sampled: Mapped[bool]
    reminders: Mapped[int]
    told_done: Mapped[bool]
    visit_asked_at: Mapped[datetime | None]
    doubted_on: Mapped[date | None]
    proof_id: Mapped[UUID | None] = mapped_column(ForeignKey("certification_proofs.id"))
    missed_at: Mapped[datetime | None]
    decision: Mapped[str | None]


class ProofRow(Table):
    """What showed that somebody was alive on a day. `source` is an office, or "self"; `facts` holds codes and ids, and
    `note` what a worker wrote: whom she saw and how she made sure."""

    __tablename__ = "certification_proofs"
    __table_args__ = (
        CheckConstraint(_among("kind", EvidenceKind), name="kind"),
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("certification_campaigns.id"), index=True)
    kind: Mapped[str]
    source: Mapped[str]
    proven_on: Mapped[date]
    confidence: Mapped[int]
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    channel: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str | None]


class SignalRow(Table):
    """What another office saw of somebody on a day. `confidence`: how sure it is that it was she."""

    __tablename__ = "certification_signals"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "source", "seen_on"),
        CheckConstraint(_among("kind", SignalKind), name="kind"),
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str]
    source: Mapped[str]
    seen_on: Mapped[date]
    confidence: Mapped[int]
    sharing_id: Mapped[UUID] = mapped_column(ForeignKey("certification_sharings.id"))


class ChallengeRow(Table):
    """Four digits that somebody is asked to say. They are on her screen and no secret; that they are new is what shows
    that she speaks now."""

    __tablename__ = "certification_challenges"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id", "digits"),
        CheckConstraint("digits ~ '^[0-9]{4}$'", name="digits"),
        CheckConstraint("tries_left >= 0", name="tries"),
        CheckConstraint(f"outcome IS NULL OR {_among('outcome', CheckOutcome)}", name="outcome"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("certification_campaigns.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    digits: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries_left: Mapped[int]
    outcome: Mapped[str | None]


class SharingRow(Table):
    """Proofs that came from an office or went to one, and the agreement that allows it. One file, one row."""

    __tablename__ = "certification_sharings"
    __table_args__ = (
        CheckConstraint(_among("direction", Direction), name="direction"),
        Index(
            "uq_certification_sharings_received_once",
            "city",
            "file_digest",
            unique=True,
            postgresql_where="direction = 'received'",
        ),
    )

    direction: Mapped[str]
    partner: Mapped[str]
    agreement: Mapped[str]
    as_of_on: Mapped[date]
    file_digest: Mapped[bytes]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]


class SharedProofRow(Table):
    """One proof that was given to an office: what a person is told who asks who knows of her."""

    __tablename__ = "certification_shared_proofs"
    __table_args__ = (UniqueConstraint("sharing_id", "proof_id"),)

    sharing_id: Mapped[UUID] = mapped_column(ForeignKey("certification_sharings.id"))
    proof_id: Mapped[UUID] = mapped_column(ForeignKey("certification_proofs.id"), index=True)
