"""Asking for long work: a row, and a job in the same transaction."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, NotAllowed, require
from services.database.tables import new_id
from services.errors import ServiceError
from services.job_queue import DO_LONG_WORK, defer_once
from services.long_work.tables import LongWorkRow
from services.long_work.uploads import keep_upload


class WorkKind(StrEnum):
    """What takes long."""

    IMPORT = "import"
    SCREENING = "screening"
    LIST_MONTH = "list_month"
    PAY_MONTH = "pay_month"


class WorkStatus(StrEnum):
    """How far it is. REFUSED: a use case said no; BROKEN: something that is ours to repair."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    BROKEN = "broken"


CAPABILITIES = {
    WorkKind.IMPORT: Capability.IMPORT_REGISTERS,
    WorkKind.SCREENING: Capability.SCREEN,
    WorkKind.LIST_MONTH: Capability.RUN_MONTH,
    WorkKind.PAY_MONTH: Capability.RUN_MONTH,
}


class UploadEmpty(ServiceError):
    """There is nothing in the file, or no file was chosen."""

    code = "upload_empty"


def ask_for_import(
    session: Session, actor: Actor, file: BinaryIO, *, city: str, now: datetime, confirmed: bool = False
) -> UUID:
    """Have an extract of a register imported; the id of the work. `confirmed`: an operator has looked at one that was
    held. Raises NotAllowed, UploadEmpty."""
    work = _ask(session, actor, WorkKind.IMPORT, {}, city=city, now=now)
    size = keep_upload(session, work.id, file, city=city)
    if not size:
        raise UploadEmpty()
    work.asked = {"bytes": size, "confirmed": confirmed}
    session.flush()
    return work.id


def ask_for_work(
    session: Session, actor: Actor, kind: WorkKind, *, city: str, now: datetime, **asked: date | UUID | bool
) -> UUID:
    """Have something done that takes long; the id of the work. Raises NotAllowed.

    SCREENING takes `as_of` and, once an operator has looked, `even_if_in_doubt`; LIST_MONTH takes `month`, PAY_MONTH
    `run_id`.
    """
    plain = {name: value if isinstance(value, bool) else str(value) for name, value in asked.items()}
    return _ask(session, actor, kind, plain, city=city, now=now).id


def _ask(
    session: Session, actor: Actor, kind: WorkKind, asked: dict[str, str | bool], *, city: str, now: datetime
) -> LongWorkRow:
    capability = CAPABILITIES[kind]
    require(actor, capability, person_id=None)
    if actor.staff_id is None:
        raise NotAllowed(capability=capability.value)
    work = LongWorkRow(
        id=new_id(),
        city=city,
        kind=kind.value,
        status=WorkStatus.WAITING.value,
        asked=asked,
        asked_by=actor.staff_id,
        asked_at=now,
        done=0,
        out_of=0,
    )
    session.add(work)
    audit.record(
        session, actor, "long_work_asked", city=city, person_id=None, subject_id=work.id, now=now, kind=kind.value
    )
    session.flush()
    defer_once(session, DO_LONG_WORK)
    return work
