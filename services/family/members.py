"""Family members: found by their phone, registered when they first prove it, named by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.database.tables import new_id
from services.family.states import Relation
from services.family.tables import DelegationRow, FamilyMemberRow
from services.people import PHONE, Person, PersonRow, masked_name, masked_phone, normal_phone, phone_of
from services.sealing import vault_of

LONGEST_NAME = 30


@dataclass(frozen=True)
class FamilyMember:
    """Somebody of a senior's family. `name` is None until she has said it; `person_id`: her own record where she is a
    registered senior herself."""

    id: UUID
    city: str
    name: str | None = field(repr=False)
    masked_phone: str | None
    locale: str
    person_id: UUID | None = None

    @property
    def masked_name(self) -> str | None:
        """The name as it may be shown to others."""
        return masked_name(self.name) if self.name else None


def get_family_member(session: Session, family_member_id: UUID) -> FamilyMember:
    """One family member. For use cases, which have checked the right."""
    return _member(session, session.get_one(FamilyMemberRow, family_member_id))


def find_family_member(session: Session, phone: str) -> FamilyMember | None:
    """Who signs in with this phone as a family member, if anybody does. Raises PhoneNumberWrong."""
    row = _row_of_phone(session, normal_phone(phone))
    return _member(session, row) if row is not None else None


def register_family_member(
    session: Session, *, phone: str, city: str, now: datetime, locale: str = "zh_Hans", is_demonstration: bool = False
) -> FamilyMember:
    """The family member of a phone, new where nobody had it: whoever proves a phone, or is invited by its number, needs
    no other registration. Of two at one moment both get the same. Raises PhoneNumberWrong."""
    phone, vault = normal_phone(phone), vault_of(session)
    new = insert(FamilyMemberRow).values(
        id=new_id(),
        city=city,
        phone_sealed=vault.seal(phone, context=PHONE),
        phone_index=vault.index(phone, context=PHONE),
        locale=locale,
        is_demonstration=is_demonstration,
        created_at=now,
    )
    session.execute(new.on_conflict_do_nothing(index_elements=["phone_index"]))
    row = _row_of_phone(session, phone)
    assert row is not None
    return _member(session, row)


def family_member_of(session: Session, person: Person, *, now: datetime) -> FamilyMember:
    """A registered senior as a family member of others, new where she never was."""
    new = insert(FamilyMemberRow).values(
        id=new_id(),
        city=person.city,
        person_id=person.id,
        locale=person.locale,
        is_demonstration=person.is_demonstration,
        created_at=now,
    )
    session.execute(new.on_conflict_do_nothing(index_elements=["person_id"]))
    row = session.scalars(select(FamilyMemberRow).where(FamilyMemberRow.person_id == person.id)).one()
    return _member(session, row)


def relation_of(session: Session, delegation_id: UUID) -> Relation:
    """What the family member of a delegation is to the senior. For use cases, which have checked the right."""
    return Relation(session.get_one(DelegationRow, delegation_id).relation)


def name_family_member(session: Session, family_member_id: UUID, name: str) -> None:
    """Write down what she is called; blanks around it and what is too long are cut off. A senior's name is that of the
    registers."""
    row = session.get_one(FamilyMemberRow, family_member_id)
    if row.person_id is None and (said := name.strip()[:LONGEST_NAME]):
        row.name = said
        session.flush()


def phone_of_family_member(session: Session, family_member_id: UUID) -> str | None:
    """The full number, for services that send to it; never for a screen."""
    row = session.get_one(FamilyMemberRow, family_member_id)
    if row.person_id is not None:
        return phone_of(session, row.person_id)
    assert row.phone_sealed is not None
    return vault_of(session).open(row.phone_sealed, context=PHONE)


def _row_of_phone(session: Session, phone: str) -> FamilyMemberRow | None:
    index = vault_of(session).index(phone, context=PHONE)
    return session.scalar(select(FamilyMemberRow).where(FamilyMemberRow.phone_index == index))


def _member(session: Session, row: FamilyMemberRow) -> FamilyMember:
    name = session.get_one(PersonRow, row.person_id).name if row.person_id is not None else row.name
    phone = phone_of_family_member(session, row.id)
    return FamilyMember(
        id=row.id,
        city=row.city,
        name=name,
        masked_phone=masked_phone(phone) if phone else None,
        locale=row.locale,
        person_id=row.person_id,
    )
