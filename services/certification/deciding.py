"""What a worker decides about somebody who missed a campaign: suspend, or leave as it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import allowances, audit, people
from services.actor import Actor, ActorKind, Capability
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.allowances.states import CaseState
from services.certification.campaigns import campaign_view, certification_of, pay_may_stop_from
from services.certification.errors import NothingMissed
from services.certification.kinds import MemberStatus, MissedDecision
from services.certification.tables import CampaignRow, MemberRow
from services.certification.views import CertificationStatus
from services.people import require_for
from services.worker_tasks import TaskKind, close_task


def decide_missed(
    session: Session, actor: Actor, *, person_id: UUID, suspend: bool, reason: str, now: datetime
) -> CertificationStatus:
    """Decide about the missed certification of hers that waits: suspend the payment from the month after the campaign
    on, or keep it. Of several the first one counts, and all are decided. She may still be certified at any time, and is
    then paid back.

    Only a worker of her community may. Raises NotAllowed, OnlyByPeople, ReasonMissing, NothingMissed
    (also when somebody has decided or she was certified a moment ago).
    """
    require_for(session, actor, Capability.DECIDE_CASES, person_id=person_id)
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        raise OnlyByPeople()
    if not reason.strip():
        raise ReasonMissing()
    people.hold(session, person_id)
    members, campaign = _undecided(session, person_id)
    member = members[0]
    decision = MissedDecision.SUSPENDED if suspend else MissedDecision.KEPT
    for each in members:
        _settle(session, actor, each, decision, reason, now)
    case = allowances.get_case(session, Actor.system(actor.channel), case_id=member.case_id)
    if suspend and case.state is CaseState.ACTIVE:
        allowances.suspend(
            session,
            actor,
            case_id=member.case_id,
            from_month=pay_may_stop_from(campaign_view(campaign)),
            reason=reason.strip(),
            now=now,
        )
    audit.record(
        session,
        actor,
        "missed_certification_decided",
        city=member.city,
        person_id=person_id,
        subject_id=member.id,
        now=now,
        decision=decision.value,
    )
    session.flush()
    return certification_of(session, actor, person_id=person_id, now=now)


def _settle(
    session: Session, actor: Actor, member: MemberRow, decision: MissedDecision, reason: str, now: datetime
) -> None:
    member.decision = decision
    close_task(
        session,
        actor,
        kind=TaskKind.MISSED_CERTIFICATION,
        subject_id=member.id,
        decision=decision.value,
        reason=reason.strip(),
        now=now,
    )
    session.flush()


def _undecided(session: Session, person_id: UUID) -> tuple[list[MemberRow], CampaignRow]:
    """Her places in the campaigns that she missed and nobody has decided about, and the first of these campaigns."""
    found = session.execute(
        select(MemberRow, CampaignRow)
        .join(CampaignRow, CampaignRow.id == MemberRow.campaign_id)
        .where(MemberRow.person_id == person_id, MemberRow.status == MemberStatus.MISSED, MemberRow.decision.is_(None))
        .order_by(CampaignRow.starts_on)
        .execution_options(populate_existing=True)
    ).all()
    if not found:
        raise NothingMissed()
    return [member for member, _ in found], found[0][1]
