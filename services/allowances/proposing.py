"""Looking, day after day, for cases that the registers say must end, or should not have ended.

A signal that turns out to be wrong takes its proposal with it, and a stop that was decided on such a signal is put to a
worker again, so that the missed months can be paid.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.allowances.signals import NOTHING_SAID, RUNNING, Signal, put_to_worker, signal_of
from services.allowances.states import CaseState, EventKind, StopReason
from services.allowances.steps import SYSTEM, held_case, note, person_of, state_of
from services.allowances.tables import AllowanceCaseRow
from services.clock import local_day
from services.people import Hukou, PersonRow
from services.worker_tasks import TaskKind, close_task


def propose_stops(session: Session, actor: Actor, *, now: datetime) -> int:
    """Put to workers every case that the registers say must end, or should not have ended; drop proposals whose reason
    is gone. How many cases were touched. Only for the system; safe to repeat."""
    today = local_day(now)
    touched = 0
    for case_id in session.scalars(_worth_a_look()).all():
        row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
        touched += _look_at(session, actor, row, today=today, now=now)
    session.flush()
    return touched


def _worth_a_look() -> Select[UUID]:
    case, person = AllowanceCaseRow, PersonRow
    says_stop = or_(person.died_on.is_not(None), person.hukou != Hukou.SHENZHEN)
    running = and_(case.state.in_(RUNNING), or_(says_stop, case.stop_proposed_from.is_not(None)))
    stopped = and_(
        case.state == CaseState.STOPPED,
        case.stop_reason == StopReason.DIED,
        case.settled_signal.is_distinct_from(func.concat(f"{StopReason.DIED}:", person.died_on)),
    )
    return (
        select(case.id).join(person, person.id == case.person_id).where(or_(running, stopped)).order_by(case.person_id)
    )


def _look_at(session: Session, actor: Actor, row: AllowanceCaseRow, *, today: date, now: datetime) -> bool:
    signal = signal_of(person_of(session, row), today)
    said = str(signal) if signal else NOTHING_SAID
    if state_of(row) is CaseState.STOPPED:
        return _look_at_stopped(session, actor, row, signal, said, now=now)
    if row.stop_reason == StopReason.WITHDRAWN:
        return False
    if signal is None:
        return _drop(session, actor, row, now=now)
    if said == row.settled_signal or (row.stop_proposed_from, row.stop_reason) == (signal.stops_from, signal.reason):
        return False
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


def _look_at_stopped(
    session: Session, actor: Actor, row: AllowanceCaseRow, signal: Signal | None, said: str, *, now: datetime
) -> bool:
    """A death on another day than the one decided on, or none at all after all."""
    if said == row.settled_signal:
        return False
    proposed = signal.stops_from if signal and signal.reason is StopReason.DIED else None
    if proposed is not None and proposed == row.stopped_from:
        return False
    row.stop_proposed_from = proposed
    # Until a worker has decided, the same is not asked again.
    row.settled_signal = said
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
    return True


def _drop(session: Session, actor: Actor, row: AllowanceCaseRow, *, now: datetime) -> bool:
    if row.stop_proposed_from is None:
        return False
    why, row.stop_proposed_from, row.stop_reason = row.stop_reason, None, None
    note(session, actor, row, EventKind.STOP_PROPOSAL_DROPPED, now=now, reason=why)
    close_task(
        session,
        SYSTEM,
        kind=TaskKind.STOP_DECISION,
        subject_id=row.id,
        decision="signal_gone",
        reason=None,
        now=now,
    )
    return True
