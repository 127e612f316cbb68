"""Opening and closing campaigns, and how somebody stands in one.

Opening takes a picture of who is paid, for the whole city in a few statements, and certifies at once whom data certify.
Closing marks who missed it and asks workers: nobody's payment stops here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.allowances.states import CaseState
from services.allowances.tables import AllowanceCaseRow
from services.certification.errors import NoWindowNow, TooManyMissed, WindowStillOpen
from services.certification.kinds import OUR_OWN, EvidenceKind, MemberStatus, MissedDecision
from services.certification.matching import enter_members
from services.certification.parameters import Window, month_after, parameters
from services.certification.tables import CampaignRow, MemberRow, ProofRow
from services.certification.views import Campaign, CertificationStatus, ClosingReport, OpeningReport
from services.clock import local_day
from services.database.tables import new_id
from services.people import require_for
from services.worker_tasks import NewTask, TaskKind, open_tasks

THOUSAND = 1000


def open_campaign(session: Session, actor: Actor, *, city: str, now: datetime) -> OpeningReport:
    """Open the campaign of this day: who must be certified, and whom data certify already.

    Again on another day of the same window, it changes nothing. Who is approved while it is open has just been looked
    at and belongs to the next one. Raises NotAllowed, NoWindowNow.
    """
    require(actor, Capability.RUN_MONTH, person_id=None)
    today = local_day(now)
    window = parameters().window_of(today)
    if window is None:
        raise NoWindowNow(next_starts_on=parameters().next_window(today).starts_on)
    # Two jobs of one moment: the second one waits and then finds it open.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('certification'))"))
    row = session.scalar(select(CampaignRow).where(CampaignRow.city == city, CampaignRow.code == window.code))
    if row is not None:
        return _opening(session, row, was_open=True)
    row = _new_campaign(session, actor, window, city=city, now=now)
    report = _opening(session, row, was_open=False)
    counts = {f"by_{kind}": count for kind, count in report.matched.items()}
    audit.record(
        session,
        actor,
        "certification_opened",
        city=city,
        person_id=None,
        subject_id=row.id,
        now=now,
        campaign=row.code,
        population=report.population,
        to_act=report.to_act,
        **counts,
    )
    session.flush()
    return report


def current_campaign(session: Session, *, city: str, now: datetime) -> Campaign | None:
    """The campaign whose days these are, if it was opened and not closed."""
    today = local_day(now)
    row = session.scalar(
        select(CampaignRow).where(
            CampaignRow.city == city,
            CampaignRow.starts_on <= today,
            CampaignRow.ends_on >= today,
            CampaignRow.closed_at.is_(None),
        )
    )
    return campaign_view(row) if row is not None else None


def certification_of(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> CertificationStatus:
    """How she stands in the last campaign that she was part of. Raises NotAllowed."""
    require_for(session, actor, Capability.CERTIFY, person_id=person_id)
    today = local_day(now)
    next_starts_on = parameters().next_window(today).starts_on
    found = session.execute(
        select(MemberRow, CampaignRow)
        .join(CampaignRow, CampaignRow.id == MemberRow.campaign_id)
        .where(MemberRow.person_id == person_id)
        .order_by(CampaignRow.starts_on.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return CertificationStatus(None, False, None, None, None, False, next_starts_on=next_starts_on)
    member, campaign = found
    proof = session.get(ProofRow, member.proof_id) if member.proof_id is not None else None
    is_over = today > campaign.ends_on
    due = member.status != MemberStatus.DONE
    return CertificationStatus(
        campaign=campaign_view(campaign),
        due=due,
        until_on=campaign.ends_on if due and not is_over else None,
        done_on=_done_on(proof) if proof is not None else None,
        evidence=EvidenceKind(proof.kind) if proof is not None else None,
        missed=due and is_over,
        suspended=due and _is_suspended(session, person_id),
        visit_asked_on=local_day(member.visit_asked_at) if due and member.visit_asked_at is not None else None,
        next_starts_on=next_starts_on,
    )


def close_campaign(
    session: Session, actor: Actor, *, city: str, now: datetime, although_many_missed: bool = False
) -> tuple[ClosingReport, ...]:
    """Close every campaign whose days are over: who was not certified has missed it, and a worker is asked about each.

    Whose payment is suspended already is not asked about again. While a worker has not decided, the month is held.
    Raises NotAllowed, TooManyMissed (something else must be wrong; `although_many_missed` closes it all the same), and
    WindowStillOpen where the only open campaign is still running.
    """
    require(actor, Capability.RUN_MONTH, person_id=None)
    today = local_day(now)
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('certification'))"))
    still_open = session.scalars(
        select(CampaignRow)
        .where(CampaignRow.city == city, CampaignRow.closed_at.is_(None))
        .order_by(CampaignRow.starts_on)
    ).all()
    over = [row for row in still_open if row.ends_on < today]
    if still_open and not over:
        raise WindowStillOpen(ends_on=still_open[0].ends_on)
    return tuple(_close(session, actor, row, now=now, whatever=although_many_missed) for row in over)


def campaign_view(row: CampaignRow) -> Campaign:
    """A campaign as it is handed out."""
    return Campaign(row.id, row.city, row.code, row.starts_on, row.ends_on, row.opened_at, row.closed_at)


def pay_may_stop_from(campaign: Campaign) -> date:
    """The first month that may be stopped for those who missed the campaign (art. 14: from the next month on)."""
    return month_after(campaign.ends_on, parameters().on(campaign.ends_on).suspension_months_after)


def missed_facts(campaign: Campaign, member: MemberRow) -> dict[str, object]:
    """What a worker has to know about a missed certification. Who asked for a visit that never came is not at fault."""
    return {
        "campaign": campaign.code,
        "case_id": str(member.case_id),
        "suspend_from": pay_may_stop_from(campaign).isoformat(),
        "visit_asked": member.visit_asked_at is not None,
        "told": member.reminders > 0,
    }


def _done_on(proof: ProofRow) -> date:
    """On which day she was certified: where people did it, the day on which they did, also where whoever vouched had
    seen her before."""
    return local_day(proof.at) if proof.kind in OUR_OWN else proof.proven_on


def _is_suspended(session: Session, person_id: UUID) -> bool:
    """Whether a payment is stopped over one of the campaigns that she owes."""
    stopped = exists().where(
        MemberRow.person_id == person_id,
        MemberRow.status == MemberStatus.MISSED,
        MemberRow.decision == MissedDecision.SUSPENDED,
    )
    return bool(session.scalar(select(stopped)))


def _new_campaign(session: Session, actor: Actor, window: Window, *, city: str, now: datetime) -> CampaignRow:
    before_id = session.scalar(
        select(CampaignRow.id)
        .where(CampaignRow.city == city, CampaignRow.starts_on < window.starts_on)
        .order_by(CampaignRow.starts_on.desc())
        .limit(1)
    )
    row = CampaignRow(
        id=new_id(), city=city, code=window.code, starts_on=window.starts_on, ends_on=window.ends_on, opened_at=now
    )
    session.add(row)
    session.flush()
    enter_members(session, actor, row, before_id=before_id, now=now)
    return row


def _opening(session: Session, row: CampaignRow, *, was_open: bool) -> OpeningReport:
    counts = session.execute(
        select(ProofRow.kind, func.count(), func.count().filter(MemberRow.sampled))
        .select_from(MemberRow)
        .outerjoin(ProofRow, ProofRow.id == MemberRow.proof_id)
        .where(MemberRow.campaign_id == row.id)
        .group_by(ProofRow.kind)
    ).all()
    of_kind = {kind: count for kind, count, _ in counts}
    return OpeningReport(
        campaign=campaign_view(row),
        population=sum(of_kind.values()),
        matched={EvidenceKind(kind): count for kind, count in of_kind.items() if kind is not None},
        sampled=sum(sampled for _, _, sampled in counts),
        to_act=sum(count for kind, count, _ in counts if kind is None),
        was_open=was_open,
    )


def _close(session: Session, actor: Actor, row: CampaignRow, *, now: datetime, whatever: bool) -> ClosingReport:
    rules = parameters().on(row.ends_on)
    of_campaign = MemberRow.campaign_id == row.id
    population = session.scalar(select(func.count()).select_from(MemberRow).where(of_campaign)) or 0
    due = session.execute(
        select(MemberRow, AllowanceCaseRow.state)
        .join(AllowanceCaseRow, AllowanceCaseRow.id == MemberRow.case_id)
        .where(of_campaign, MemberRow.status == MemberStatus.DUE)
    ).all()
    too_many = len(due) * THOUSAND > population * rules.alarm_missed_per_thousand
    if too_many and population >= rules.alarm_from_people and not whatever:
        raise TooManyMissed(campaign=row.code, missed=len(due), population=population)
    # Some may have been certified since the look above; whom the statement finds has missed it.
    missed = set(
        session.scalars(
            update(MemberRow)
            .where(of_campaign, MemberRow.status == MemberStatus.DUE)
            .values(status=MemberStatus.MISSED, missed_at=now)
            .returning(MemberRow.id)
        )
    )
    row.closed_at = now
    campaign = campaign_view(row)
    still_missed = [(member, state) for member, state in due if member.id in missed]
    to_decide = _ask_workers(session, campaign, still_missed, now=now)
    report = ClosingReport(campaign, population, missed=len(missed), to_decide=to_decide)
    audit.record(
        session,
        actor,
        "certification_closed",
        city=row.city,
        person_id=None,
        subject_id=row.id,
        now=now,
        campaign=row.code,
        population=population,
        missed=report.missed,
        to_decide=report.to_decide,
    )
    session.flush()
    return report


def _ask_workers(
    session: Session, campaign: Campaign, missed: Sequence[tuple[MemberRow, str]], *, now: datetime
) -> int:
    """Ask about everybody who is paid; how many they are. Nobody is asked about twice: what was suspended stays so, and
    what has stopped needs no decision."""
    tasks = []
    for member, state in missed:
        if state == CaseState.ACTIVE:
            tasks.append(NewTask(member.person_id, member.id, missed_facts(campaign, member)))
        else:
            is_suspended = state == CaseState.SUSPENDED
            member.decision = MissedDecision.SUSPENDED if is_suspended else MissedDecision.KEPT
    open_tasks(session, kind=TaskKind.MISSED_CERTIFICATION, city=campaign.city, tasks=tasks, now=now)
    return len(tasks)
