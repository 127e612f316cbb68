"""Looking, day after day, for cases that the registers say must end, or should not have ended.

A signal that turns out to be wrong takes its proposal with it, and a stop that was decided on such a signal is put to a
worker again, so that the missed months can be paid.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.allowances.signals import RUNNING, Signal, put_to_worker, said_by, signal_of
from services.allowances.states import CaseState, EventKind, StopReason
from services.allowances.steps import SYSTEM, held_case, note, person_of, state_of
from services.allowances.stopping import propose_withdrawal, wish_that_waits
from services.allowances.tables import AllowanceCaseRow
from services.clock import local_day
from services.people import Hukou, PersonRow
from services.worker_tasks import TaskKind, close_task


def propose_stops(session: Session, actor: Actor, *, now: datetime) -> int:
    """Put to workers every case that the registers say must end, or should not have ended; drop proposals whose reason
    is gone. How many cases were touched. Only for the system; safe to repeat."""
    today = local_day(now)
    touched = 0
    for seen in session.execute(_worth_a_look()).all():
        # Most of them wait for a worker since an earlier round: nobody holds them for that.
        if _is_news(seen, signal_of(seen, today)):
            row = held_case(session, actor, seen.id, Capability.DECIDE_CASES)
            touched += _look_at(session, actor, row, today=today, now=now)
    session.flush()
    return touched


def _worth_a_look() -> Select[*tuple[Any, ...]]:
    """Cases about which the registers say, or said, something, with what they say."""
    case, person = AllowanceCaseRow, PersonRow
    says_stop = or_(person.died_on.is_not(None), person.hukou != Hukou.SHENZHEN)
    running = and_(case.state.in_(RUNNING), or_(says_stop, case.stop_proposed_from.is_not(None)))
    stopped = and_(
        case.state == CaseState.STOPPED,
        case.stop_reason == StopReason.DIED,
        case.settled_signal.is_distinct_from(func.concat(f"{StopReason.DIED}:", person.died_on)),
    )
    return (
        select(
            case.id,
            case.state,
            case.stop_proposed_from,
            case.stopped_from,
            case.stop_reason,
            case.settled_signal,
            person.died_on,
            person.hukou,
            person.hukou_changed_on,
        )
        .join(person, person.id == case.person_id)
        .where(or_(running, stopped))
        .order_by(case.person_id)
    )


def _is_news(case: AllowanceCaseRow | Row[*tuple[Any, ...]], signal: Signal | None) -> bool:
    """Whether this is not what a worker was asked, or has decided, already."""
    if case.state == CaseState.STOPPED:
        return said_by(signal) != case.settled_signal and (
            signal is None or signal.reason is not StopReason.DIED or signal.stops_from != case.stopped_from
        )
    if signal is None:
        return case.stop_proposed_from is not None and case.stop_reason != StopReason.WITHDRAWN
    if case.stop_reason == StopReason.WITHDRAWN and signal.reason is not StopReason.DIED:
        # She wishes to end it herself, and a worker is about to ask her.
        return False
    # A move of which nobody knows the day would be another one every month.
    same_month = signal.happened_on is None or case.stop_proposed_from == signal.stops_from
    is_asked = case.stop_proposed_from is not None and case.stop_reason == signal.reason and same_month
    return not is_asked and said_by(signal) != case.settled_signal


def _look_at(session: Session, actor: Actor, row: AllowanceCaseRow, *, today: date, now: datetime) -> bool:
    signal = signal_of(person_of(session, row), today)
    # Somebody else may have decided while we waited for the person.
    if state_of(row) not in (*RUNNING, CaseState.STOPPED) or not _is_news(row, signal):
        return False
    if state_of(row) is CaseState.STOPPED:
        _put_stopped_to_worker(session, actor, row, signal, now=now)
        return True
    if signal is None:
        _drop(session, actor, row, now=now)
        return True
    row.stop_proposed_from, row.stop_reason = signal.stops_from, signal.reason
    note(
        session,
        actor,
        row,
        EventKind.STOP_PROPOSED,
        now=now,
        reason=signal.reason,
        happened_on=signal.happened_on,
        stops_from=signal.stops_from,
    )
    put_to_worker(session, row, signal.reason, signal.happened_on, now=now)
    return True


def _put_stopped_to_worker(
    session: Session, actor: Actor, row: AllowanceCaseRow, signal: Signal | None, *, now: datetime
) -> None:
    """A death on another day than the one decided on, or none at all after all."""
    proposed = signal.stops_from if signal and signal.reason is StopReason.DIED else None
    row.stop_proposed_from = proposed
    # Until a worker has decided, the same is not asked again.
    row.settled_signal = said_by(signal)
    wanted = "correct" if proposed else "reinstate"
    note(
        session,
        actor,
        row,
        EventKind.STOP_PROPOSED,
        now=now,
        reason=StopReason.DIED,
        stops_from=proposed,
        wanted=wanted,
    )
    happened_on = signal.happened_on if signal and proposed else None
    put_to_worker(session, row, StopReason.DIED, happened_on, now=now, wanted=wanted)


def _drop(session: Session, actor: Actor, row: AllowanceCaseRow, *, now: datetime) -> None:
    """The reason of a proposal is gone. A wish of hers to end it that came meanwhile stays, and is decided now."""
    why, row.stop_proposed_from, row.stop_reason = row.stop_reason, None, None
    note(session, actor, row, EventKind.STOP_PROPOSAL_DROPPED, now=now, reason=why)
    wish = wish_that_waits(session, row)
    if wish is not None:
        propose_withdrawal(session, row, local_day(wish.at), now=now)
        return
    close_task(
        session,
        SYSTEM,
        kind=TaskKind.STOP_DECISION,
        subject_id=row.id,
        decision="signal_gone",
        reason=None,
        now=now,
    )
