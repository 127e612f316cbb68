"""Seniors: who they are, where they live, how to reach them.

ID numbers, phones and addresses are sealed in the database and found through blind indexes; what leaves this module for
a screen is masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from operator import mul
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Row, Select, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.util import identity_key

from services import audit
from services.actor import Actor, ActorKind, Capability, NotAllowed, require
from services.ages import completed_years
from services.clock import SystemClock
from services.database import Table, ask, new_id
from services.errors import ServiceError
from services.sealing import sealed_as, vault_of

PHONE = "persons.phone"
ID_NUMBER = "persons.id_number"
ADDRESS = "persons.address"
READS = "person_reads"

MOBILE = re.compile("1[3-9][0-9]{9}")
MOBILE_DIGITS = 11
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK_DIGITS = "10X98765432"


class PhoneNumberWrong(ServiceError):
    """Not a mobile number of the mainland: eleven digits that begin with 13 to 19. `digits`: how many there were."""

    code = "phone_number_wrong"


class IdNumberWrong(ServiceError):
    """Not an ID number: 18 characters with the right check digit (GB 11643)."""

    code = "id_number_wrong"


class Hukou(StrEnum):
    """Where somebody's household is registered."""

    SHENZHEN = "shenzhen"
    ELSEWHERE = "elsewhere"
    HK_MO_TW = "hk_mo_tw"


class IncomeClass(StrEnum):
    """特困, 低保, 低保边缘 or none of them."""

    DESTITUTE = "destitute"
    MINIMUM_LIVING = "minimum_living"
    MINIMUM_LIVING_MARGIN = "minimum_living_margin"
    NONE = "none"


class PersonRow(Table):
    """A person, as stored. What no source has said yet is NULL; `services.registry` knows who said the rest."""

    __tablename__ = "persons"
    __table_args__ = (
        CheckConstraint("sex IN ('female', 'male')", name="sex"),
        CheckConstraint("ability_level BETWEEN 0 AND 4", name="ability_level"),
        CheckConstraint("card_last_four ~ '^[0-9]{4}$'", name="card_last_four"),
        CheckConstraint("died_on >= birth_on", name="died_on"),
    )

    name: Mapped[str]
    sex: Mapped[str]
    birth_on: Mapped[date]
    id_number_sealed: Mapped[bytes] = mapped_column(info=sealed_as(ID_NUMBER))
    id_number_index: Mapped[bytes] = mapped_column(unique=True)
    died_on: Mapped[date | None]
    phone_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(PHONE))
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    address_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(ADDRESS))
    address_index: Mapped[bytes | None]
    hukou: Mapped[str]
    hukou_district: Mapped[str | None]
    hukou_changed_on: Mapped[date | None]
    resident: Mapped[bool | None]
    district: Mapped[str | None]
    street: Mapped[str | None]
    community: Mapped[str | None]
    income_class: Mapped[str | None]
    three_withouts: Mapped[bool | None]
    special_care: Mapped[bool | None]
    bereaved_single_child_family: Mapped[bool | None]
    ability_level: Mapped[int | None]
    can_look_after_self: Mapped[bool | None]
    ability_assessed_on: Mapped[date | None]
    lives_alone: Mapped[bool | None]
    has_card: Mapped[bool | None]
    card_last_four: Mapped[str | None]
    card_holder_matches: Mapped[bool | None]
    locale: Mapped[str] = mapped_column(default="zh_Hans")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


# An object of the session, or nothing but its columns.
Stored = PersonRow | Row[Any]


@dataclass(frozen=True)
class Person:
    """A person, as use cases hand her out. Districts are names (罗湖区); `None` means not known, never no.

    `died_on` is the exception: None means that no death is known. `ability_level`: 0 intact to 4 complete loss (GB/T
    42195), as of `ability_assessed_on`. `hukou_changed_on`: when her household came to, or left, `hukou_district`.
    """

    id: UUID
    city: str
    name: str = field(repr=False)
    sex: str
    birth_on: date = field(repr=False)
    masked_phone: str | None
    hukou: Hukou
    hukou_district: str | None
    district: str | None
    street: str | None
    community: str | None
    income_class: IncomeClass | None
    special_care: bool | None
    bereaved_single_child_family: bool | None
    lives_alone: bool | None
    locale: str
    is_demonstration: bool
    died_on: date | None = field(default=None, repr=False)
    hukou_changed_on: date | None = None
    resident: bool | None = None
    three_withouts: bool | None = None
    ability_level: int | None = None
    can_look_after_self: bool | None = None
    ability_assessed_on: date | None = None
    has_card: bool | None = None
    card_last_four: str | None = None
    card_holder_matches: bool | None = None
    # As it is stored: whoever writes to her opens it, and nobody else can.
    phone_sealed: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def masked_name(self) -> str:
        """The name as it may be shown to others."""
        return masked_name(self.name)

    def age_on(self, day: date) -> int:
        """Completed years on `day`, as `services.ages` counts them."""
        return completed_years(self.birth_on, day)


@dataclass(frozen=True)
class NewPerson:
    """What is needed to add a person. Raises nothing itself; `add_person` checks. `None`: not known."""

    name: str
    sex: str
    birth_on: date
    id_number: str
    phone: str
    address: str
    hukou: Hukou
    hukou_district: str | None
    district: str
    street: str
    community: str
    income_class: IncomeClass | None = None
    special_care: bool | None = None
    bereaved_single_child_family: bool | None = None
    lives_alone: bool | None = None
    hukou_changed_on: date | None = None
    resident: bool | None = None
    three_withouts: bool | None = None
    ability_level: int | None = None
    can_look_after_self: bool | None = None
    ability_assessed_on: date | None = None
    has_card: bool | None = None
    card_last_four: str | None = None
    card_holder_matches: bool | None = None
    is_demonstration: bool = False


HELD = select(PersonRow.id).where(PersonRow.id == bindparam("person_id")).with_for_update()
SHOWN = {each.name for each in fields(Person)}
HANDED_OUT_AS_STORED = SHOWN - {"masked_phone", "hukou", "income_class"}
COLUMNS = [column for column in PersonRow.__table__.columns if column.key in SHOWN]
PERSON = select(*COLUMNS).where(PersonRow.id == bindparam("person_id"))
HELD_PERSON = PERSON.with_for_update()
STORED_AS_SAID = {each.name for each in fields(NewPerson)} - {"id_number", "phone", "address"}


def masked_name(name: str) -> str:
    """The first and the last character, as Chinese notices print names.

    >>> masked_name("陈丽英"), masked_name("陈英"), masked_name("欧阳建国")
    ('陈*英', '陈*', '欧**国')
    """
    return f"{name[0]}*" if len(name) <= 2 else f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def masked_phone(phone: str) -> str:
    """The first three and the last four digits.

    >>> masked_phone("15400000001")
    '154****0001'
    """
    return f"{phone[:3]}****{phone[-4:]}"


def normal_phone(text: str) -> str:
    """Eleven digits from a mobile number as people type it: spaces, dashes, full-width digits, +86. Raises
    PhoneNumberWrong.

    >>> normal_phone("+86 154-0000-0001")
    '15400000001'
    """
    compact = re.sub(r"[\s\-()—–]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub("^(\\+?86|0086)(?=1[0-9]{10}$)", "", compact)
    if not MOBILE.fullmatch(digits):
        raise PhoneNumberWrong(digits=sum(c.isdigit() for c in digits), expected=MOBILE_DIGITS)
    return digits


def id_check_digit(first_seventeen: str) -> str:
    """The 18th character of an ID number (GB 11643, ISO 7064 MOD 11-2).

    >>> id_check_digit("11010519491231002")
    'X'
    """
    total = sum(map(mul, map(int, first_seventeen), ID_WEIGHTS))
    return ID_CHECK_DIGITS[total % 11]


def normal_id_number(text: str) -> str:
    """An ID number in capitals with its check digit proven. Raises IdNumberWrong."""
    number = unicodedata.normalize("NFKC", text).strip().upper()
    if not re.fullmatch("[0-9]{17}[0-9X]", number) or id_check_digit(number[:17]) != number[17]:
        raise IdNumberWrong()
    return number


def add_person(session: Session, actor: Actor, new: NewPerson, *, city: str, now: datetime) -> Person:
    """A new person. Only the system adds people; raises NotAllowed, PhoneNumberWrong, IdNumberWrong."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="add_person")
    vault = vault_of(session)
    phone, id_number = normal_phone(new.phone), normal_id_number(new.id_number)
    # What is stored as it was said; the rest is sealed below.
    said = {name: getattr(new, name) for name in STORED_AS_SAID}
    row = PersonRow(
        id=new_id(),
        city=city,
        id_number_sealed=vault.seal(id_number, context=ID_NUMBER),
        id_number_index=vault.index(id_number, context=ID_NUMBER),
        phone_sealed=vault.seal(phone, context=PHONE),
        phone_index=vault.index(phone, context=PHONE),
        address_sealed=vault.seal(new.address, context=ADDRESS),
        address_index=vault.index(new.address, context=ADDRESS),
        locale="zh_Hans",
        created_at=now,
        **said,
    )
    session.add(row)
    session.flush()
    return _person(session, row)


def get_person(session: Session, actor: Actor, *, person_id: UUID) -> Person:
    """One person. Raises NotAllowed, also for an id that nobody has: who exists is nobody else's business.

    Each read by one of the staff, or by a delegate, goes into the record of deeds.
    """
    return _seen(session, actor, person_id, session.get(PersonRow, person_id))


def glance_at_person(session: Session, actor: Actor, *, person_id: UUID) -> Person:
    """The same where it is asked once in a press of one of thousands: the session does not keep her for later."""
    return _seen(session, actor, person_id, ask(session, PERSON, {"person_id": person_id}).one_or_none())


def _seen(session: Session, actor: Actor, person_id: UUID, row: Stored | None) -> Person:
    if row is None:
        raise NotAllowed(capability=Capability.SEE_PERSON.value)
    require(actor, Capability.SEE_PERSON, person_id=person_id, community=row.community, district=row.district)
    if actor.is_staff or actor.kind is ActorKind.DELEGATE:
        _record_read(session, actor, row)
    return _person(session, row)


def note_delegate(session: Session, actor: Actor, person_id: UUID) -> None:
    """Write down that a delegate looked at what is hers, where it is one who acts."""
    if actor.kind is ActorKind.DELEGATE:
        _record_read(session, actor, session.get_one(PersonRow, person_id))


def _record_read(session: Session, actor: Actor, row: Stored) -> None:
    """Once for each transaction, however many use cases of one page look at her."""
    transaction = session.get_nested_transaction() or session.get_transaction()
    reads = session.info.setdefault(READS, {})
    if transaction is not None and reads.get((actor.id, row.id)) is transaction:
        return
    # The one time that is the machine's own and not an argument: a read happens when it happens, also while another
    # day is tried out.
    now = SystemClock().now()
    audit.record(session, actor, "person_read", city=row.city, person_id=row.id, subject_id=None, now=now)
    reads[actor.id, row.id] = transaction


def require_for(session: Session, actor: Actor, capability: Capability, *, person_id: UUID) -> None:
    """Return if the actor may do this to the affairs of `person_id`, whose community is looked up where a worker acts.
    Whatever a delegate does or sees by it goes into the record of deeds as a read. Raises NotAllowed, also for an id
    that nobody has."""
    row = session.get(PersonRow, person_id) if actor.kind is ActorKind.COMMUNITY_WORKER else None
    require(
        actor,
        capability,
        person_id=person_id,
        community=row.community if row else None,
        district=row.district if row else None,
    )
    note_delegate(session, actor, person_id)


def find_people_by_phone(session: Session, phone: str) -> tuple[Person, ...]:
    """Everybody who is reached by this phone, oldest record first; couples often share one. For other services."""
    index = vault_of(session).index(phone, context=PHONE)
    rows = session.scalars(select(PersonRow).where(PersonRow.phone_index == index).order_by(PersonRow.id))
    return tuple(_person(session, row) for row in rows)


def find_people_by_name(session: Session, actor: Actor, *, name: str) -> tuple[Person, ...]:
    """Everybody of this name. Only for the system: the command line finds demo people so. Raises NotAllowed."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="find_people")
    rows = session.scalars(select(PersonRow).where(PersonRow.name == name).order_by(PersonRow.id))
    return tuple(_person(session, row) for row in rows)


def phone_of(session: Session, person_id: UUID) -> str | None:
    """The full phone number, for services that send to it; never for a screen. None where no mobile number is known."""
    row = session.get_one(PersonRow, person_id)
    return vault_of(session).open(row.phone_sealed, context=PHONE) if row.phone_sealed is not None else None


def phone_to_reach(session: Session, person: Person) -> str | None:
    """The same for somebody at hand, as it was when she was looked up."""
    return vault_of(session).open(person.phone_sealed, context=PHONE) if person.phone_sealed is not None else None


def address_of(session: Session, person_id: UUID) -> str | None:
    """The full address of her home, for those who bring something there or visit her; None where it is not known."""
    row = session.get_one(PersonRow, person_id)
    return vault_of(session).open(row.address_sealed, context=ADDRESS) if row.address_sealed is not None else None


def addresses_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """The same of many, without those of whom none is known."""
    asked = select(PersonRow.id, PersonRow.address_sealed).where(PersonRow.id.in_(person_ids))
    vault = vault_of(session)
    return {person_id: vault.open(sealed, context=ADDRESS) for person_id, sealed in session.execute(asked) if sealed}


def city_of(session: Session, person_id: UUID) -> str:
    """The city whose person she is, for services that write something down about her."""
    return session.get_one(PersonRow, person_id).city


def masked_names_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Masked names by id, for services that list deeds about people."""
    rows = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(person_ids)))
    return {person_id: masked_name(name) for person_id, name in rows}


def who_died(city: str) -> Select[UUID]:
    """The ids of those of a city whose death is known, as a part of another service's question."""
    return select(PersonRow.id).where(PersonRow.city == city, PersonRow.died_on.is_not(None))


def hold_person(session: Session, actor: Actor, *, person_id: UUID) -> Person:
    """The person as she is now, held as by `hold`: what she may have does not change between looking and booking.
    Raises what `get_person` raises."""
    known = session.identity_map.get(identity_key(PersonRow, person_id))
    if known is not None:
        # Whoever looked before goes on with the same object.
        session.refresh(known, with_for_update=True)
        return get_person(session, actor, person_id=person_id)
    return _seen(session, actor, person_id, ask(session, HELD_PERSON, {"person_id": person_id}).one_or_none())


def hold(session: Session, person_id: UUID) -> None:
    """Wait for, and then keep until commit, the sole right to change this person's affairs. Two wishes of one person
    that arrive at the same moment are then decided one after the other."""
    ask(session, HELD, {"person_id": person_id})


def _person(session: Session, row: Stored) -> Person:
    phone = vault_of(session).open(row.phone_sealed, context=PHONE) if row.phone_sealed is not None else None
    return Person(
        masked_phone=masked_phone(phone) if phone else None,
        hukou=Hukou(row.hukou),
        income_class=IncomeClass(row.income_class) if row.income_class else None,
        **{name: getattr(row, name) for name in HANDED_OUT_AS_STORED},
    )
