"""The demonstration's families: a son far away who acts for his mother, a daughter who has just asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Channel, Scope
from services.delegation import agree_to_delegate, ask_to_act
from services.delegation.asking import look_up
from services.family import FamilyMember, Relation, name_family_member, register_family_member
from services.family.tables import DelegationRow, FamilyMemberRow
from services.messages import OutgoingMessage
from services.people import PersonRow, phone_of

# Nobody's number begins with 154.
SON, DAUGHTER = ("周明", "15400000021"), ("黄美玲", "15400000022")
MOTHER_OF_SON, MOTHER_OF_DAUGHTER = "周月娥", "黄婉仪"
AGREED_AGO = timedelta(days=40)


def prepare_families(session: Session, *, city: str, now: datetime) -> None:
    """Add them once; the people must be there."""
    if session.scalar(select(FamilyMemberRow.id).where(FamilyMemberRow.is_demonstration).limit(1)) is not None:
        return
    son, begun = _member(session, *SON, city=city, now=now), now - AGREED_AGO
    mother = _demo_person(session, MOTHER_OF_SON)
    delegation = _ask(session, son, mother, Relation.SON, now=begun)
    herself = Actor.senior(mother.id, Channel.SCREEN)
    agree_to_delegate(session, herself, delegation_id=delegation.id, now=begun)
    # What was texted forty days ago is on nobody's phone today.
    session.flush()
    for message in session.scalars(select(OutgoingMessage).where(OutgoingMessage.queued_at == begun)):
        session.delete(message)
    daughter = _member(session, *DAUGHTER, city=city, now=now)
    _ask(session, daughter, _demo_person(session, MOTHER_OF_DAUGHTER), Relation.DAUGHTER, now=now)


def _member(session: Session, name: str, phone: str, *, city: str, now: datetime) -> FamilyMember:
    member = register_family_member(session, phone=phone, city=city, now=now, is_demonstration=True)
    name_family_member(session, member.id, name)
    return member


def _demo_person(session: Session, name: str) -> PersonRow:
    named = select(PersonRow).where(PersonRow.is_demonstration, PersonRow.name == name)
    return session.scalars(named.order_by(PersonRow.id).limit(1)).one()


def _ask(
    session: Session, member: FamilyMember, senior: PersonRow, relation: Relation, *, now: datetime
) -> DelegationRow:
    request = ask_to_act(
        session,
        Actor.family_member(member.id, Channel.SCREEN),
        name=senior.name,
        number=phone_of(session, senior.id) or "",
        relation=relation,
        scopes=frozenset(Scope),
        now=now,
    )
    row = session.get_one(DelegationRow, request.id)
    look_up(session, row, now=now)
    return row
