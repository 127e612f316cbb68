"""Certifying oneself: four digits, given a moment ago, said aloud by the person who is signed in.

The digits are no secret; that nobody could have recorded them before is what they prove. Whoever hears them (the
assistant, the microphone's page) hands over the text, and only such channels may.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, ActorKind, Capability, Channel, NotAllowed, require
from services.certification.digits import HOW_MANY, said
from services.certification.errors import ChallengeUnknown, MustBeSpoken
from services.certification.kinds import CheckOutcome, EvidenceKind
from services.certification.proving import must_owe, prove
from services.certification.tables import ChallengeRow
from services.certification.views import CertificationCheck, Challenge
from services.database.tables import new_id

LASTS = timedelta(minutes=5)
TRIES = 3
# Where a recogniser hears. A typed digit proves that somebody has her tablet.
SPOKEN = frozenset({Channel.VOICE})


def start_self_certification(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> Challenge:
    """Four digits for her to say. Asked again while they count, the same ones come back; new ones were never hers in
    this campaign. Raises NotAllowed (nobody says them for her), NothingToCertify."""
    _require_herself(actor, person_id)
    people.hold(session, person_id)
    member = must_owe(session, person_id)
    live = current_challenge(session, actor, person_id=person_id, now=now)
    if live is not None:
        return live
    row = ChallengeRow(
        id=new_id(),
        city=member.city,
        campaign_id=member.campaign_id,
        person_id=person_id,
        digits=_new_digits(session, member.campaign_id, person_id),
        issued_at=now,
        expires_at=now + LASTS,
        tries_left=TRIES,
    )
    session.add(row)
    session.flush()
    return _view(row)


def current_challenge(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> Challenge | None:
    """The digits that she may say at this moment, None where there are none. Raises NotAllowed."""
    _require_herself(actor, person_id)
    row = session.scalar(
        select(ChallengeRow)
        .where(
            ChallengeRow.person_id == person_id,
            ChallengeRow.outcome.is_(None),
            ChallengeRow.tries_left > 0,
            ChallengeRow.expires_at > now,
        )
        .order_by(ChallengeRow.issued_at.desc())
        .limit(1)
    )
    return _view(row) if row is not None else None


def certify_self(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    challenge_id: UUID,
    digits_heard: str,
    now: datetime,
    or_heard: Sequence[str] = (),
) -> CertificationCheck:
    """Compare what was heard with the digits asked for; where it is them she is certified, also late, and told.

    `or_heard`: what else a recogniser that was not sure may have heard; 一 and 七 sound alike. One try for all of it.
    The outcome is a value, since a wrong try has to be committed. Passed once stays passed. Raises NotAllowed,
    MustBeSpoken, NothingToCertify, ChallengeUnknown.
    """
    _require_herself(actor, person_id)
    if actor.channel not in SPOKEN:
        raise MustBeSpoken()
    people.hold(session, person_id)
    row = session.scalar(
        select(ChallengeRow)
        .where(ChallengeRow.id == challenge_id, ChallengeRow.person_id == person_id)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise ChallengeUnknown()
    if row.outcome is not None:
        return CertificationCheck(CheckOutcome(row.outcome), row.tries_left)
    member = must_owe(session, person_id)
    if row.expires_at <= now:
        return _end(session, actor, row, CheckOutcome.EXPIRED, now)
    row.tries_left -= 1
    if any(said(heard, row.digits) for heard in (digits_heard, *or_heard)):
        check = _end(session, actor, row, CheckOutcome.PASSED, now)
        prove(session, actor, member, EvidenceKind.SELF, now=now, tries=TRIES - row.tries_left)
        return check
    if row.tries_left == 0:
        return _end(session, actor, row, CheckOutcome.NO_TRIES_LEFT, now)
    session.flush()
    return CertificationCheck(CheckOutcome.WRONG, row.tries_left)


def _require_herself(actor: Actor, person_id: UUID) -> None:
    require(actor, Capability.CERTIFY, person_id=person_id)
    if actor.kind is not ActorKind.SENIOR:
        raise NotAllowed(capability=Capability.CERTIFY.value)


def _end(session: Session, actor: Actor, row: ChallengeRow, outcome: CheckOutcome, now: datetime) -> CertificationCheck:
    row.outcome = outcome
    audit.record(
        session,
        actor,
        "certification_digits",
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        now=now,
        outcome=outcome.value,
    )
    session.flush()
    return CertificationCheck(outcome, row.tries_left)


def _new_digits(session: Session, campaign_id: UUID, person_id: UUID) -> str:
    """Four digits that she was not given in this campaign, no two equal ones side by side:
    五五 is easily heard as 五."""
    given = set(
        session.scalars(
            select(ChallengeRow.digits).where(
                ChallengeRow.campaign_id == campaign_id, ChallengeRow.person_id == person_id
            )
        )
    )
    while True:
        digits = f"{secrets.randbelow(10**HOW_MANY):0{HOW_MANY}}"
        if digits not in given and all(a != b for a, b in pairwise(digits)):
            return digits


def _view(row: ChallengeRow) -> Challenge:
    return Challenge(row.id, row.digits, row.expires_at, row.tries_left)
