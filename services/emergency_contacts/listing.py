"""Who can be reached for a senior: delegates whom she let be called, and contacts who were noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability, Scope
from services.clock import local_day
from services.emergency_contacts.tables import EmergencyContactRow
from services.family import Relation, get_family_member, reached_for
from services.people import PHONE, masked_name, masked_phone
from services.sealing import vault_of

DEFAULT_LOCALE = "zh_Hans"


@dataclass(frozen=True)
class Contact:
    """Somebody who can be called for a senior. `id` is that of the noted contact, or of the family member who is a
    delegate; `phone` is the full number, for whoever calls: the senior herself and those who help her."""

    id: UUID
    relation: Relation
    name: str | None = field(repr=False)
    phone: str = field(repr=False)
    locale: str
    is_delegate: bool

    @property
    def masked_name(self) -> str | None:
        """The name as it may be shown to others."""
        return masked_name(self.name) if self.name else None

    @property
    def masked_phone(self) -> str:
        """The number as it may be shown to others."""
        return masked_phone(self.phone)


def emergency_contacts_of(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> tuple[Contact, ...]:
    """Who is told when she calls for help, in this order. For herself and a worker of her community. Raises
    NotAllowed."""
    people.require_for(session, actor, Capability.MANAGE_CONTACTS, person_id=person_id)
    return told_in_emergency(session, person_id, now=now)


def family_to_call(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> tuple[Contact, ...]:
    """Everybody of hers whose number is known: all her delegates, and the contacts. Raises NotAllowed."""
    people.require_for(session, actor, Capability.MANAGE_CONTACTS, person_id=person_id)
    return _each_phone_once(_delegates(session, person_id, None, now) + _noted(session, person_id))


def told_in_emergency(session: Session, person_id: UUID, *, now: datetime) -> tuple[Contact, ...]:
    """The same for services: delegates come first, who have proved their phone and said yes, then the contacts in the
    order in which they were noted. One phone is told once."""
    return _each_phone_once(_delegates(session, person_id, Scope.EMERGENCIES, now) + _noted(session, person_id))


def _delegates(session: Session, person_id: UUID, scope: Scope | None, now: datetime) -> list[Contact]:
    return [
        Contact(
            id=each.family_member_id,
            relation=Relation(each.relation),
            name=get_family_member(session, each.family_member_id).name,
            phone=each.phone,
            locale=each.locale,
            is_delegate=True,
        )
        for each in reached_for(session, person_id, scope, today=local_day(now))
    ]


def _noted(session: Session, person_id: UUID) -> list[Contact]:
    rows = session.scalars(
        select(EmergencyContactRow)
        .where(EmergencyContactRow.person_id == person_id, EmergencyContactRow.removed_at.is_(None))
        .order_by(EmergencyContactRow.id)
    )
    vault = vault_of(session)
    return [
        Contact(
            id=row.id,
            relation=Relation(row.relation),
            name=row.name,
            phone=vault.open(row.phone_sealed, context=PHONE),
            locale=DEFAULT_LOCALE,
            is_delegate=False,
        )
        for row in rows
    ]


def _each_phone_once(contacts: list[Contact]) -> tuple[Contact, ...]:
    first: dict[str, Contact] = {}
    for contact in contacts:
        first.setdefault(contact.phone, contact)
    return tuple(first.values())
