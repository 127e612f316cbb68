"""The first sign-in: a password of her own and her authenticator, which counts once it showed the right code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from services import audit
from services.actor import Channel
from services.database.tables import new_id
from services.sealing import vault_of
from services.staff.accounts import member
from services.staff.authenticator import address_for_app, matching_step, new_recovery_codes
from services.staff.passwords import check_strength, hashed
from services.staff.sessions import CodeOutcome, StaffCodeCheck, begun_sign_in, prove, recovery_hash
from services.staff.tables import AUTHENTICATOR, StaffRecoveryCodeRow, StaffRow

ISSUER = "Yinian"


@dataclass(frozen=True)
class Enrolment:
    """What the page of the first sign-in shows. `address` goes into the QR code, `secret` is for typing."""

    login_name: str
    address: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Enrolled:
    """What came of it. `recovery_codes` are shown this once and stored as hashes; empty unless ACCEPTED."""

    check: StaffCodeCheck
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


def enrolment_of(session: Session, *, token: str, now: datetime) -> Enrolment | None:
    """What somebody needs who gave the right password and is not enrolled; None for anybody else."""
    begun = begun_sign_in(session, token, now=now)
    row = session.get_one(StaffRow, begun.staff_id) if begun else None
    if row is None or row.enrolled_at is not None:
        return None
    secret = vault_of(session).open(row.authenticator_sealed, context=AUTHENTICATOR)
    return Enrolment(row.login_name, address_for_app(secret, login_name=row.login_name, issuer=ISSUER), secret)


def enrol_staff(session: Session, *, token: str, code: str, password: str, now: datetime) -> Enrolled:
    """Take her new password and her authenticator, and sign her in. Raises PasswordTooWeak before anything changes."""
    begun = begun_sign_in(session, token, now=now)
    if begun is None:
        return Enrolled(StaffCodeCheck(CodeOutcome.EXPIRED))
    row = session.get_one(StaffRow, begun.staff_id, with_for_update=True)
    if row.enrolled_at is not None:
        return Enrolled(StaffCodeCheck(CodeOutcome.EXPIRED))
    if begun.tries_left == 0:
        return Enrolled(StaffCodeCheck(CodeOutcome.NO_TRIES_LEFT))
    check_strength(password, login_name=row.login_name)
    begun.tries_left -= 1
    secret = vault_of(session).open(row.authenticator_sealed, context=AUTHENTICATOR)
    step = matching_step(secret, code, now=now, last_step=None)
    if step is None:
        session.flush()
        outcome = CodeOutcome.WRONG if begun.tries_left else CodeOutcome.NO_TRIES_LEFT
        return Enrolled(StaffCodeCheck(outcome, tries_left=begun.tries_left))
    row.last_step, row.enrolled_at = step, now
    row.password_hash = hashed(password)
    codes = new_recovery_codes()
    session.add_all(
        StaffRecoveryCodeRow(id=new_id(), city=row.city, staff_id=row.id, code_hash=recovery_hash(session, each))
        for each in codes
    )
    actor = member(row).acting(Channel.SCREEN)
    audit.record(session, actor, "staff_enrolled", city=row.city, person_id=None, subject_id=row.id, now=now)
    return Enrolled(prove(session, begun, row, now=now), codes)
