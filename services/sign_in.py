"""Signing in with a code by text message, and the sessions that follow: of seniors, and of family members who act for
one.

Answers that depend on counting (a wrong code, too many codes) are values and not exceptions, because the count has to
be committed. A phone that nobody registered is treated in every respect like one that somebody did, except that no
message goes out: who is a member stays unknown. Through the entrance of families any mobile phone gets a code, and
whoever proves one is a family member: that tells nobody anything either.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from services import audit, people
from services.actor import Actor, Capability, Channel, NotAllowed
from services.database.tables import Table, new_id
from services.family import FamilyMember, get_family_member, register_family_member
from services.messages import queue_asked_for_message
from services.people import Person
from services.rate_limits import RateLimit, seconds_to_wait
from services.sealing import vault_of

CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
TRIES = 5
# A senior may press again and again; a community centre has many seniors behind one address.
CODES_PER_PHONE = RateLimit("sign_in_codes_per_phone", 5, timedelta(minutes=10))
CODES_PER_PHONE_AND_DAY = RateLimit("sign_in_codes_per_phone_and_day", 20, timedelta(days=1))
CODES_PER_ADDRESS = RateLimit("sign_in_codes_per_address", 300, timedelta(hours=1))
CHECKS_PER_ADDRESS = RateLimit("sign_in_checks_per_address", 600, timedelta(hours=1))
# Nobody is thrown out in the middle of something; a tablet that lies unused for a month asks again.
SESSION_IDLE = timedelta(days=30)
SESSION_LASTS = timedelta(days=180)
SEEN_EVERY = timedelta(minutes=10)

# Through the entrance of families a code goes to any number that is typed: that must not pay for anybody.
FAMILY_CODES_PER_ADDRESS = RateLimit("family_codes_per_address", 30, timedelta(hours=1))

CODE = "sign_in_codes.code"
TOKEN = "sign_in_sessions.token"  # noqa: S105 - what a hash is made for


class Entrance(StrEnum):
    """As whom somebody signs in."""

    SENIOR = "senior"
    FAMILY = "family"


class CodeRequested(StrEnum):
    """What came of asking for a code."""

    SENT = "sent"
    TOO_MANY = "too_many"


class CodeChecked(StrEnum):
    """What came of entering a code."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    EXPIRED = "expired"
    NO_TRIES_LEFT = "no_tries_left"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class CodeRequest:
    """`wait_seconds` is how long to wait after TOO_MANY."""

    outcome: CodeRequested
    wait_seconds: int = 0


@dataclass(frozen=True)
class CodeCheck:
    """`people` are those who share the phone, after ACCEPTED; more than one must be asked who she is."""

    outcome: CodeChecked
    tries_left: int = 0
    people: tuple[Person, ...] = ()
    wait_seconds: int = 0


@dataclass(frozen=True)
class SignedIn:
    """A live session and whose it is: a senior's, or else a family member's."""

    session_id: UUID
    person: Person | None
    family_member: FamilyMember | None = None


@dataclass(frozen=True)
class OpenSession:
    """A device on which she is signed in; `seen_at` is exact to ten minutes."""

    id: UUID
    opened_at: datetime
    seen_at: datetime
    is_this_one: bool


class SignInCodeRow(Table):
    """The one code that counts for a phone; a new one takes its place."""

    __tablename__ = "sign_in_codes"

    phone_index: Mapped[bytes] = mapped_column(unique=True)
    code_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    tries_left: Mapped[int]
    used_at: Mapped[datetime | None]


class SignInSessionRow(Table):
    """A signed-in tablet, or the phone of a family member."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = (CheckConstraint("num_nonnulls(person_id, family_member_id) = 1", name="whose"),)

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    family_member_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def request_code(
    session: Session, *, phone: str, address: str, city: str, now: datetime, entrance: Entrance = Entrance.SENIOR
) -> CodeRequest:
    """Send a code to `phone`, if somebody is registered with it or a family member signs in. Raises PhoneNumberWrong.

    `address` is where the request came from (an IP address); it is only ever stored as a blind index.
    """
    phone = people.normal_phone(phone)
    per_address = FAMILY_CODES_PER_ADDRESS if entrance is Entrance.FAMILY else CODES_PER_ADDRESS
    # One after the other: who presses on while she has to wait does not use up her codes of the day.
    for limit, subject in (
        (per_address, address),
        (CODES_PER_PHONE, phone),
        (CODES_PER_PHONE_AND_DAY, phone),
    ):
        if wait := seconds_to_wait(session, limit, subject=subject, city=city, now=now):
            return CodeRequest(CodeRequested.TOO_MANY, wait)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    _replace_code(session, phone, code, city=city, now=now)
    _text_code(session, phone, code, entrance, city=city, now=now)
    return CodeRequest(CodeRequested.SENT)


def check_code(
    session: Session,
    *,
    phone: str,
    code: str,
    address: str,
    city: str,
    now: datetime,
    entrance: Entrance = Entrance.SENIOR,
) -> CodeCheck:
    """Compare what was entered with the code that was sent, in constant time. Raises PhoneNumberWrong."""
    phone = people.normal_phone(phone)
    if wait := seconds_to_wait(session, CHECKS_PER_ADDRESS, subject=address, city=city, now=now):
        return CodeCheck(CodeChecked.TOO_MANY, wait_seconds=wait)
    index = vault_of(session).index(phone, context=people.PHONE)
    row = session.scalar(select(SignInCodeRow).where(SignInCodeRow.phone_index == index).with_for_update())
    if row is None or row.used_at is not None or row.expires_at <= now:
        return CodeCheck(CodeChecked.EXPIRED)
    if row.tries_left == 0:
        return CodeCheck(CodeChecked.NO_TRIES_LEFT)
    row.tries_left -= 1
    registered = people.find_people_by_phone(session, phone)
    may_enter = bool(registered) or entrance is Entrance.FAMILY
    if not hmac.compare_digest(row.code_hash, _code_hash(session, phone, code)) or not may_enter:
        session.flush()
        outcome = CodeChecked.WRONG if row.tries_left else CodeChecked.NO_TRIES_LEFT
        return CodeCheck(outcome, row.tries_left)
    row.used_at = now
    session.flush()
    return CodeCheck(CodeChecked.ACCEPTED, people=registered)


def open_session(session: Session, *, person_id: UUID, phone: str, city: str, now: datetime) -> str:
    """A token for a new session of somebody whose phone was just proven. Raises NotAllowed if it is not her phone."""
    if person_id not in {person.id for person in people.find_people_by_phone(session, people.normal_phone(phone))}:
        raise NotAllowed(capability="sign_in")
    actor = Actor.senior(person_id, Channel.SCREEN)
    return _open(session, SignInSessionRow(id=new_id(), city=city, person_id=person_id), actor, now=now)


def open_family_session(session: Session, *, phone: str, city: str, now: datetime, locale: str = "zh_Hans") -> str:
    """A token for a new session of the family member whose phone was just proven. Raises PhoneNumberWrong."""
    member = register_family_member(session, phone=phone, city=city, now=now, locale=locale)
    actor = Actor.family_member(member.id, Channel.SCREEN)
    return _open(session, SignInSessionRow(id=new_id(), city=city, family_member_id=member.id), actor, now=now)


def _open(session: Session, row: SignInSessionRow, actor: Actor, *, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    row.token_hash, row.opened_at, row.seen_at = _token_hash(token), now, now
    session.add(row)
    audit.record(session, actor, "signed_in", city=row.city, person_id=row.person_id, subject_id=row.id, now=now)
    session.flush()
    return token


def signed_in(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """Whose live session this token opens; None once it has ended or was left alone too long."""
    row = session.scalar(
        select(SignInSessionRow).where(SignInSessionRow.token_hash == _token_hash(token), *_is_live(now))
    )
    if row is None:
        return None
    if now - row.seen_at > SEEN_EVERY:
        row.seen_at = now
    if row.person_id is None:
        assert row.family_member_id is not None
        return SignedIn(row.id, None, get_family_member(session, row.family_member_id))
    person = people.get_person(session, Actor.system(Channel.SCREEN), person_id=row.person_id)
    return SignedIn(row.id, person)


def list_sessions(
    session: Session, actor: Actor, *, person_id: UUID, token: str | None = None, now: datetime
) -> tuple[OpenSession, ...]:
    """The devices on which somebody is signed in, the one that was used last coming first. `token`: that of the device
    that asks. Raises NotAllowed."""
    people.require_for(session, actor, Capability.END_SESSIONS, person_id=person_id)
    mine = _token_hash(token) if token else None
    rows = session.scalars(
        select(SignInSessionRow)
        .where(SignInSessionRow.person_id == person_id, *_is_live(now))
        .order_by(SignInSessionRow.seen_at.desc(), SignInSessionRow.id.desc())
    )
    return tuple(OpenSession(row.id, row.opened_at, row.seen_at, row.token_hash == mine) for row in rows)


def end_other_sessions(session: Session, actor: Actor, *, person_id: UUID, token: str | None, now: datetime) -> int:
    """Sign somebody out on every device but that of `token`, and how many they were: after a tablet was lost, on the
    one that is left or, without a token, by the worker at the desk. Raises NotAllowed."""
    others = [
        it.id for it in list_sessions(session, actor, person_id=person_id, token=token, now=now) if not it.is_this_one
    ]
    if others:
        session.execute(update(SignInSessionRow).where(SignInSessionRow.id.in_(others)).values(ended_at=now))
        city = people.get_person(session, Actor.system(), person_id=person_id).city
        audit.record(
            session,
            actor,
            "sessions_ended",
            city=city,
            person_id=person_id,
            subject_id=None,
            now=now,
            count=len(others),
        )
        session.flush()
    return len(others)


def sign_out(session: Session, *, token: str, now: datetime) -> None:
    """End the session of this token; nothing happens for one that has ended."""
    session.execute(
        update(SignInSessionRow)
        .where(SignInSessionRow.token_hash == _token_hash(token), SignInSessionRow.ended_at.is_(None))
        .values(ended_at=now)
    )


def last_signed_in_at(session: Session, person_id: UUID) -> datetime | None:
    """When she last signed in, with a code that was sent to her number; None where she never has. For use cases."""
    opened = select(func.max(SignInSessionRow.opened_at)).where(SignInSessionRow.person_id == person_id)
    return session.scalar(opened)


def forget_old(session: Session, *, now: datetime) -> None:
    """Remove codes that nobody can use any more."""
    session.execute(delete(SignInCodeRow).where(SignInCodeRow.expires_at < now - timedelta(days=1)))


def _is_live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        SignInSessionRow.ended_at.is_(None),
        SignInSessionRow.seen_at > now - SESSION_IDLE,
        SignInSessionRow.opened_at > now - SESSION_LASTS,
    )


def _text_code(session: Session, phone: str, code: str, entrance: Entrance, *, city: str, now: datetime) -> None:
    """Text the code to a registered phone, or to a family member's. For any other one the same work is done and taken
    back, so that the time it takes does not tell who is registered."""
    registered = people.find_people_by_phone(session, phone)
    first = registered[0] if registered else None
    with session.begin_nested() as step:
        queue_asked_for_message(
            session,
            "sign_in_code",
            city=city,
            phone=phone,
            locale=first.locale if first else "zh_Hans",
            now=now,
            person_id=first.id if first else None,
            code=code,
        )
        if first is None and entrance is Entrance.SENIOR:
            step.rollback()


def _replace_code(session: Session, phone: str, code: str, *, city: str, now: datetime) -> None:
    fresh = {
        "code_hash": _code_hash(session, phone, code),
        "expires_at": now + CODE_LASTS,
        "tries_left": TRIES,
        "used_at": None,
    }
    index = vault_of(session).index(phone, context=people.PHONE)
    row = insert(SignInCodeRow).values(id=new_id(), city=city, phone_index=index, **fresh)
    session.execute(row.on_conflict_do_update(index_elements=["phone_index"], set_=fresh))


def _code_hash(session: Session, phone: str, code: str) -> bytes:
    return vault_of(session).index(f"{phone}\0{code}", context=CODE)


def _token_hash(token: str) -> bytes:
    """A token is 32 random bytes, so a plain hash keeps it secret."""
    return sha256(f"{TOKEN}\0{token}".encode()).digest()
