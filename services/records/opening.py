"""Opening a record with a reason, and what is open to a worker at a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, ActorKind, Capability
from services.clock import local_day
from services.database.tables import new_id
from services.errors import ServiceError
from services.people import city_of, require_for
from services.records.parameters import rules_on
from services.records.tables import LONGEST_WORDS, WORDS, RecordOpeningRow
from services.sealing import vault_of
from services.worker_tasks import get_task

OPENED, CLOSED = "record_opened", "record_closed"


class OpeningReason(StrEnum):
    """Why a record is opened."""

    SHE_IS_HERE = "she_is_here"
    SHE_CALLED = "she_called"
    FAMILY_ASKS = "family_asks"
    HOME_VISIT = "home_visit"
    CALL_FOR_HELP = "call_for_help"
    OTHER = "other"
    """only with words of her own"""
    TASK = "task"
    """a task on her list; nobody chooses it"""


TO_CHOOSE = tuple(reason for reason in OpeningReason if reason is not OpeningReason.TASK)


class OpeningReasonMissing(ServiceError):
    """No reason was chosen, or another one than those to choose without words that say which."""

    code = "opening_reason_missing"


class OpeningWordsTooLong(ServiceError):
    """The worker's own words have at most `most` characters."""

    code = "opening_words_too_long"


@dataclass(frozen=True)
class RecordOpening:
    """A record that is open to one worker until `until_at`."""

    id: UUID
    person_id: UUID
    reason: OpeningReason
    opened_at: datetime
    until_at: datetime


def open_record(
    session: Session, actor: Actor, *, person_id: UUID, reason: OpeningReason | None, words: str = "", now: datetime
) -> RecordOpening:
    """Open the record of somebody of the worker's community for the minutes that `rules_on` says. Raises NotAllowed,
    OpeningReasonMissing, OpeningWordsTooLong. Use cases see it open with the actor of `with_open_records`."""
    require_for(session, actor, Capability.OPEN_RECORDS, person_id=person_id)
    words = words.strip()
    if reason not in TO_CHOOSE or (reason is OpeningReason.OTHER and not words):
        raise OpeningReasonMissing()
    if len(words) > LONGEST_WORDS:
        raise OpeningWordsTooLong(most=LONGEST_WORDS)
    return _open(session, actor, person_id, reason, words=words, task_id=None, now=now)


def open_record_for_task(session: Session, actor: Actor, *, task_id: UUID, now: datetime) -> Actor:
    """The actor with the record open that a waiting task of hers is about; nothing is written where it is open already.
    She stays as she is where the task is about nobody, or decided: it is no reason any more. So does whoever is no
    community worker. Raises NotAllowed."""
    task = get_task(session, actor, task_id=task_id)
    if actor.kind is not ActorKind.COMMUNITY_WORKER or task.person_id is None or not task.is_open:
        return actor
    if task.person_id in actor.open_records:
        return actor
    require_for(session, actor, Capability.OPEN_RECORDS, person_id=task.person_id)
    _open(session, actor, task.person_id, OpeningReason.TASK, words="", task_id=task_id, now=now)
    return replace(actor, open_records=actor.open_records | {task.person_id})


def with_open_records(session: Session, actor: Actor, *, now: datetime) -> Actor:
    """The actor with the records that are open to her now: what `services.actor.require` asks. Anybody but a community
    worker stays as she is."""
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        return actor
    asked = select(RecordOpeningRow.person_id).where(
        RecordOpeningRow.staff_id == actor.staff_id, RecordOpeningRow.until_at > now, RecordOpeningRow.opened_at <= now
    )
    return replace(actor, open_records=frozenset(session.scalars(asked)))


def is_open_because(session: Session, actor: Actor, *, person_id: UUID, reason: OpeningReason, now: datetime) -> bool:
    """Whether the record of this person is open to this worker now for this very reason."""
    return session.scalar(_open_for(actor, person_id, reason, now).limit(1)) is not None


def close_record(session: Session, actor: Actor, *, person_id: UUID, reason: OpeningReason, now: datetime) -> None:
    """What was opened for this reason is closed before its time; where nothing is open, nothing happens. Raises
    NotAllowed."""
    require_for(session, actor, Capability.OPEN_RECORDS, person_id=person_id)
    rows = session.scalars(_open_for(actor, person_id, reason, now).with_for_update()).all()
    for row in rows:
        # No opening has no length: one that is closed within its first moment lasted that moment.
        row.until_at = max(now, row.opened_at + timedelta(microseconds=1))
        audit.record(session, actor, CLOSED, city=row.city, person_id=person_id, subject_id=row.id, now=now)
    session.flush()


def _open_for(actor: Actor, person_id: UUID, reason: OpeningReason, now: datetime) -> Select[RecordOpeningRow]:
    return select(RecordOpeningRow).where(
        RecordOpeningRow.staff_id == actor.staff_id,
        RecordOpeningRow.person_id == person_id,
        RecordOpeningRow.reason == reason,
        RecordOpeningRow.opened_at <= now,
        RecordOpeningRow.until_at > now,
    )


def _open(
    session: Session,
    actor: Actor,
    person_id: UUID,
    reason: OpeningReason,
    *,
    words: str,
    task_id: UUID | None,
    now: datetime,
) -> RecordOpening:
    assert actor.staff_id is not None
    city = city_of(session, person_id)
    row = RecordOpeningRow(
        id=new_id(),
        city=city,
        staff_id=actor.staff_id,
        person_id=person_id,
        reason=reason,
        words_sealed=vault_of(session).seal(words, context=WORDS) if words else None,
        task_id=task_id,
        opened_at=now,
        until_at=now + rules_on(local_day(now)).open_for,
    )
    session.add(row)
    audit.record(
        session, actor, OPENED, city=city, person_id=person_id, subject_id=row.id, now=now, reason=reason.value
    )
    session.flush()
    return RecordOpening(row.id, person_id, reason, row.opened_at, row.until_at)
