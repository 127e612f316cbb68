"""Certification by the word of somebody who has just seen her: before a worker of her community, or on line by a
delegate to whom she gave it.

Nobody vouches for a life that she was not near: the day is asked for, it is the day that the proof speaks of, and it
lies at most a few days back. She is told at once, so that a word that is not true is known to her.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, ActorKind, Capability, NotAllowed, TooSoonForThis
from services.certification.campaigns import certification_of
from services.certification.errors import SeenDayWrong
from services.certification.kinds import HelperRelation
from services.certification.parameters import parameters
from services.certification.proving import must_owe, prove
from services.certification.views import CertificationStatus
from services.certification.visits import close_visit, require_worker
from services.clock import local_day
from services.family import relation_of
from services.people import require_for


def days_that_count(now: datetime) -> tuple[date, ...]:
    """The days on which somebody who vouches for her now may have seen her last, the latest first."""
    today = local_day(now)
    return tuple(today - timedelta(days=ago) for ago in range(parameters().on(today).helper_days + 1))


def record_helper(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    relation: HelperRelation,
    seen_on: date,
    reason: str,
    now: datetime,
) -> CertificationStatus:
    """Her family, or another helper, vouched for her before a worker of her community; `reason` says who it was, and
    how the worker made sure. Raises NotAllowed, OnlyByPeople, ReasonMissing, SeenDayWrong, NothingToCertify."""
    require_worker(session, actor, person_id, reason)
    _require_lately(seen_on, now)
    people.hold(session, person_id)
    member = must_owe(session, person_id)
    close_visit(session, actor, member, relation.evidence.value, reason, now)
    prove(
        session,
        actor,
        member,
        relation.evidence,
        now=now,
        seen_on=seen_on,
        note=reason.strip(),
        relation=relation.value,
    )
    return certification_of(session, actor, person_id=person_id, now=now)


def vouch_for(session: Session, actor: Actor, *, person_id: UUID, seen_on: date, now: datetime) -> CertificationStatus:
    """A delegate saw her on a day and says so; she is certified, also late, and told who said it.

    Raises NotAllowed for anybody but a delegate who was given this, TooSoonForThis in her first hours, SeenDayWrong,
    NothingToCertify.
    """
    require_for(session, actor, Capability.CERTIFY, person_id=person_id)
    if actor.kind is not ActorKind.DELEGATE or actor.delegation_id is None:
        raise NotAllowed(capability=Capability.CERTIFY.value)
    if actor.waits_until is not None:
        # A certification keeps money coming. Asking for a visit does not have to wait.
        raise TooSoonForThis(capability=Capability.CERTIFY.value, from_at=actor.waits_until)
    _require_lately(seen_on, now)
    people.hold(session, person_id)
    member = must_owe(session, person_id)
    relation = HelperRelation(relation_of(session, actor.delegation_id).value)
    prove(session, actor, member, relation.evidence, now=now, seen_on=seen_on, relation=relation.value)
    return certification_of(session, actor, person_id=person_id, now=now)


def _require_lately(seen_on: date, now: datetime) -> None:
    days = days_that_count(now)
    if seen_on not in days:
        raise SeenDayWrong(first_on=days[-1], last_on=days[0])
