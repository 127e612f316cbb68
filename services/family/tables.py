"""The tables of family members, of what they may do for whom, of how each came about, and of the deeds that seniors
were told of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.family.states import IN_FORCE, DelegationState, EndReason, Relation
from services.people import PHONE
from services.sealing import sealed_as

NAMED = "delegations.named"
ONE_IN_FORCE = "uq_delegations_one_in_force"


def _one_of(column: str, words: Iterable[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(word.value) for word in sorted(words))})"


class FamilyMemberRow(Table):
    """Somebody of a senior's family who signs in with a phone of her own. Not one of `persons`: no register knows her,
    and no benefit, screening or list is about her. A registered senior who acts for somebody else has a row too, which
    leads to her own person; name and phone are then those of the person."""

    __tablename__ = "family_members"
    __table_args__ = (
        UniqueConstraint("person_id"),
        CheckConstraint("(person_id IS NULL) = (phone_index IS NOT NULL)", name="phone"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="sealed"),
        Index("uq_family_members_phone", "phone_index", unique=True),
    )

    name: Mapped[str | None]  # None until she has written it: she was invited by number
    phone_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(PHONE))
    phone_index: Mapped[bytes | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    locale: Mapped[str] = mapped_column(default="zh_Hans")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class DelegationRow(Table):
    """What one family member may do for one senior, from the asking to the end.

    `person_id` is None until somebody has looked up who was named, and stays so where nobody was: to the family member
    both look the same. `named_sealed` is what she wrote. `code` stands in the text messages about it. `agreed_through`
    is the channel of the senior's yes, `witnessed_by` the worker who was there. `known_account` are the last digits of
    her card account when she agreed: a worker looks when they change soon after.
    """

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint(_one_of("state", DelegationState), name="state"),
        CheckConstraint(_one_of("relation", Relation), name="relation"),
        CheckConstraint(_one_of("end_reason", EndReason), name="end_reason"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="why"),
        CheckConstraint("state IN ('asked', 'ended') OR person_id IS NOT NULL", name="person"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes"),
        Index(
            ONE_IN_FORCE,
            "family_member_id",
            "person_id",
            unique=True,
            postgresql_where=_one_of("state", IN_FORCE),
        ),
        Index("ix_delegations_not_looked_up", "asked_at", postgresql_where="looked_up_at IS NULL"),
        Index("ix_delegations_living", "city", "until_on", postgresql_where="state <> 'ended'"),
    )

    family_member_id: Mapped[UUID] = mapped_column(ForeignKey("family_members.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    relation: Mapped[str]
    scopes: Mapped[list[str]]
    state: Mapped[str]
    named_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(NAMED))
    code: Mapped[str]
    until_on: Mapped[date]
    asked_at: Mapped[datetime]
    answer_until_on: Mapped[date]
    looked_up_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    agreed_through: Mapped[str | None]
    witnessed_by: Mapped[UUID | None]
    waits_until_at: Mapped[datetime | None]
    known_account: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class DelegationEventRow(Table):
    """One thing that happened to a delegation. Rows are only added. `facts`: codes and days; `note` is what a worker
    wrote."""

    __tablename__ = "delegation_events"

    delegation_id: Mapped[UUID] = mapped_column(ForeignKey("delegations.id"), index=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    channel: Mapped[str]
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str | None]


class ToldDeedRow(Table):
    """A deed of a delegate that the senior was told of. The record of deeds itself is never changed."""

    __tablename__ = "told_deeds"
    __table_args__ = (UniqueConstraint("audit_entry_id"),)

    audit_entry_id: Mapped[UUID]
    told_at: Mapped[datetime]
