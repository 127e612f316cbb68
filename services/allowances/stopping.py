"""Stopping: what the registers (`proposing`) or she herself say is put to a worker, who decides with a reason. Until
then payments are held, neither made nor lost."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.allowances.errors import AlreadyDecided, StepNotPossible
from services.allowances.ledger.states import LineStatus
from services.allowances.ledger.tables import PaymentLineRow
from services.allowances.months import month_of
from services.allowances.rules import stops_from
from services.allowances.signals import RUNNING, WAITING, note_wish, put_to_worker, said_by, signal_of
from services.allowances.states import CaseState, EventKind, StopReason
from services.allowances.steps import (
    held_case,
    move,
    note,
    person_of,
    refuse_the_machine,
    settle,
    state_of,
)
from services.allowances.tables import AllowanceCaseRow, AllowanceEventRow
from services.allowances.telling import tell
from services.allowances.views import AllowanceCase, case_view
from services.clock import local_day
from services.people import Person
from services.worker_tasks import TaskKind, TaskStatus
from services.worker_tasks.tables import WorkerTaskRow

# The word of the message that says how a case goes on which a worker keeps.
HOW_IT_GOES_ON = {
    CaseState.ACTIVE: "goes_on_paid",
    CaseState.SUSPENDED: "goes_on_suspended",
    CaseState.APPLIED: "goes_on_checking",
    CaseState.IN_REVIEW: "goes_on_checking",
}
# What is said of a wish of hers: it, and whatever was decided about stopping.
ABOUT_HER_WISH = (
    EventKind.WISHED_TO_WITHDRAW,
    EventKind.KEPT,
    EventKind.STOPPED,
    EventKind.WITHDRAWN,
    EventKind.REINSTATED,
)


def withdraw(
    session: Session, actor: Actor, *, case_id: UUID, now: datetime, message_id: UUID | None = None
) -> AllowanceCase:
    """Her wish not to have it after all. A worker makes sure of it; payments wait meanwhile. The same wish again
    changes nothing. Raises CaseUnknown, NotAllowed, AlreadyDecided."""
    row = held_case(session, actor, case_id, Capability.WITHDRAW_BENEFIT)
    return wish_to_withdraw(session, actor, row, now=now, message_id=message_id)


def wish_to_withdraw(
    session: Session, actor: Actor, row: AllowanceCaseRow, *, now: datetime, message_id: UUID | None
) -> AllowanceCase:
    """The same for a case that is held already. Who may answer an offer for her may not give up what she has."""
    people.require_for(session, actor, Capability.WITHDRAW_BENEFIT, person_id=row.person_id)
    was_done = state_of(row) is CaseState.STOPPED and row.stop_reason == StopReason.WITHDRAWN
    if was_done or state_of(row) is CaseState.WITHDRAWN or wish_that_waits(session, row) is not None:
        return case_view(row)
    if state_of(row) not in (*RUNNING, *WAITING):
        raise AlreadyDecided(state=row.state)
    today = local_day(now)
    told = tell(session, person_of(session, row), row, "allowance_withdrawal_noted", now=now)
    note(session, actor, row, EventKind.WISHED_TO_WITHDRAW, now=now, message_id=message_id, told=told)
    if row.stop_proposed_from is None:
        propose_withdrawal(session, row, today, now=now)
    else:
        # What the registers say was put to a worker, who is to know of this too; should they be wrong, her wish is what
        # is left to decide.
        note_wish(session, row, today, now=now)
    return case_view(row)


def propose_withdrawal(session: Session, row: AllowanceCaseRow, wished_on: date, *, now: datetime) -> None:
    """Put a wish of hers to a worker; payments wait meanwhile."""
    row.stop_proposed_from = _withdrawn_from(session, row, wished_on)
    row.stop_reason = StopReason.WITHDRAWN
    put_to_worker(session, row, StopReason.WITHDRAWN, wished_on, now=now)
    session.flush()


def wish_that_waits(session: Session, row: AllowanceCaseRow) -> AllowanceEventRow | None:
    """Her wish to withdraw, as long as nobody has decided about stopping since."""
    last = session.scalar(
        select(AllowanceEventRow)
        .where(AllowanceEventRow.case_id == row.id, AllowanceEventRow.kind.in_(ABOUT_HER_WISH))
        .order_by(AllowanceEventRow.at.desc(), AllowanceEventRow.id.desc())
        .limit(1)
    )
    return last if last is not None and last.kind == EventKind.WISHED_TO_WITHDRAW else None


def _withdrawn_from(session: Session, row: AllowanceCaseRow, today: date) -> date:
    """Before anything was paid, from the beginning; after that from the month after the wish."""
    if row.first_month is None:
        return month_of(today)
    was_paid = exists().where(
        PaymentLineRow.person_id == row.person_id,
        PaymentLineRow.benefit == row.benefit,
        PaymentLineRow.for_month >= row.first_month,
        PaymentLineRow.status == LineStatus.PAID,
    )
    return stops_from(today) if session.scalar(select(was_paid)) else row.first_month


def decide_stop(
    session: Session, actor: Actor, *, case_id: UUID, stop: bool, reason: str | None, now: datetime
) -> AllowanceCase:
    """What a worker decides about a proposal to stop, or, without one, about an error that she found.

    Keeping a case that was stopped brings it back, with the months that it missed. The same decision again, while
    nothing else is proposed, changes nothing. Raises CaseUnknown, NotAllowed, OnlyByPeople, ReasonMissing,
    StepNotPossible.
    """
    row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
    person, today = person_of(session, row), local_day(now)
    signal = signal_of(person, today)
    if stop:
        refuse_the_machine(actor, reason)
    is_so = state_of(row) in ((CaseState.STOPPED,) if stop else (*RUNNING, *WAITING))
    if is_so and not _is_asked(session, row):
        return case_view(row)
    was_her_wish = row.stop_reason == StopReason.WITHDRAWN
    if stop:
        _stop(session, actor, row, person, today=today, now=now)
    else:
        _keep(session, actor, row, person, now=now)
    if stop or not was_her_wish:
        # Whoever keeps it against a wish of hers was not asked about what the registers say.
        row.settled_signal = said_by(signal)
    session.flush()
    settle(session, actor, row, TaskKind.STOP_DECISION, "stop" if stop else "keep", reason, now=now)
    return case_view(row)


def _stop(session: Session, actor: Actor, row: AllowanceCaseRow, person: Person, *, today: date, now: datetime) -> None:
    state, proposed = state_of(row), row.stop_proposed_from
    why = StopReason(row.stop_reason) if row.stop_reason else StopReason.ERROR
    if state is CaseState.STOPPED and proposed is None:
        # She stays stopped, whatever the registers say now.
        note(session, actor, row, EventKind.STOPPED, now=now, reason=why, stopped_from=row.stopped_from)
        return
    from_month = proposed or stops_from(today)
    never_paid = row.first_month is None or from_month <= row.first_month
    was_withdrawn = why is StopReason.WITHDRAWN and never_paid
    row.stop_reason, row.stop_proposed_from = why, None
    if state in WAITING or (was_withdrawn and state is CaseState.ACTIVE):
        move(row, CaseState.WITHDRAWN)
        told = tell(session, person, row, "allowance_withdrawn", now=now)
        note(session, actor, row, EventKind.WITHDRAWN, now=now, reason=why, told=told)
        return
    if state is not CaseState.STOPPED:
        move(row, CaseState.STOPPED)
    row.stopped_from, row.suspended_from = from_month, None
    told = None
    if why is not StopReason.DIED:
        told = tell(
            session,
            person,
            row,
            "allowance_stopped",
            now=now,
            year=from_month.year,
            month=from_month.month,
            why=why.value,
        )
    note(session, actor, row, EventKind.STOPPED, now=now, reason=why, stopped_from=from_month, told=told)


def _keep(session: Session, actor: Actor, row: AllowanceCaseRow, person: Person, *, now: datetime) -> None:
    row.stop_proposed_from = None
    if state_of(row) is CaseState.STOPPED:
        move(row, CaseState.ACTIVE)
        row.stopped_from = row.stop_reason = None
        told = tell(session, person, row, "allowance_reinstated", now=now)
        note(session, actor, row, EventKind.REINSTATED, now=now, told=told)
        return
    if state_of(row) not in (*RUNNING, *WAITING):
        raise StepNotPossible(state=row.state, wanted=CaseState.ACTIVE.value)
    # What the registers propose she only hears of once it is decided.
    told, wish = None, wish_that_waits(session, row)
    if wish is not None and "told" in wish.facts:
        told = tell(session, person, row, "allowance_kept", now=now, how=HOW_IT_GOES_ON[state_of(row)])
    note(session, actor, row, EventKind.KEPT, now=now, reason=row.stop_reason, told=told)
    row.stop_reason = None


def _is_asked(session: Session, row: AllowanceCaseRow) -> bool:
    """Whether a worker is to decide about stopping, or about bringing back what was stopped."""
    asked = exists().where(
        WorkerTaskRow.kind == TaskKind.STOP_DECISION,
        WorkerTaskRow.subject_id == row.id,
        WorkerTaskRow.status == TaskStatus.OPEN,
    )
    return row.stop_proposed_from is not None or bool(session.scalar(select(asked)))
