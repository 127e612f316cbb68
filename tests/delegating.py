"""Family members, what they ask and what they may do, for tests of delegation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor, ActorKind, Channel, Scope
from services.database import new_id
from services.delegation import (
    Delegation,
    Evidence,
    Request,
    Witness,
    act_for,
    agree_to_delegate,
    ask_to_act,
    delegates_of,
    look_up_requests,
)
from services.family import FamilyMember, Relation, name_family_member, register_family_member
from services.family.tables import DelegationRow
from services.messages import OutgoingMessage
from services.people import PHONE, Person
from services.sealing import vault_of
from tests.opened import EVERY_RECORD

CITY = "shenzhen"
# 24 November 2026, 09:05 in Shenzhen.
NOW = datetime(2026, 11, 24, 1, 5, tzinfo=UTC)
# A delegate who was agreed to without a worker may do everything from then on.
NEXT_DAY = NOW + timedelta(hours=25)
DAUGHTERS_PHONE, SONS_PHONE = "15400000201", "15400000202"
EVERYTHING = frozenset(Scope)
SYSTEM = Actor.system()
PAPER = Witness(Evidence.SIGNED_PAPER, "本人签字,已核对身份证")


def family_member(
    session: Session, *, phone: str = DAUGHTERS_PHONE, name: str = "林小红", now: datetime = NOW
) -> FamilyMember:
    """Somebody who has signed in as a family member and written her name."""
    member = register_family_member(session, phone=phone, city=CITY, now=now)
    name_family_member(session, member.id, name)
    return register_family_member(session, phone=phone, city=CITY, now=now)


def as_family(member: FamilyMember, channel: Channel = Channel.SCREEN) -> Actor:
    """She acts in her own matters."""
    return Actor.family_member(member.id, channel)


def herself(person: Person, channel: Channel = Channel.SCREEN) -> Actor:
    """The senior acts."""
    return Actor.senior(person.id, channel)


def worker_of(person: Person) -> Actor:
    """A worker of the senior's community."""
    return Actor.staff(
        ActorKind.COMMUNITY_WORKER,
        new_id(),
        Channel.SCREEN,
        person.community,
        person.district,
        open_records=EVERY_RECORD,
    )


def ask(
    session: Session,
    member: FamilyMember,
    name: str,
    number: str,
    *,
    relation: Relation = Relation.DAUGHTER,
    scopes: Iterable[Scope] = EVERYTHING,
    now: datetime = NOW,
) -> Request:
    """She asks, and the job looks up whom she named."""
    request = ask_to_act(
        session, as_family(member), name=name, number=number, relation=relation, scopes=frozenset(scopes), now=now
    )
    look_up_requests(joined(session), now=now)
    session.expire_all()
    return request


def asked_for(
    session: Session,
    person: Person,
    phone: str,
    *,
    member: FamilyMember | None = None,
    now: datetime = NOW,
    **about: object,
) -> Delegation:
    """A request that reached this senior, as she sees it."""
    request = ask(session, member or family_member(session), person.name, phone, now=now, **about)  # type: ignore[arg-type]
    return next(
        each for each in delegates_of(session, herself(person), person_id=person.id, now=now) if each.id == request.id
    )


def agreed_with(
    session: Session, person: Person, phone: str, *, now: datetime = NOW, witness: bool = False, **about: object
) -> Delegation:
    """A delegation in force; with a worker as witness where `witness`."""
    asked = asked_for(session, person, phone, now=now, **about)  # type: ignore[arg-type]
    if witness:
        return agree_to_delegate(session, worker_of(person), delegation_id=asked.id, now=now, witness=PAPER)
    return agree_to_delegate(session, herself(person), delegation_id=asked.id, now=now)


def acting(
    session: Session, delegation: Delegation, *, now: datetime = NEXT_DAY, channel: Channel = Channel.SCREEN
) -> Actor:
    """The family member of this delegation, acting."""
    own = Actor.family_member(delegation.family_member_id, channel)
    return act_for(session, own, delegation_id=delegation.id, channel=channel, now=now)


def joined(session: Session) -> sessionmaker[Session]:
    """Sessions for jobs, which join the test's own transaction."""
    session.flush()
    return sessionmaker(session.connection(), info=session.info, join_transaction_mode="create_savepoint")


def texts_at(session: Session, phone: str) -> list[str]:
    """The templates of all messages to this phone, in order."""
    index = vault_of(session).index(phone, context=PHONE)
    sent = select(OutgoingMessage.template).where(OutgoingMessage.phone_index == index)
    return list(session.scalars(sent.order_by(OutgoingMessage.queued_at, OutgoingMessage.id)))


def row_of(session: Session, delegation: Delegation | Request) -> DelegationRow:
    """It as it is stored."""
    return session.get_one(DelegationRow, delegation.id, populate_existing=True)
