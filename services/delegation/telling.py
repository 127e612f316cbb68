"""Text messages about delegation, to the senior and to her family member; and about help at the desk."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Scope
from services.delegation.views import scopes_of
from services.family import get_family_member, phone_of_family_member
from services.family.tables import DelegationRow
from services.messages import queue_asked_for_message, queue_message
from services.messages.wording import SEVERAL
from services.people import Person

ALL = "all_scopes"


def senior_of(session: Session, row: DelegationRow) -> Person:
    """The senior, as the use cases of this package see her; who acts was checked before."""
    assert row.person_id is not None
    return people.get_person(session, Actor.system(), person_id=row.person_id)


def tell_senior(
    session: Session, row: DelegationRow, template: str, *, now: datetime, **variables: str | int | date
) -> bool:
    """Text the senior; false where she has no mobile phone. Who it is about is in every such text."""
    person = senior_of(session, row)
    phone = people.phone_of(session, person.id)
    if phone is None:
        return False
    queue_message(
        session,
        template,
        city=row.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person.id,
        name=person.masked_name,
        relation=row.relation,
        who=who(session, row),
        **variables,
    )
    return True


def tell_of_desk(
    session: Session, person_id: UUID, template: str, *, worker: str, now: datetime, **variables: str
) -> bool:
    """Text the senior what a worker did for her at the desk; false where she has no mobile phone."""
    person = people.get_person(session, Actor.system(), person_id=person_id)
    phone = people.phone_of(session, person_id)
    if phone is None:
        return False
    queue_message(
        session,
        template,
        city=person.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person_id,
        name=person.masked_name,
        worker=worker,
        **variables,
    )
    return True


def tell_family(
    session: Session, row: DelegationRow, template: str, *, now: datetime, **variables: str | int | date
) -> None:
    """Text the family member, who signed in with this phone or was invited by its number."""
    phone = phone_of_family_member(session, row.family_member_id)
    if phone is None:
        return
    queue_asked_for_message(
        session,
        template,
        city=row.city,
        phone=phone,
        locale=get_family_member(session, row.family_member_id).locale,
        now=now,
        person_id=None,
        name=senior_of(session, row).masked_name,
        **variables,
    )


def who(session: Session, row: DelegationRow) -> str:
    """The family member as a text names her: masked, or by the end of her number where she has not said her name."""
    member = get_family_member(session, row.family_member_id)
    return member.masked_name or (member.masked_phone or "")[-4:]


def matters(row: DelegationRow) -> str:
    """The words of what she may do, as the key of a word or several of them."""
    scopes = scopes_of(row)
    if scopes == frozenset(Scope):
        return ALL
    return SEVERAL.join(scope.value for scope in Scope if scope in scopes)
