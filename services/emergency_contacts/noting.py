"""Writing down who is to be told when a senior calls for help, and striking somebody out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.database.tables import new_id
from services.emergency_contacts.errors import ContactIsHerself, ContactUnknown, TooManyContacts
from services.emergency_contacts.listing import DEFAULT_LOCALE
from services.emergency_contacts.tables import EmergencyContactRow
from services.family import Relation
from services.messages import queue_message
from services.people import PHONE
from services.sealing import vault_of

MOST_CONTACTS = 5
LONGEST_NAME = 30


def note_contact(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    phone: str,
    relation: Relation,
    name: str | None = None,
    now: datetime,
) -> UUID:
    """The id of a contact who is told from now on, the last of all. Whoever has the phone is told that she was noted,
    and how she says no. Noting a number again changes nothing. Raises NotAllowed, PhoneNumberWrong, ContactIsHerself,
    TooManyContacts."""
    people.require_for(session, actor, Capability.MANAGE_CONTACTS, person_id=person_id)
    phone = people.normal_phone(phone)
    if phone == people.phone_of(session, person_id):
        raise ContactIsHerself()
    people.hold(session, person_id)
    if _count(session, person_id, but=phone) >= MOST_CONTACTS:
        raise TooManyContacts(most=MOST_CONTACTS)
    person = people.get_person(session, Actor.system(), person_id=person_id)
    vault = vault_of(session)
    index = vault.index(phone, context=PHONE)
    new = insert(EmergencyContactRow).values(
        id=new_id(),
        city=person.city,
        person_id=person_id,
        name=(name or "").strip()[:LONGEST_NAME] or None,
        relation=relation,
        phone_sealed=vault.seal(phone, context=PHONE),
        phone_index=index,
        noted_at=now,
    )
    noted: UUID | None = session.scalar(new.on_conflict_do_nothing().returning(EmergencyContactRow.id))
    if noted is None:
        return session.scalars(
            select(EmergencyContactRow.id).where(*_current(person_id), EmergencyContactRow.phone_index == index)
        ).one()
    _record(session, actor, "emergency_contact_noted", person_id, person.city, noted, now, relation=relation.value)
    queue_message(
        session,
        "emergency_contact_noted",
        city=person.city,
        phone=phone,
        locale=DEFAULT_LOCALE,
        now=now,
        name=person.masked_name,
    )
    return noted


def remove_contact(session: Session, actor: Actor, *, person_id: UUID, contact_id: UUID, now: datetime) -> None:
    """Tell this contact no more. Again, nothing happens. A delegate is no contact: that is taken back by itself. Raises
    NotAllowed, ContactUnknown."""
    people.require_for(session, actor, Capability.MANAGE_CONTACTS, person_id=person_id)
    row = session.get(EmergencyContactRow, contact_id, with_for_update=True)
    if row is None or row.person_id != person_id:
        raise ContactUnknown(capability=Capability.MANAGE_CONTACTS.value)
    if row.removed_at is not None:
        return
    row.removed_at = now
    _record(session, actor, "emergency_contact_removed", person_id, row.city, row.id, now)
    session.flush()


def _count(session: Session, person_id: UUID, *, but: str) -> int:
    index = vault_of(session).index(but, context=PHONE)
    counted = select(func.count()).where(*_current(person_id), EmergencyContactRow.phone_index != index)
    return session.scalar(counted) or 0


def _current(person_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return EmergencyContactRow.person_id == person_id, EmergencyContactRow.removed_at.is_(None)


def _record(
    session: Session,
    actor: Actor,
    deed: str,
    person_id: UUID,
    city: str,
    contact_id: UUID,
    now: datetime,
    **facts: str,
) -> None:
    audit.record(session, actor, deed, city=city, person_id=person_id, subject_id=contact_id, now=now, **facts)
