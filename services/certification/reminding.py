"""Who is told what, in steps: what must be done at the opening, halfway and shortly before the end; once, that nothing
must be done; and for whom a text is no help, a worker.

Each step is taken once. One that fell out (no worker ran for a week) is not made up for beside the next: nobody gets
two texts of one day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability, require
from services.allowances.states import CaseState, StopReason
from services.allowances.tables import AllowanceCaseRow
from services.certification.kinds import EvidenceKind, MemberStatus, WorkerBecause
from services.certification.letters import Letter, write
from services.certification.parameters import parameters
from services.certification.tables import LAST_REMINDER, CampaignRow, MemberRow, ProofRow
from services.certification.views import ReminderReport
from services.certification.visits import want_worker
from services.clock import CITY_TIME, local_day
from services.people import PersonRow

# Old people nap at noon and sleep early; a notice that is not urgent can wait for the next morning.
FIRST_HOUR, LAST_HOUR = 9, 18
AT_ONCE = 1000


def send_reminders(session: Session, actor: Actor, *, city: str, now: datetime, limit: int = AT_ONCE) -> ReminderReport:
    """Take the next step with at most `limit` people whose turn it is; call again, in new transactions, until nobody is
    left. Outside the hours of the day nobody is. Raises NotAllowed."""
    require(actor, Capability.RUN_MONTH, person_id=None)
    if not FIRST_HOUR <= now.astimezone(CITY_TIME).hour < LAST_HOUR:
        return ReminderReport()
    today = local_day(now)
    campaign = session.scalar(
        select(CampaignRow).where(
            CampaignRow.city == city,
            CampaignRow.starts_on <= today,
            CampaignRow.ends_on >= today,
            CampaignRow.closed_at.is_(None),
        )
    )
    if campaign is None:
        return ReminderReport()
    step = step_on(today, campaign.starts_on, campaign.ends_on)
    members = _whose_turn_it_is(session, campaign, step, limit)
    persons, proofs = _read_for(session, members)
    letters: list[Letter] = []
    to_workers = 0
    reached: dict[UUID, int] = {}
    for member in members:
        person = persons[member.person_id]
        if member.status == MemberStatus.DONE:
            if person.phone_sealed is not None:
                letters.append(Letter(person, _words_of_done(member, proofs)))
            to_workers += _draw(session, member, now)
            continue
        because = _no_use_for_a_text(member, person)
        if because is not None:
            want_worker(session, member, because, now=now)
            to_workers += 1
        else:
            template = "certification_due" if member.reminders == 0 else "certification_reminder"
            letters.append(Letter(person, template, until=campaign.ends_on))
        reached[member.id] = step if because is None else LAST_REMINDER
    write(session, letters, city=city, now=now)
    # Noted only now, in one go: each question to a worker would write the notes before it one by one.
    for member in members:
        member.reminders = reached.get(member.id, member.reminders)
        member.told_done |= member.status == MemberStatus.DONE
    session.flush()
    asked = sum(letter.until is not None for letter in letters)
    return ReminderReport(asked, len(letters) - asked, to_workers)


def step_on(day: date, starts_on: date, ends_on: date) -> int:
    """Which step of the ladder a day has reached: 1 from the opening on, 2 halfway, 3 shortly before the end.

    >>> [step_on(date(2026, 11, day), date(2026, 11, 1), date(2026, 11, 30)) for day in (1, 14, 15, 26, 27, 30)]
    [1, 1, 2, 2, 3, 3]
    """
    before_end = parameters().on(starts_on).reminder_days_before_end
    return 1 + sum(day >= ends_on - timedelta(days=days) for days in before_end)


def _whose_turn_it_is(session: Session, campaign: CampaignRow, step: int, limit: int) -> list[MemberRow]:
    # Whoever waits for the visit that she asked for has done her part.
    is_due = and_(MemberRow.status == MemberStatus.DUE, MemberRow.reminders < step, MemberRow.visit_asked_at.is_(None))
    is_untold = and_(MemberRow.status == MemberStatus.DONE, MemberRow.told_done.is_(False))
    rows = session.scalars(
        select(MemberRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .join(AllowanceCaseRow, AllowanceCaseRow.id == MemberRow.case_id)
        .where(
            MemberRow.campaign_id == campaign.id,
            or_(is_due, is_untold),
            or_(
                PersonRow.died_on.is_(None),
                # A worker has found that she lives.
                AllowanceCaseRow.settled_signal == func.concat(f"{StopReason.DIED}:", PersonRow.died_on),
            ),
            AllowanceCaseRow.state.in_((CaseState.ACTIVE, CaseState.SUSPENDED)),
        )
        # Those who must do something first.
        .order_by(MemberRow.status.desc(), MemberRow.id)
        .limit(limit)
        # Two workers share the people between them, so that nobody is told twice.
        .with_for_update(of=MemberRow, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def _read_for(
    session: Session, members: Sequence[MemberRow]
) -> tuple[Mapping[UUID, PersonRow], Mapping[UUID, ProofRow]]:
    """The people and their proofs, read for all at once; what looks for them one by one finds them in the session."""
    whose = select(PersonRow).where(PersonRow.id.in_([member.person_id for member in members]))
    proving = select(ProofRow).where(ProofRow.id.in_([member.proof_id for member in members if member.proof_id]))
    return {row.id: row for row in session.scalars(whose)}, {row.id: row for row in session.scalars(proving)}


def _no_use_for_a_text(member: MemberRow, person: PersonRow) -> WorkerBecause | None:
    """Why a worker looks after somebody from the beginning."""
    if person.phone_sealed is None:
        return WorkerBecause.NO_PHONE
    if person.resident is False:
        return WorkerBecause.LIVES_AWAY
    return WorkerBecause.LAPSED if member.lapsed else None


def _words_of_done(member: MemberRow, proofs: Mapping[UUID, ProofRow]) -> str:
    assert member.proof_id is not None
    is_shared = proofs[member.proof_id].kind == EvidenceKind.SHARED
    return "certification_shared" if is_shared else "certification_matched"


def _draw(session: Session, member: MemberRow, now: datetime) -> int:
    if member.sampled:
        want_worker(session, member, WorkerBecause.SAMPLE_AUDIT, now=now)
    return int(member.sampled)
