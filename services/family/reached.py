"""Whose phone gets what is sent about a senior: the delegates whom she let have it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, exists, literal, select
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
    found = session.execute(
        select(DelegationRow, FamilyMemberRow.locale)
        .join(FamilyMemberRow, FamilyMemberRow.id == DelegationRow.family_member_id)
        .where(DelegationRow.person_id == person_id, *_acts(today, scope))
        .order_by(DelegationRow.agreed_at, DelegationRow.id)
    )
    with_phone = ((row, locale, phone_of_family_member(session, row.family_member_id)) for row, locale in found)
    return tuple(
        Reached(row.family_member_id, row.id, row.relation, locale, phone) for row, locale, phone in with_phone if phone
    )


def is_anybody_reached_for(
    person_id: ColumnElement[UUID], scope: Scope, *, today: ColumnElement[date]
) -> ColumnElement[bool]:
    """Whether `reached_for` would find a delegate, with a phone or without, as a part of somebody else's question."""
    return exists().where(DelegationRow.person_id == person_id, *_acts(today, scope))


def with_delegates(session: Session, person_ids: Collection[UUID], scope: Scope, *, today: date) -> frozenset[UUID]:
    """Those of many people who have a delegate with this scope today."""
    found = session.scalars(
        select(DelegationRow.person_id).where(
            DelegationRow.person_id == any_(literal(list(person_ids), ARRAY(Uuid))), *_acts(today, scope)
        )
    )
    return frozenset(person_id for person_id in found if person_id is not None)


def _acts(today: date | ColumnElement[date], scope: Scope | None) -> Iterator[ColumnElement[bool]]:
    yield DelegationRow.state == DelegationState.ACTIVE
    yield DelegationRow.until_on >= today
    if scope is not None:
        yield DelegationRow.scopes.contains([scope.value])
