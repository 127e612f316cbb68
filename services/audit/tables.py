"""The tables of the record of deeds: its entries, and the heads of the chains that they form."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table


class AuditEntry(Table):
    """One deed. `facts` holds codes, ids and amounts, never names or numbers of people. `on_behalf_of`: the senior for
    whom a delegate did it, or a worker who assisted her at the desk.

    It is the link `position` of the chain of that number. `mac` is a keyed hash of all else in the row, `previous_mac`
    with it; both are filled in when the row is flushed. A trigger refuses to change or remove rows.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("chain", "position"),
        Index("ix_audit_entries_of_staff", "at", postgresql_where="actor_staff_id IS NOT NULL"),
        Index("ix_audit_entries_on_behalf_of", "on_behalf_of", "at", postgresql_where="on_behalf_of IS NOT NULL"),
    )

    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_person_id: Mapped[UUID | None]
    actor_staff_id: Mapped[UUID | None]
    actor_family_member_id: Mapped[UUID | None]
    on_behalf_of: Mapped[UUID | None]
    channel: Mapped[str]
    deed: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    subject_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    chain: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    previous_mac: Mapped[bytes | None]
    key_id: Mapped[str]
    mac: Mapped[bytes]


class AuditChainRow(Table):
    """The head of a chain: how long it is, its last hash, and a seal on both, so that the last deed cannot be removed
    by setting the head back. A transaction holds the head of its chain until it commits."""

    __tablename__ = "audit_chains"

    number: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    position: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[bytes | None]
    key_id: Mapped[str]
    seal: Mapped[bytes]
