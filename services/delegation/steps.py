"""Moving delegations: the only place that changes a state, and that writes events and the record of deeds with it.

Whoever changes a delegation holds its rows first, and the person, where that is needed at all, after them: a delegate
who acts holds her delegation in the same order (`acting`).
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, ActorKind, Capability, Scope, require
from services.allowances.months import last_day_of, month_of, months_later
from services.clock import local_day
from services.delegation.errors import (
    DelegationStepNotPossible,
    DelegationUnknown,
    NoScopes,
    TermWrong,
)
from services.delegation.parameters import rules_on
from services.family.states import ALLOWED, IN_FORCE, DelegationEventKind, DelegationState, EndReason
from services.family.tables import DelegationEventRow, DelegationRow
from services.worker_tasks import TaskKind, close_task, open_task

SYSTEM = Actor.system()
# Four digits, none leading: they never look like the two digits of an allowance offer, however these are written.
CODES = range(1000, 10_000)
TASKS = (TaskKind.DELEGATION_REQUEST, TaskKind.DELEGATION_CHECK)


def held(session: Session, delegation_id: UUID) -> DelegationRow:
    """A delegation that nobody else changes until commit, as it is now, with every other one of the same two people.
    Raises DelegationUnknown."""
    row = session.get(DelegationRow, delegation_id)
    if row is None:
        raise DelegationUnknown(capability=Capability.MANAGE_DELEGATION.value)
    of_the_same_two = and_(
        DelegationRow.family_member_id == row.family_member_id, DelegationRow.person_id == row.person_id
    )
    rows = session.scalars(
        select(DelegationRow)
        .where(or_(DelegationRow.id == delegation_id, of_the_same_two))
        .order_by(DelegationRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return next(each for each in rows if each.id == delegation_id)


def held_for(session: Session, actor: Actor, delegation_id: UUID) -> DelegationRow:
    """The same for the senior whom it is about, or a worker of her community. Raises DelegationUnknown, NotAllowed."""
    row = held(session, delegation_id)
    require_over(session, actor, row)
    return row


def require_over(session: Session, actor: Actor, row: DelegationRow) -> None:
    """Return if this actor has the say over a delegation: the senior, or a worker of her community. Raises NotAllowed,
    DelegationUnknown."""
    if row.person_id is None:
        raise DelegationUnknown(capability=Capability.MANAGE_DELEGATION.value)
    people.require_for(session, actor, say_of(actor), person_id=row.person_id)


def say_of(actor: Actor) -> Capability:
    """By which right this kind of actor has a say over delegations."""
    is_worker = actor.kind is ActorKind.COMMUNITY_WORKER
    return Capability.OVERSEE_DELEGATION if is_worker else Capability.MANAGE_DELEGATION


def require_own(actor: Actor, row: DelegationRow) -> None:
    """Return if this is the family member's own. Raises NotAllowed, DelegationUnknown."""
    require(actor, Capability.ASK_TO_ACT, person_id=None)
    if actor.kind is not ActorKind.SYSTEM and row.family_member_id != actor.family_member_id:
        raise DelegationUnknown(capability=Capability.ASK_TO_ACT.value)


def move(row: DelegationRow, state: DelegationState) -> None:
    """Go to another state. Raises DelegationStepNotPossible."""
    if state not in ALLOWED[DelegationState(row.state)]:
        raise DelegationStepNotPossible(state=row.state, wanted=state.value)
    row.state = state


def end(
    session: Session,
    actor: Actor,
    row: DelegationRow,
    reason: EndReason,
    *,
    now: datetime,
    note: str | None = None,
    message_id: str | None = None,
) -> None:
    """Go to the end; what waited for a worker about it is settled. `note` is what a worker wrote."""
    move(row, DelegationState.ENDED)
    row.ended_at, row.end_reason = now, reason
    for kind in TASKS:
        close_task(session, actor, kind=kind, subject_id=row.id, decision=reason.value, reason=note, now=now)
    write(
        session, actor, row, DelegationEventKind.ENDED, now=now, words=note, reason=reason.value, message_id=message_id
    )


def in_force_between(session: Session, row: DelegationRow) -> DelegationRow | None:
    """The other delegation of the same two people that is in force, if there is one; its row is held already."""
    return session.scalar(
        select(DelegationRow).where(
            DelegationRow.family_member_id == row.family_member_id,
            DelegationRow.person_id == row.person_id,
            DelegationRow.id != row.id,
            DelegationRow.state.in_(IN_FORCE),
        )
    )


def write(
    session: Session,
    actor: Actor,
    row: DelegationRow,
    kind: DelegationEventKind,
    *,
    now: datetime,
    words: str | None = None,
    **facts: str | int | bool | None,
) -> None:
    """Add the event and the entry in the record of deeds, and flush. `facts`: codes, ids and days; `words` are what a
    worker wrote, which the record of deeds does not hold."""
    plain = {name: value for name, value in facts.items() if value is not None}
    session.add(
        DelegationEventRow(
            city=row.city,
            delegation_id=row.id,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            channel=actor.channel,
            kind=kind,
            facts=plain,
            note=words or None,
        )
    )
    audit.record(
        session,
        actor,
        f"delegation_{kind}",
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        now=now,
        **plain,
    )
    session.flush()


def ask_a_worker(session: Session, row: DelegationRow, kind: TaskKind, *, now: datetime, **facts: str | int) -> None:
    """Put it on the list of her community."""
    open_task(
        session,
        kind=kind,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts={"delegation_id": str(row.id), **facts},
        now=now,
    )


def checked_scopes(scopes: frozenset[Scope]) -> list[str]:
    """What was ticked, as it is stored. Raises NoScopes."""
    if not scopes:
        raise NoScopes()
    return [scope.value for scope in Scope if scope in scopes]


def last_day_after(months: int | None, now: datetime) -> date:
    """The last day of a term that begins now; without a number of months, of the usual one. Raises TermWrong."""
    today = local_day(now)
    rules = rules_on(today)
    count = rules.default_months if months is None else months
    if not 1 <= count <= rules.most_months:
        raise TermWrong(most=rules.most_months)
    month = months_later(month_of(today), count)
    return month.replace(day=min(today.day, last_day_of(month).day))


def answer_until(now: datetime) -> date:
    """The last day on which a request or an invitation of now can be answered."""
    today = local_day(now)
    return today + timedelta(days=rules_on(today).answer_days)


def free_code(session: Session, *, person_ids: list[UUID], family_member_id: UUID) -> str:
    """Four digits by which no other living delegation of these people, or of this family member, is meant. They are no
    secret: whose phone they come from is what counts."""
    taken = set(
        session.scalars(
            select(DelegationRow.code).where(
                DelegationRow.state != DelegationState.ENDED,
                or_(
                    DelegationRow.person_id.in_(person_ids),
                    DelegationRow.family_member_id == family_member_id,
                ),
            )
        )
    )
    while True:
        code = str(CODES[secrets.randbelow(len(CODES))])
        if code not in taken:
            return code
