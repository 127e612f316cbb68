"""What one proof does: it is written down, it settles every campaign that the person still owes, and a payment that was
stopped over it comes back."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import allowances, audit, people
from services.actor import Actor
from services.allowances.states import CaseState
from services.certification.errors import NothingToCertify
from services.certification.kinds import EvidenceKind, MemberStatus, MissedDecision
from services.certification.tables import CampaignRow, MemberRow, ProofRow
from services.clock import local_day
from services.database.tables import new_id
from services.messages import queue_message
from services.worker_tasks import TaskKind, close_tasks

CERTIFIED = "certified"
SURE = 100


def owed_by(session: Session, person_id: UUID) -> MemberRow | None:
    """Her place in the latest campaign, where she has still to be certified in it; None where nothing is to be done.

    Latest first: whoever is certified in a later campaign is alive, and owes the earlier ones no more.
    """
    row = session.scalar(
        select(MemberRow)
        .join(CampaignRow, CampaignRow.id == MemberRow.campaign_id)
        .where(MemberRow.person_id == person_id)
        .order_by(CampaignRow.starts_on.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return row if row is not None and row.status != MemberStatus.DONE else None


def must_owe(session: Session, person_id: UUID) -> MemberRow:
    """The same, for use cases that need it. Raises NothingToCertify."""
    row = owed_by(session, person_id)
    if row is None:
        raise NothingToCertify()
    return row


def prove(
    session: Session,
    actor: Actor,
    member: MemberRow,
    kind: EvidenceKind,
    *,
    now: datetime,
    seen_on: date | None = None,
    note: str | None = None,
    **facts: str | int | bool | None,
) -> ProofRow:
    """Write the proof down, settle what she owes, bring back what was stopped, and tell her.

    `seen_on`: the day on which she was seen, where that is not today; `note`: what a worker wrote."""
    proof = ProofRow(
        id=new_id(),
        city=member.city,
        person_id=member.person_id,
        campaign_id=member.campaign_id,
        kind=kind,
        source=kind,
        proven_on=seen_on or local_day(now),
        confidence=SURE,
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        channel=actor.channel,
        facts=facts,
        note=note,
    )
    session.add(proof)
    session.flush()
    settled = settle(session, actor, person_id=member.person_id, proof_id=proof.id, now=now)
    audit.record(
        session,
        actor,
        "certified",
        city=member.city,
        person_id=member.person_id,
        subject_id=proof.id,
        now=now,
        evidence=kind.value,
    )
    if not settled.resumed:
        tell_done(session, member.person_id, now=now)
    return proof


class Settled(NamedTuple):
    """What a proof settled: how many campaigns, and whether a payment came back, of which she is told in any case."""

    campaigns: int
    resumed: bool


def settle(session: Session, actor: Actor, *, person_id: UUID, proof_id: UUID, now: datetime) -> Settled:
    """Let a proof that was written down count in every campaign that she still owes."""
    resumed = False
    owed = session.scalars(
        select(MemberRow)
        .where(MemberRow.person_id == person_id, MemberRow.status != MemberStatus.DONE)
        # A campaign that is being closed at this moment is waited for.
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for member in owed:
        was_suspended = member.decision == MissedDecision.SUSPENDED
        member.status, member.proof_id, member.told_done = MemberStatus.DONE, proof_id, True
        close_questions(session, actor, member.id, now=now)
        if was_suspended:
            resumed |= _resume(session, actor, member.case_id, now)
    session.flush()
    return Settled(len(owed), resumed)


def close_questions(session: Session, actor: Actor, member_id: UUID, *, now: datetime) -> None:
    """What waited for a worker over this certification is settled: she is certified."""
    kinds = (TaskKind.CERTIFICATION_VISIT, TaskKind.MISSED_CERTIFICATION)
    close_tasks(session, actor, kinds=kinds, subject_id=member_id, decision=CERTIFIED, reason=None, now=now)


def _resume(session: Session, actor: Actor, case_id: UUID, now: datetime) -> bool:
    """Pay again, with the months in between (art. 21). The machine may: it is for her."""
    system = Actor.system(actor.channel)
    case = allowances.get_case(session, system, case_id=case_id)
    if case.state is not CaseState.SUSPENDED:
        return False
    allowances.resume(session, system, case_id=case_id, now=now)
    return True


def tell_done(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Text her that she is certified, where there is a number to write to."""
    phone = people.phone_of(session, person_id)
    if phone is None:
        return
    person = people.get_person(session, Actor.system(), person_id=person_id)
    queue_message(
        session,
        "certification_done",
        city=person.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person_id,
        name=person.masked_name,
    )
