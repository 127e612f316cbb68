"""Moving cases: the only place that changes a state, and that writes events and the record of deeds with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, ActorKind, Capability
from services.allowances.errors import CaseUnknown, OnlyByPeople, ReasonMissing, StepNotPossible
from services.allowances.states import ALLOWED, FINAL, CaseState, EventKind
from services.allowances.tables import AllowanceCaseRow, AllowanceEventRow
from services.benefits import Benefit
from services.people import Person
from services.worker_tasks import TaskKind, close_task, open_task

SYSTEM = Actor.system()


def hold(session: Session, person_id: UUID) -> None:
    """Keep the sole right to change her affairs until commit, and to write cases at all: screening, which keeps
    everybody from writing cases for a moment, asks for both in the same order."""
    session.execute(text("LOCK TABLE allowance_cases IN ROW EXCLUSIVE MODE"))
    people.hold(session, person_id)


def held_case(session: Session, actor: Actor, case_id: UUID, capability: Capability) -> AllowanceCaseRow:
    """A case that nobody else changes until commit, for an actor who may do this. Raises CaseUnknown, NotAllowed."""
    row = session.get(AllowanceCaseRow, case_id)
    if row is None:
        raise CaseUnknown()
    people.require_for(session, actor, capability, person_id=row.person_id)
    hold(session, row.person_id)
    session.refresh(row)
    return row


def living_case(session: Session, person_id: UUID, benefit: Benefit) -> AllowanceCaseRow | None:
    """The case of this benefit that has not ended, if there is one."""
    return session.scalar(
        select(AllowanceCaseRow).where(
            AllowanceCaseRow.person_id == person_id,
            AllowanceCaseRow.benefit == benefit,
            AllowanceCaseRow.state.not_in(FINAL),
        )
    )


def latest_case(session: Session, person_id: UUID, benefit: Benefit) -> AllowanceCaseRow | None:
    """The case of this benefit that began last, ended or not."""
    return session.scalar(
        select(AllowanceCaseRow)
        .where(AllowanceCaseRow.person_id == person_id, AllowanceCaseRow.benefit == benefit)
        .order_by(AllowanceCaseRow.created_at.desc(), AllowanceCaseRow.id.desc())
        .limit(1)
    )


def person_of(session: Session, row: AllowanceCaseRow) -> Person:
    """Whose case it is, as the use cases of this package see her; who acts was checked before."""
    return people.get_person(session, SYSTEM, person_id=row.person_id)


def state_of(row: AllowanceCaseRow) -> CaseState:
    """The state of a case."""
    return CaseState(row.state)


def move(row: AllowanceCaseRow, state: CaseState) -> None:
    """Go to another state. Raises StepNotPossible. The code of the offer stays: who answers once more names it."""
    if state not in ALLOWED[state_of(row)]:
        raise StepNotPossible(state=row.state, wanted=state.value)
    row.state = state


def note(
    session: Session,
    actor: Actor,
    row: AllowanceCaseRow,
    kind: EventKind,
    *,
    now: datetime,
    message_id: UUID | None = None,
    **facts: str | int | bool | date | UUID | None,
) -> None:
    """Add the event and the entry in the record of deeds, and flush. `facts`: codes, ids, amounts and dates."""
    plain = {name: _plain(value) for name, value in facts.items() if value is not None}
    session.add(
        AllowanceEventRow(
            city=row.city,
            case_id=row.id,
            person_id=row.person_id,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            channel=actor.channel,
            kind=kind,
            rule_version=row.rule_version,
            message_id=message_id,
            facts=plain,
        )
    )
    audit.record(
        session,
        actor,
        f"allowance_{kind}",
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        now=now,
        **plain,
    )
    session.flush()


def _plain(value: str | int | bool | date | UUID | None) -> str | int | bool | None:
    return str(value) if isinstance(value, date | UUID) else value


def refuse_the_machine(actor: Actor, reason: str | None) -> None:
    """Deciding against somebody is for people, who say why (principle 12). Raises OnlyByPeople, ReasonMissing."""
    if actor.kind is ActorKind.SYSTEM:
        raise OnlyByPeople()
    if not (reason and reason.strip()):
        raise ReasonMissing()


def settle(
    session: Session,
    actor: Actor,
    row: AllowanceCaseRow,
    kind: TaskKind,
    decision: str,
    reason: str | None,
    *,
    now: datetime,
) -> None:
    """Keep what a worker decided about a case, and why, also where nobody had asked her to."""
    facts = {"case_id": str(row.id)}
    open_task(session, kind=kind, city=row.city, person_id=row.person_id, subject_id=row.id, facts=facts, now=now)
    close_task(session, actor, kind=kind, subject_id=row.id, decision=decision, reason=reason, now=now)


def codes(values: Iterable[str]) -> str:
    """Several codes as one fact of an event.

    >>> codes(["died", "hukou_not_in_city"])
    'died hukou_not_in_city'
    """
    return " ".join(values)
