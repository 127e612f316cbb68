"""Whose phone gets what is sent about a senior: the delegates whom she let have it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.actor import Scope
from services.family.members import phone_of_family_member
from services.family.states import DelegationState
from services.family.tables import DelegationRow, FamilyMemberRow


@dataclass(frozen=True)
class Reached:
    """A delegate who is to get something: `phone` is where, and never for a screen."""

    family_member_id: UUID
    delegation_id: UUID
    relation: str
    locale: str
    phone: str = field(repr=False)


def reached_for(session: Session, person_id: UUID, scope: Scope | None, *, today: date) -> tuple[Reached, ...]:
    """The delegates of this senior who have this scope today, the first agreed first; only those with a phone. Without
    a scope everybody who may act for her today."""
    ticked = (DelegationRow.scopes.contains([scope.value]),) if scope is not None else ()
    found = session.execute(
        select(DelegationRow, FamilyMemberRow.locale)
        .join(FamilyMemberRow, FamilyMemberRow.id == DelegationRow.family_member_id)
        .where(
            DelegationRow.person_id == person_id,
            DelegationRow.state == DelegationState.ACTIVE,
            DelegationRow.until_on >= today,
            *ticked,
        )
        .order_by(DelegationRow.agreed_at, DelegationRow.id)
    )
    with_phone = ((row, locale, phone_of_family_member(session, row.family_member_id)) for row, locale in found)
    return tuple(
        Reached(row.family_member_id, row.id, row.relation, locale, phone) for row, locale, phone in with_phone if phone
    )


def with_delegates(session: Session, person_ids: Collection[UUID], scope: Scope, *, today: date) -> frozenset[UUID]:
    """Those of many people who have a delegate with this scope today."""
    found = session.scalars(
        select(DelegationRow.person_id).where(
            DelegationRow.person_id == any_(literal(list(person_ids), ARRAY(Uuid))),
            DelegationRow.state == DelegationState.ACTIVE,
            DelegationRow.until_on >= today,
            DelegationRow.scopes.contains([scope.value]),
        )
    )
    return frozenset(person_id for person_id in found if person_id is not None)
