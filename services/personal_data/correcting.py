"""Saying that something held about her is wrong: a worker looks, decides with a reason, and she is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, ActorKind, Capability, NotAllowed
from services.database.tables import new_id
from services.errors import ServiceError
from services.messages import queue_message
from services.personal_data.tables import WORDS, CorrectionRequestRow
from services.sealing import vault_of
from services.worker_tasks import TaskKind, open_task

LONGEST_WORDS = 300


class CorrectionField(StrEnum):
    """What is wrong."""

    NAME = "name"
    BIRTH = "birth"
    PHONE = "phone"
    ADDRESS = "address"
    HOUSEHOLD = "household"
    INCOME = "income"
    ABILITY = "ability"
    CARD = "card"
    OTHER = "other"


class CorrectionUnclear(ServiceError):
    """It was not said what is wrong, or not in 1 to `most` characters what is right."""

    code = "correction_unclear"


class CorrectionUnknown(ServiceError):
    """There is no such request."""

    code = "correction_unknown"


@dataclass(frozen=True)
class CorrectionRequest:
    """What she said is wrong. `corrected` is None as long as nobody has decided."""

    id: UUID
    person_id: UUID
    about: CorrectionField
    words: str = field(repr=False)
    asked_at: datetime
    corrected: bool | None


def ask_for_correction(
    session: Session, actor: Actor, *, person_id: UUID, about: CorrectionField | None, words: str, now: datetime
) -> CorrectionRequest:
    """Put it before a worker of her community. What she says again about the same field takes the place of what waits.
    Raises NotAllowed, CorrectionUnclear."""
    people.require_for(session, actor, Capability.ASK_ABOUT_OWN_DATA, person_id=person_id)
    words = words.strip()
    if about is None or not 0 < len(words) <= LONGEST_WORDS:
        raise CorrectionUnclear(most=LONGEST_WORDS)
    people.hold(session, person_id)
    row = session.scalar(
        select(CorrectionRequestRow).where(
            CorrectionRequestRow.person_id == person_id,
            CorrectionRequestRow.field == about,
            CorrectionRequestRow.decided_at.is_(None),
        )
    )
    city = people.city_of(session, person_id)
    if row is None:
        row = CorrectionRequestRow(id=new_id(), city=city, person_id=person_id, field=about.value)
        session.add(row)
    row.words_sealed, row.asked_at = vault_of(session).seal(words, context=WORDS), now
    session.flush()
    open_task(
        session,
        kind=TaskKind.DATA_CORRECTION,
        city=city,
        person_id=person_id,
        subject_id=row.id,
        facts={"field": about.value},
        now=now,
    )
    _record(session, actor, "correction_asked", row, now)
    return _request(session, row)


def corrections_of(session: Session, actor: Actor, *, person_id: UUID) -> tuple[CorrectionRequest, ...]:
    """What she said is wrong, newest first. Raises NotAllowed."""
    people.require_for(session, actor, Capability.ASK_ABOUT_OWN_DATA, person_id=person_id)
    rows = session.scalars(
        select(CorrectionRequestRow)
        .where(CorrectionRequestRow.person_id == person_id)
        .order_by(CorrectionRequestRow.id.desc())
    )
    return tuple(_request(session, row) for row in rows)


def get_correction(session: Session, actor: Actor, *, request_id: UUID) -> CorrectionRequest:
    """One request, for the worker who decides. Raises NotAllowed, CorrectionUnknown."""
    return _request(session, _row(session, actor, request_id))


def decide_correction(
    session: Session, actor: Actor, *, request_id: UUID, corrected: bool, now: datetime
) -> CorrectionRequest:
    """A worker has had it corrected where it is kept, or found it right as it is; she is told by text. Once decided, it
    stays so. Only people decide. Raises NotAllowed, CorrectionUnknown."""
    row = _row(session, actor, request_id)
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        raise NotAllowed(capability=Capability.DECIDE_CASES.value)
    if row.decided_at is None:
        row.decided_at, row.corrected = now, corrected
        _record(session, actor, "correction_decided", row, now)
        _tell(session, row, now)
    return _request(session, row)


def _row(session: Session, actor: Actor, request_id: UUID) -> CorrectionRequestRow:
    row = session.get(CorrectionRequestRow, request_id)
    if row is None:
        raise CorrectionUnknown()
    people.require_for(session, actor, Capability.DECIDE_CASES, person_id=row.person_id)
    return row


def _tell(session: Session, row: CorrectionRequestRow, now: datetime) -> None:
    person = people.get_person(session, Actor.system(), person_id=row.person_id)
    phone = people.phone_to_reach(session, person)
    if phone is None:
        return
    queue_message(
        session,
        "correction_done" if row.corrected else "correction_not_done",
        city=row.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person.id,
        name=person.masked_name,
        field=f"field_{row.field}",
    )


def _record(session: Session, actor: Actor, deed: str, row: CorrectionRequestRow, now: datetime) -> None:
    audit.record(
        session, actor, deed, city=row.city, person_id=row.person_id, subject_id=row.id, now=now, field=row.field
    )
    session.flush()


def _request(session: Session, row: CorrectionRequestRow) -> CorrectionRequest:
    words = vault_of(session).open(row.words_sealed, context=WORDS)
    return CorrectionRequest(row.id, row.person_id, CorrectionField(row.field), words, row.asked_at, row.corrected)
