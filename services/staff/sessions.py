"""Signing in of staff: login name and password, then the code of the authenticator; and the sessions that follow.

Answers that depend on counting are values and not exceptions, because the count has to be committed. Which login names
exist is told by nothing: neither by an answer nor by the time that it takes.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services import audit
from services.actor import ActorKind, Channel
from services.database.tables import new_id
from services.rate_limits import RateLimit, seconds_to_wait
from services.sealing import vault_of
from services.staff import passwords
from services.staff.accounts import StaffMember, member
from services.staff.authenticator import matching_step, normal_recovery_code
from services.staff.tables import AUTHENTICATOR, StaffRecoveryCodeRow, StaffRow, StaffSessionRow

# Ten wrong passwords in a quarter of an hour are somebody's guesses; a whole office sits behind one address.
PASSWORDS_PER_NAME = RateLimit("staff_passwords_per_name", 10, timedelta(minutes=15))
PASSWORDS_PER_ADDRESS = RateLimit("staff_passwords_per_address", 100, timedelta(minutes=15))
# With the right password, codes can be tried: 20 of a million in a quarter of an hour.
CODES_PER_ACCOUNT = RateLimit("staff_codes_per_account", 20, timedelta(minutes=15))
TRIES = 5
# Time to fetch the telephone, and at the first sign-in to install an app on it.
CODE_WITHIN = timedelta(minutes=15)
SESSION_IDLE = timedelta(minutes=30)
# Whoever goes from home to home presses begin and, up to four hours later, end; in between her phone is in her pocket.
SESSION_IDLE_ON_VISITS = timedelta(hours=5)
SESSION_LASTS = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
KEPT_FOR = timedelta(days=30)

TOKEN = "staff_sessions.token"  # noqa: S105 - what a hash is made for
RECOVERY_CODE = "staff_recovery_codes.code"


class PasswordOutcome(StrEnum):
    """What came of a login name and a password."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    TOO_MANY = "too_many"


class CodeOutcome(StrEnum):
    """What came of a code."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    EXPIRED = "expired"
    NO_TRIES_LEFT = "no_tries_left"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class PasswordCheck:
    """After ACCEPTED `token` leads to the code, or to enrolling where `is_enrolled` is False."""

    outcome: PasswordOutcome
    token: str = field(default="", repr=False)
    is_enrolled: bool = False
    wait_seconds: int = 0


@dataclass(frozen=True)
class StaffCodeCheck:
    """After ACCEPTED `token` is the one that opens the session; the former one is worth nothing any more."""

    outcome: CodeOutcome
    token: str = field(default="", repr=False)
    tries_left: int = 0
    wait_seconds: int = 0


def sign_in_staff(
    session: Session, *, login_name: str, password: str, address: str, city: str, now: datetime
) -> PasswordCheck:
    """Compare the password. `address` is where the request came from (an IP address), kept as a blind index only."""
    login_name = login_name.strip().lower()
    for limit, subject in ((PASSWORDS_PER_ADDRESS, address), (PASSWORDS_PER_NAME, login_name)):
        if wait := seconds_to_wait(session, limit, subject=subject, city=city, now=now):
            return PasswordCheck(PasswordOutcome.TOO_MANY, wait_seconds=wait)
    row = session.scalar(select(StaffRow).where(StaffRow.city == city, StaffRow.login_name == login_name))
    if not passwords.is_right(password, row.password_hash if row else None) or row is None:
        return PasswordCheck(PasswordOutcome.WRONG)
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSessionRow(
            id=new_id(),
            city=city,
            token_hash=token_hash(token),
            staff_id=row.id,
            opened_at=now,
            tries_left=TRIES,
            seen_at=now,
        )
    )
    session.flush()
    return PasswordCheck(PasswordOutcome.ACCEPTED, token, is_enrolled=row.enrolled_at is not None)


def prove_staff(session: Session, *, token: str, code: str, now: datetime) -> StaffCodeCheck:
    """Compare the code of the authenticator, or a recovery code, and sign in. Each code counts once."""
    begun = begun_sign_in(session, token, now=now)
    if begun is None:
        return StaffCodeCheck(CodeOutcome.EXPIRED)
    if begun.tries_left == 0:
        return StaffCodeCheck(CodeOutcome.NO_TRIES_LEFT)
    row = session.get_one(StaffRow, begun.staff_id, with_for_update=True)
    if wait := seconds_to_wait(session, CODES_PER_ACCOUNT, subject=str(row.id), city=row.city, now=now):
        return StaffCodeCheck(CodeOutcome.TOO_MANY, wait_seconds=wait)
    begun.tries_left -= 1
    if row.enrolled_at is None or not (_is_shown_now(session, row, code, now) or _is_kept(session, row, code, now)):
        session.flush()
        outcome = CodeOutcome.WRONG if begun.tries_left else CodeOutcome.NO_TRIES_LEFT
        return StaffCodeCheck(outcome, tries_left=begun.tries_left)
    return prove(session, begun, row, now=now)


def prove(session: Session, begun: StaffSessionRow, row: StaffRow, *, now: datetime) -> StaffCodeCheck:
    """Make a session of a sign-in whose code was right, under a new token."""
    token = secrets.token_urlsafe(32)
    begun.token_hash = token_hash(token)
    begun.proven_at = begun.seen_at = now
    actor = member(row).acting(Channel.SCREEN)
    audit.record(session, actor, "staff_signed_in", city=row.city, person_id=None, subject_id=begun.id, now=now)
    session.flush()
    return StaffCodeCheck(CodeOutcome.ACCEPTED, token)


def signed_in_staff(session: Session, *, token: str, now: datetime, is_used: bool = True) -> StaffMember | None:
    """Whose live session this token opens; None before the code, after half an hour unused (a care worker's: five
    hours), and after twelve hours in any case. `is_used`: false where a page asks by itself, and nobody sits there."""
    found = session.execute(
        select(StaffSessionRow, StaffRow)
        .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
        .where(
            StaffSessionRow.token_hash == token_hash(token),
            StaffSessionRow.proven_at > now - SESSION_LASTS,
            StaffSessionRow.ended_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    opened, row = found
    if opened.seen_at <= now - idle_of(row):
        return None
    if is_used and now - opened.seen_at > SEEN_EVERY:
        opened.seen_at = now
    return member(row)


def idle_of(row: StaffRow) -> timedelta:
    """How long a session of hers may lie unused."""
    return SESSION_IDLE_ON_VISITS if row.role == ActorKind.CARE_WORKER else SESSION_IDLE


def sign_out_staff(session: Session, *, token: str, now: datetime) -> None:
    """End the session of this token; nothing happens for one that has ended."""
    session.execute(
        update(StaffSessionRow)
        .where(StaffSessionRow.token_hash == token_hash(token), StaffSessionRow.ended_at.is_(None))
        .values(ended_at=now)
    )


def begun_sign_in(session: Session, token: str, *, now: datetime) -> StaffSessionRow | None:
    """The sign-in whose password was right and whose code is awaited, held until commit; None for any other."""
    return session.scalar(
        select(StaffSessionRow)
        .where(
            StaffSessionRow.token_hash == token_hash(token),
            StaffSessionRow.proven_at.is_(None),
            StaffSessionRow.ended_at.is_(None),
            StaffSessionRow.opened_at > now - CODE_WITHIN,
        )
        .with_for_update()
    )


def recovery_hash(session: Session, code: str) -> bytes:
    """What is stored of a recovery code: a keyed hash, since its 49 bits could be guessed from a plain one."""
    return vault_of(session).index(normal_recovery_code(code), context=RECOVERY_CODE)


def forget_old(session: Session, *, now: datetime) -> None:
    """Remove sessions that ended long ago; who signed in stays in the record of deeds."""
    session.execute(delete(StaffSessionRow).where(StaffSessionRow.opened_at < now - KEPT_FOR))


def _is_shown_now(session: Session, row: StaffRow, code: str, now: datetime) -> bool:
    secret = vault_of(session).open(row.authenticator_sealed, context=AUTHENTICATOR)
    step = matching_step(secret, re.sub(r"\s", "", code), now=now, last_step=row.last_step)
    if step is None:
        return False
    row.last_step = step
    return True


def _is_kept(session: Session, row: StaffRow, code: str, now: datetime) -> bool:
    kept = session.scalar(
        select(StaffRecoveryCodeRow)
        .where(
            StaffRecoveryCodeRow.staff_id == row.id,
            StaffRecoveryCodeRow.code_hash == recovery_hash(session, code),
            StaffRecoveryCodeRow.used_at.is_(None),
        )
        .with_for_update()
    )
    if kept is None:
        return False
    kept.used_at = now
    return True


def token_hash(token: str) -> bytes:
    """A token is 32 random bytes, so a plain hash keeps it secret."""
    return sha256(f"{TOKEN}\0{token}".encode()).digest()
