"""The end of a right: by the senior's word, by the family member, by a worker, by its date, by the senior's death; and
the pause that a worker makes until somebody has looked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from services import people
from services.actor import Actor, ActorKind
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.clock import local_day
from services.database import unit_of_work
from services.delegation import telling
from services.delegation.errors import DelegationStepNotPossible
from services.delegation.steps import SYSTEM, end, held, held_for, move, require_own, say_of, write
from services.delegation.views import Delegation, delegation_view, is_waiting
from services.family import DelegationState, EndReason
from services.family.states import IN_FORCE, WAITING, DelegationEventKind
from services.family.tables import DelegationRow
from services.people import PersonRow
from services.worker_tasks import TaskKind, close_task


def take_back(
    session: Session,
    actor: Actor,
    *,
    delegation_id: UUID,
    now: datetime,
    reason: str | None = None,
    message_id: UUID | None = None,
) -> Delegation:
    """The senior's word is enough: from this moment nobody can do anything by it. An invitation that waits is taken
    back as well, a request is answered with no. Again, nothing happens.

    A worker of her community does the same and says why in `reason`. Raises DelegationUnknown, NotAllowed,
    ReasonMissing.
    """
    row = held_for(session, actor, delegation_id)
    note = _checked_reason(actor, reason)
    if row.state == DelegationState.ENDED:
        return delegation_view(session, row)
    was_in_force = row.state in IN_FORCE
    why = EndReason.BY_WORKER if actor.kind is ActorKind.COMMUNITY_WORKER else EndReason.TAKEN_BACK
    if not was_in_force:
        why = EndReason.DECLINED if row.state == DelegationState.ASKED else EndReason.CALLED_OFF
    fact = str(message_id) if message_id else None
    end(session, actor, row, why, now=now, note=note, message_id=fact)
    telling.tell_senior(session, row, "delegation_ended", now=now)
    if was_in_force:
        telling.tell_family(session, row, "delegation_ended_family", now=now)
    return delegation_view(session, row)


def take_back_all(
    session: Session, actor: Actor, *, person_id: UUID, now: datetime, message_id: UUID | None = None
) -> tuple[Delegation, ...]:
    """Take back everything that is in force or waits to be, in one word; what was ended by it. Raises NotAllowed."""
    people.require_for(session, actor, say_of(actor), person_id=person_id)
    living = session.scalars(
        select(DelegationRow.id)
        .where(DelegationRow.person_id == person_id, DelegationRow.state != DelegationState.ENDED)
        .order_by(DelegationRow.id)
    ).all()
    return tuple(
        take_back(session, actor, delegation_id=delegation_id, now=now, message_id=message_id)
        for delegation_id in living
    )


def give_up(session: Session, actor: Actor, *, delegation_id: UUID, now: datetime) -> None:
    """The family member does not act any more; the senior is told. Again, nothing happens. Raises DelegationUnknown,
    NotAllowed, DelegationStepNotPossible for what was never agreed."""
    row = held(session, delegation_id)
    require_own(actor, row)
    if row.state == DelegationState.ENDED:
        return
    if is_waiting(row):
        raise DelegationStepNotPossible(state=row.state)
    end(session, actor, row, EndReason.GIVEN_UP, now=now)
    telling.tell_senior(session, row, "delegation_given_up", now=now)


def freeze_delegation(session: Session, actor: Actor, *, delegation_id: UUID, reason: str, now: datetime) -> Delegation:
    """A worker stops it until somebody has looked; the senior is told. Again, nothing happens. Raises
    DelegationUnknown, NotAllowed, OnlyByPeople, ReasonMissing, DelegationStepNotPossible."""
    row = _held_by_worker(session, actor, delegation_id)
    note = _checked_reason(actor, reason)
    if row.state == DelegationState.FROZEN:
        return delegation_view(session, row)
    move(row, DelegationState.FROZEN)
    _settle_check(session, actor, row, "frozen", note, now)
    write(session, actor, row, DelegationEventKind.FROZEN, now=now, words=note)
    telling.tell_senior(session, row, "delegation_frozen", now=now)
    return delegation_view(session, row)


def release_delegation(
    session: Session, actor: Actor, *, delegation_id: UUID, reason: str, now: datetime
) -> Delegation:
    """A worker looked, and all is well. What was never frozen stays as it is, and its check is settled. Raises
    DelegationUnknown, NotAllowed, OnlyByPeople, ReasonMissing, DelegationStepNotPossible."""
    row = _held_by_worker(session, actor, delegation_id)
    note = _checked_reason(actor, reason)
    if row.state != DelegationState.ACTIVE:
        move(row, DelegationState.ACTIVE)
        telling.tell_senior(session, row, "delegation_agreed", now=now, what=telling.matters(row), until=row.until_on)
    _settle_check(session, actor, row, "kept", note, now)
    write(session, actor, row, DelegationEventKind.RELEASED, now=now, words=note)
    return delegation_view(session, row)


def end_due(sessions: sessionmaker[Session], *, city: str, now: datetime) -> int:
    """End what is over by its date, what nobody answered in time, and what a death ended; how many. Each in a
    transaction of its own, and safe to run again. Nobody can act by such a right before either: `act_for` looks itself.
    """
    today = local_day(now)
    over = or_(
        and_(DelegationRow.state.in_(IN_FORCE), DelegationRow.until_on < today),
        and_(DelegationRow.state.in_(WAITING), DelegationRow.answer_until_on < today),
        PersonRow.died_on.is_not(None),
    )
    with unit_of_work(sessions) as session:
        due = session.scalars(
            select(DelegationRow.id)
            .outerjoin(PersonRow, PersonRow.id == DelegationRow.person_id)
            .where(DelegationRow.city == city, DelegationRow.state != DelegationState.ENDED, over)
            .order_by(DelegationRow.id)
        ).all()
    for delegation_id in due:
        with unit_of_work(sessions) as session:
            _end_one(session, held(session, delegation_id), now)
    return len(due)


def _end_one(session: Session, row: DelegationRow, now: datetime) -> None:
    if row.state == DelegationState.ENDED:
        return
    senior = session.get(PersonRow, row.person_id) if row.person_id is not None else None
    if senior is not None and senior.died_on is not None:
        # In the first days of mourning nobody gets a text message about rights.
        end(session, SYSTEM, row, EndReason.DEATH, now=now)
    elif is_waiting(row):
        end(session, SYSTEM, row, EndReason.LAPSED, now=now)
    else:
        end(session, SYSTEM, row, EndReason.EXPIRED, now=now)
        telling.tell_senior(session, row, "delegation_expired", now=now)
        telling.tell_family(session, row, "delegation_ended_family", now=now)


def _held_by_worker(session: Session, actor: Actor, delegation_id: UUID) -> DelegationRow:
    row = held_for(session, actor, delegation_id)
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        raise OnlyByPeople()
    return row


def _checked_reason(actor: Actor, reason: str | None) -> str | None:
    """A worker says why; a senior need not."""
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        return None
    if not (reason and reason.strip()):
        raise ReasonMissing()
    return reason.strip()


def _settle_check(
    session: Session, actor: Actor, row: DelegationRow, decision: str, note: str | None, now: datetime
) -> None:
    close_task(
        session, actor, kind=TaskKind.DELEGATION_CHECK, subject_id=row.id, decision=decision, reason=note, now=now
    )
