"""Certification by a worker who comes and sees her. Who else may vouch for her is in `vouching`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, ActorKind, Capability, Channel
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.certification.campaigns import campaign_view, certification_of, missed_facts
from services.certification.errors import NothingToCertify
from services.certification.kinds import EvidenceKind, MemberStatus, WorkerBecause
from services.certification.proving import must_owe, prove
from services.certification.tables import CampaignRow, MemberRow
from services.certification.views import CertificationStatus
from services.clock import local_day
from services.messages import queue_message
from services.people import require_for
from services.worker_tasks import TaskKind, close_task, open_task
from services.worker_tasks.opening import WORKING_DAYS
from services.working_days import working_days_after

PASSED, NOT_PASSED = "passed", "not_passed"


def ask_for_visit(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> CertificationStatus:
    """Have a worker of her community come. Asked again, nothing more happens. Raises NotAllowed, NothingToCertify."""
    require_for(session, actor, Capability.CERTIFY, person_id=person_id)
    people.hold(session, person_id)
    member = must_owe(session, person_id)
    if member.visit_asked_at is None:
        member.visit_asked_at = now
        want_worker(session, member, WorkerBecause.ASKED, now=now)
        audit.record(
            session,
            actor,
            "certification_visit_asked",
            city=member.city,
            person_id=person_id,
            subject_id=member.id,
            now=now,
        )
        # A text that asks for a visit is answered by the inbox.
        if actor.channel is not Channel.TEXT_MESSAGE:
            _tell(session, person_id, now)
        session.flush()
    return certification_of(session, actor, person_id=person_id, now=now)


def want_worker(session: Session, member: MemberRow, because: WorkerBecause, *, now: datetime) -> None:
    """Put a visit on the list of her community, due within five working days and before the window ends."""
    campaign = session.get_one(CampaignRow, member.campaign_id)
    facts = {"because": because.value, "campaign": campaign.code, "until": campaign.ends_on.isoformat()}
    today = local_day(now)
    due_on = working_days_after(today, WORKING_DAYS)
    if today <= campaign.ends_on:
        due_on = min(due_on, campaign.ends_on)
    open_task(
        session,
        kind=TaskKind.CERTIFICATION_VISIT,
        city=member.city,
        person_id=member.person_id,
        subject_id=member.id,
        facts=facts,
        now=now,
        due_on=due_on,
    )


def record_visit(
    session: Session, actor: Actor, *, person_id: UUID, passed: bool, reason: str, now: datetime
) -> CertificationStatus:
    """What a worker of her community saw. Passed, she is certified, also late.

    Not passed, she stays, or is again, to be certified: nothing is stopped by it. That also takes back what data alone
    had certified, which is what samples are visited for. Raises NotAllowed,
    OnlyByPeople, ReasonMissing, NothingToCertify.
    """
    require_worker(session, actor, person_id, reason)
    people.hold(session, person_id)
    member = _visited(session, person_id)
    close_visit(session, actor, member, PASSED if passed else NOT_PASSED, reason, now)
    if not passed:
        _take_back(session, actor, member, now)
    elif member.status != MemberStatus.DONE:
        prove(session, actor, member, EvidenceKind.VISIT, now=now, note=reason.strip())
    return certification_of(session, actor, person_id=person_id, now=now)


def require_worker(session: Session, actor: Actor, person_id: UUID, reason: str) -> None:
    """Return if a worker of her community acts and says why. Raises NotAllowed, OnlyByPeople, ReasonMissing."""
    require_for(session, actor, Capability.CERTIFY, person_id=person_id)
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        raise OnlyByPeople()
    if not reason.strip():
        raise ReasonMissing()


def _visited(session: Session, person_id: UUID) -> MemberRow:
    """Her place in the latest campaign, also where data have certified her."""
    row = session.scalar(
        select(MemberRow)
        .join(CampaignRow, CampaignRow.id == MemberRow.campaign_id)
        .where(MemberRow.person_id == person_id)
        .order_by(CampaignRow.starts_on.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None or (row.status == MemberStatus.DONE and not row.sampled):
        raise NothingToCertify()
    return row


def close_visit(session: Session, actor: Actor, member: MemberRow, decision: str, reason: str, now: datetime) -> None:
    """Take the visit off the list, if one is on it."""
    close_task(
        session,
        actor,
        kind=TaskKind.CERTIFICATION_VISIT,
        subject_id=member.id,
        decision=decision,
        reason=reason.strip(),
        now=now,
    )


def _take_back(session: Session, actor: Actor, member: MemberRow, now: datetime) -> None:
    audit.record(
        session,
        actor,
        "certification_not_passed",
        city=member.city,
        person_id=member.person_id,
        subject_id=member.id,
        now=now,
        was_certified=member.status == MemberStatus.DONE,
    )
    member.doubted_on = local_day(now)
    if member.status == MemberStatus.DONE:
        campaign = campaign_view(session.get_one(CampaignRow, member.campaign_id))
        member.proof_id, member.sampled = None, False
        member.status = MemberStatus.DUE
        if campaign.closed_at is not None:
            member.status, member.missed_at = MemberStatus.MISSED, now
            open_task(
                session,
                kind=TaskKind.MISSED_CERTIFICATION,
                city=member.city,
                person_id=member.person_id,
                subject_id=member.id,
                facts=missed_facts(campaign, member),
                now=now,
            )
    session.flush()


def _tell(session: Session, person_id: UUID, now: datetime) -> None:
    phone = people.phone_of(session, person_id)
    if phone is None:
        return
    person = people.get_person(session, Actor.system(), person_id=person_id)
    queue_message(
        session,
        "certification_visit",
        city=person.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person_id,
        name=person.masked_name,
    )
