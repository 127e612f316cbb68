"""The month's run: listed, audited, paid, each step once however often it is asked for.

Every step is one transaction of the caller under one lock, so that a step that was killed in the middle has not
happened, and the same step again does it whole.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.allowances.checking import correct_first_months
from services.allowances.errors import ReasonMissing
from services.allowances.ledger.booking import book_month
from services.allowances.ledger.errors import EarlierMonthOpen, LaterMonthListed, MonthNotYet, RunNotReady, RunUnknown
from services.allowances.ledger.lines import write_lines
from services.allowances.ledger.states import RUN_STEPS, HeldBecause, LineStatus, RunState
from services.allowances.ledger.tables import PaymentRunRow
from services.allowances.ledger.telling import tell_paid
from services.allowances.ledger.totals import run_view
from services.allowances.ledger.views import PaymentRun
from services.allowances.months import month_of
from services.allowances.proposing import propose_stops
from services.benefits import Benefit, figure_on
from services.clock import local_day
from services.database.tables import new_id
from services.worker_tasks import NewTask, TaskKind, open_tasks

SYSTEM = Actor.system()
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('payment_run'))")
# Sorting and joining a city's people in memory, not on disk; there is one step of a run at a time.
WORK_MEMORY = text("SET LOCAL work_mem = '128MB'")

# Lines that differ from last month's: another amount for the month itself, begun, ended, held that was not.
DIFFERENT = text("""
WITH before AS (
    SELECT person_id, amount_fen, status = 'held' AS held FROM payment_lines
    WHERE run_id = :previous_id AND for_month = :previous_month
), now AS (
    SELECT person_id, amount_fen, status = 'held' AS held FROM payment_lines
    WHERE run_id = :run_id AND for_month = :month
)
SELECT count(*), count(*) FILTER (WHERE (before.amount_fen, before.held) IS DISTINCT FROM (now.amount_fen, now.held))
FROM before FULL JOIN now USING (person_id)
""")
WITHOUT_ACCOUNT = text("""
SELECT DISTINCT l.person_id FROM payment_lines l JOIN persons p ON p.id = l.person_id
WHERE l.run_id = :run_id AND l.held_because = 'no_account' AND p.died_on IS NULL
""")
HOLD_STOPPED = text(f"""
UPDATE payment_lines l SET status = '{LineStatus.HELD}', held_because = '{HeldBecause.STOP_UNDECIDED}'
FROM payables p JOIN allowance_cases c ON c.id = p.case_id
WHERE l.run_id = :run_id AND l.status = '{LineStatus.TO_PAY}' AND p.person_id = l.person_id
    AND p.benefit = l.benefit AND p.month = l.for_month
    AND (least(c.stop_proposed_from, c.stopped_from) <= l.for_month OR c.state = 'withdrawn')
""")
# What was to be kept back from money that is held now is held with it.
HOLD_KEPT_BACK = text(f"""
UPDATE payment_lines l SET status = '{LineStatus.HELD}', held_because = '{HeldBecause.STOP_UNDECIDED}'
WHERE l.run_id = :run_id AND l.status = '{LineStatus.TO_PAY}' AND l.amount_fen < 0 AND EXISTS (
    SELECT FROM payment_lines h WHERE h.run_id = l.run_id AND h.person_id = l.person_id
        AND h.held_because = '{HeldBecause.STOP_UNDECIDED}')
""")
PAY = text(f"""
UPDATE payment_lines SET status = '{LineStatus.PAID}', paid_on = :today
WHERE run_id = :run_id AND status = '{LineStatus.TO_PAY}'
""")


def list_month(
    session: Session,
    actor: Actor,
    *,
    city: str,
    month: date,
    now: datetime,
    benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE,
) -> PaymentRun:
    """Book what is owed up to a month and freeze the list of who is paid and who is held. By the 10th.

    The registers' deaths and moves are looked at first. Listing again returns the same run. Where more differs from
    last month than the rule lets pass, the run is HELD until `confirm_run`. Raises NotAllowed, MonthNotYet,
    EarlierMonthOpen, LaterMonthListed.
    """
    require(actor, Capability.RUN_MONTH, person_id=None)
    session.execute(LOCK)
    month = month_of(month)
    if month > local_day(now):
        raise MonthNotYet(month=month)
    runs = session.scalars(
        select(PaymentRunRow)
        .where(PaymentRunRow.city == city, PaymentRunRow.benefit == benefit)
        .order_by(PaymentRunRow.month)
    ).all()
    for run in runs:
        if run.month == month:
            return run_view(session, run)
    if runs and runs[-1].month > month:
        raise LaterMonthListed(month=runs[-1].month)
    previous = runs[-1] if runs else None
    if previous is not None and previous.state != RunState.PAID:
        raise EarlierMonthOpen(month=previous.month)
    session.execute(WORK_MEMORY)
    propose_stops(session, SYSTEM, now=now)
    correct_first_months(session, SYSTEM, now=now)
    run = PaymentRunRow(
        id=new_id(),
        city=city,
        benefit=benefit.value,
        month=month,
        state=RunState.LISTED,
        changed_per_thousand=0,
        listed_at=now,
    )
    session.add(run)
    session.flush()
    booked = book_month(session, run, since=previous.listed_at if previous else None, now=now)
    write_lines(session, run, previous.id if previous else None)
    if previous is not None:
        _compare(session, run, previous)
    _ask_for_accounts(session, run, now)
    _record(session, actor, "month_listed", run, now, payables=booked.payables, adjustments=booked.adjustments)
    return run_view(session, run)


def _compare(session: Session, run: PaymentRunRow, previous: PaymentRunRow) -> None:
    """The circuit breaker: an extract gone wrong must not pass as a month."""
    asked = {"run_id": run.id, "month": run.month, "previous_id": previous.id, "previous_month": previous.month}
    lines, different = session.connection().execute(DIFFERENT, asked).one()
    run.changed_per_thousand = different * 1000 // lines if lines else 0
    benefit = Benefit(run.benefit)
    most = figure_on(run.month, "most_changes_per_thousand", benefit)
    if run.changed_per_thousand > most and different >= figure_on(run.month, "fewest_changes_counted", benefit):
        run.state = RunState.HELD


def _ask_for_accounts(session: Session, run: PaymentRunRow, now: datetime) -> None:
    people = session.connection().execute(WITHOUT_ACCOUNT, {"run_id": run.id}).scalars()
    tasks = [NewTask(person_id, person_id, {"run_id": str(run.id)}) for person_id in people]
    open_tasks(session, kind=TaskKind.NO_CARD, city=run.city, tasks=tasks, now=now)


def confirm_run(session: Session, actor: Actor, *, run_id: UUID, reason: str, now: datetime) -> PaymentRun:
    """An operator has looked at a run that was HELD, and says why it may go on. Raises NotAllowed, RunUnknown,
    ReasonMissing, RunNotReady."""
    run = held_run(session, actor, run_id)
    if run.state != RunState.HELD and run.confirmed_at is not None:
        return run_view(session, run)
    if not reason.strip():
        raise ReasonMissing()
    _step(run, RunState.LISTED)
    run.confirmed_at, run.confirmed_by, run.confirmed_reason = now, actor.id, reason.strip()
    _record(session, actor, "month_confirmed", run, now, changed_per_thousand=run.changed_per_thousand)
    return run_view(session, run)


def audit_month(session: Session, actor: Actor, *, run_id: UUID, now: datetime) -> PaymentRun:
    """The street has audited the list. By the 15th. Raises NotAllowed, RunUnknown, RunNotReady."""
    run = held_run(session, actor, run_id)
    if run.state in (RunState.AUDITED, RunState.PAID):
        return run_view(session, run)
    _step(run, RunState.AUDITED)
    run.audited_at = now
    _record(session, actor, "month_audited", run, now)
    return run_view(session, run)


def pay_month(session: Session, actor: Actor, *, run_id: UUID, now: datetime) -> PaymentRun:
    """Pay what is on the list, and text everybody who is paid. By the 20th.

    Deaths and moves are looked at once more: what a worker must decide first is held. Paying again changes nothing.
    Raises NotAllowed, RunUnknown, RunNotReady.
    """
    run = held_run(session, actor, run_id)
    if run.state == RunState.PAID:
        return run_view(session, run)
    _step(run, RunState.PAID)
    run.paid_at = now
    session.execute(WORK_MEMORY)
    propose_stops(session, SYSTEM, now=now)
    session.flush()
    connection, asked = session.connection(), {"run_id": run.id}
    if connection.execute(HOLD_STOPPED, asked).rowcount:
        connection.execute(HOLD_KEPT_BACK, asked)
    paid = connection.execute(PAY, {**asked, "today": local_day(now)}).rowcount
    told = tell_paid(session, run, now=now)
    _record(session, actor, "month_paid", run, now, lines=paid, told=told)
    return run_view(session, run)


def held_run(session: Session, actor: Actor, run_id: UUID) -> PaymentRunRow:
    """A run that nobody else changes until commit. Raises NotAllowed, RunUnknown."""
    require(actor, Capability.RUN_MONTH, person_id=None)
    session.execute(LOCK)
    run = session.get(PaymentRunRow, run_id, populate_existing=True)
    if run is None:
        raise RunUnknown()
    return run


def get_run(session: Session, actor: Actor, *, run_id: UUID) -> PaymentRun:
    """One run with its totals. Raises NotAllowed, RunUnknown."""
    require(actor, Capability.SEE_RUNS, person_id=None)
    run = session.get(PaymentRunRow, run_id)
    if run is None:
        raise RunUnknown()
    return run_view(session, run)


def list_runs(session: Session, actor: Actor, *, city: str, limit: int = 24) -> tuple[PaymentRun, ...]:
    """The runs of a city, the latest month first. Raises NotAllowed."""
    require(actor, Capability.SEE_RUNS, person_id=None)
    rows = session.scalars(
        select(PaymentRunRow).where(PaymentRunRow.city == city).order_by(PaymentRunRow.month.desc()).limit(limit)
    ).all()
    return tuple(run_view(session, row) for row in rows)


def _step(run: PaymentRunRow, state: RunState) -> None:
    if state not in RUN_STEPS[RunState(run.state)]:
        raise RunNotReady(state=run.state, wanted=state.value)
    run.state = state


def _record(session: Session, actor: Actor, deed: str, run: PaymentRunRow, now: datetime, **facts: int) -> None:
    audit.record(session, actor, deed, city=run.city, person_id=None, subject_id=run.id, now=now, **facts)
    session.flush()
