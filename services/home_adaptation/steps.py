"""Moving cases: the only place that changes a state, writes events with the record of deeds, and tells her."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, ActorKind, Capability, require
from services.allowances.errors import OnlyByPeople
from services.home_adaptation.errors import (
    AdaptationStepNotPossible,
    AdaptationUnknown,
    NoteMissing,
    NoteTooLong,
)
from services.home_adaptation.states import ALLOWED, AdaptationState, EventKind
from services.home_adaptation.tables import AdaptationEventRow, AdaptationRow, FirmRow
from services.messages import queue_message
from services.people import Person
from services.worker_tasks import TaskKind, close_task, open_task

SYSTEM = Actor.system()
LONGEST_NOTE = 500


def held_case(session: Session, actor: Actor, adaptation_id: UUID, capability: Capability) -> AdaptationRow:
    """A case that nobody else changes until commit, for an actor who may do this. Raises AdaptationUnknown,
    NotAllowed."""
    row = seen_case(session, actor, adaptation_id, capability)
    people.hold(session, row.person_id)
    session.refresh(row)
    return row


def seen_case(session: Session, actor: Actor, adaptation_id: UUID, capability: Capability) -> AdaptationRow:
    """A case, for an actor who may do this: herself, a worker of the community of the home, or the firm. Raises
    AdaptationUnknown, NotAllowed."""
    row = session.get(AdaptationRow, adaptation_id, populate_existing=True)
    if row is None:
        raise AdaptationUnknown()
    firm = session.get_one(FirmRow, row.firm_id) if row.firm_id else None
    require(
        actor,
        capability,
        person_id=row.person_id,
        community=row.community,
        district=row.district,
        workplace_id=firm.workplace_id if firm else None,
    )
    people.note_delegate(session, actor, row.person_id)
    return row


def state_of(row: AdaptationRow) -> AdaptationState:
    """The state of a case."""
    return AdaptationState(row.state)


def move(row: AdaptationRow, state: AdaptationState) -> None:
    """Go to another state. Raises AdaptationStepNotPossible."""
    if state not in ALLOWED[state_of(row)]:
        raise AdaptationStepNotPossible(state=row.state)
    row.state = state


def must_be(row: AdaptationRow, *states: AdaptationState) -> None:
    """Return if the case is in one of these states. Raises AdaptationStepNotPossible."""
    if state_of(row) not in states:
        raise AdaptationStepNotPossible(state=row.state)


def note(
    session: Session,
    actor: Actor,
    row: AdaptationRow,
    kind: EventKind,
    *,
    now: datetime,
    words: str | None = None,
    **facts: str | int | None,
) -> None:
    """Add the event and the entry in the record of deeds, and flush. `facts`: codes, ids and amounts; `words` are what
    somebody wrote, which the record of deeds does not hold."""
    plain = {name: value for name, value in facts.items() if value is not None}
    session.add(
        AdaptationEventRow(
            city=row.city,
            adaptation_id=row.id,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            channel=actor.channel,
            kind=kind,
            rule_version=row.rule_version,
            facts=plain,
            note=words or None,
        )
    )
    audit.record(
        session,
        actor,
        f"adaptation_{kind}",
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        now=now,
        **plain,
    )
    session.flush()


def checked_note(words: str, *, needed: bool = False) -> str:
    """What somebody wrote, without the blanks around it. Raises NoteMissing, NoteTooLong."""
    words = words.strip()
    if needed and not words:
        raise NoteMissing()
    if len(words) > LONGEST_NOTE:
        raise NoteTooLong(most=LONGEST_NOTE)
    return words


def refuse_the_machine(actor: Actor) -> None:
    """What a worker decides, nobody else does. Raises OnlyByPeople."""
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        raise OnlyByPeople()


def ask_a_worker(session: Session, row: AdaptationRow, kind: TaskKind, *, now: datetime, **facts: str | int) -> None:
    """Put the case on the list of her community."""
    open_task(
        session,
        kind=kind,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts={"adaptation_id": str(row.id), **facts},
        now=now,
    )


def settle_task(
    session: Session, actor: Actor, row: AdaptationRow, kind: TaskKind, decision: str, reason: str | None, now: datetime
) -> None:
    """Take the case off the list again, if it is there."""
    close_task(session, actor, kind=kind, subject_id=row.id, decision=decision, reason=reason, now=now)


def person_of(session: Session, row: AdaptationRow) -> Person:
    """Whose home it is, as the use cases of this package see her; who acts was checked before."""
    return people.get_person(session, SYSTEM, person_id=row.person_id)


def tell(session: Session, row: AdaptationRow, template: str, *, now: datetime, **variables: str | int) -> None:
    """A text message to her; who has no phone is told by the worker, who has the case on her list."""
    phone = people.phone_of(session, row.person_id)
    if phone is None:
        return
    person = person_of(session, row)
    queue_message(
        session,
        template,
        city=row.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person.id,
        name=person.masked_name,
        **variables,
    )


def firm_of(session: Session, row: AdaptationRow) -> FirmRow:
    """The firm of a case that has one."""
    assert row.firm_id is not None
    return session.get_one(FirmRow, row.firm_id)
