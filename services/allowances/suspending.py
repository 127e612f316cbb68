"""Suspending a case for a time, and resuming it with the money of that time (深民规〔2020〕3号, art. 21)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.allowances.errors import AlreadyDecided
from services.allowances.months import month_of
from services.allowances.rules import figure
from services.allowances.states import CaseState, EventKind
from services.allowances.steps import held_case, move, note, person_of, refuse_the_machine, state_of
from services.allowances.tables import SuspensionRow
from services.allowances.telling import tell
from services.allowances.views import AllowanceCase, case_view
from services.clock import local_day
from services.database.tables import new_id


def suspend(
    session: Session, actor: Actor, *, case_id: UUID, from_month: date, reason: str, now: datetime
) -> AllowanceCase:
    """What a worker decides about a missed certification: nothing is paid from a month on until it is resumed.

    Suspending again changes nothing. Raises CaseUnknown, NotAllowed, OnlyByPeople, ReasonMissing, AlreadyDecided.
    """
    refuse_the_machine(actor, reason)
    row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
    if state_of(row) is CaseState.SUSPENDED:
        return case_view(row)
    if state_of(row) is not CaseState.ACTIVE:
        raise AlreadyDecided(state=row.state)
    first = month_of(from_month)
    move(row, CaseState.SUSPENDED)
    row.suspended_from = first
    session.add(
        SuspensionRow(
            id=new_id(),
            city=row.city,
            case_id=row.id,
            from_month=first,
            reason="certification_missed",
            suspended_at=now,
        )
    )
    told = tell(session, person_of(session, row), row, "allowance_suspended", now=now, month=first.month)
    note(session, actor, row, EventKind.SUSPENDED, now=now, from_month=first, told=told)
    return case_view(row)


def resume(session: Session, actor: Actor, *, case_id: UUID, now: datetime) -> AllowanceCase:
    """Pay again, with the months in between where the rule of the day says so. Resuming what is not suspended changes
    nothing. Raises CaseUnknown, NotAllowed."""
    row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
    if state_of(row) is not CaseState.SUSPENDED:
        return case_view(row)
    today = local_day(now)
    suspension = session.scalars(
        select(SuspensionRow).where(SuspensionRow.case_id == row.id, SuspensionRow.resumed_on.is_(None))
    ).one()
    suspension.resumed_on = today
    suspension.back_pay = bool(figure(today, "back_pay_after_suspension"))
    move(row, CaseState.ACTIVE)
    row.suspended_from = None
    told = tell(
        session,
        person_of(session, row),
        row,
        "allowance_resumed",
        now=now,
        paid="with_back_pay" if suspension.back_pay else "without_back_pay",
    )
    note(
        session,
        actor,
        row,
        EventKind.RESUMED,
        now=now,
        from_month=suspension.from_month,
        back_pay=suspension.back_pay,
        told=told,
    )
    return case_view(row)
