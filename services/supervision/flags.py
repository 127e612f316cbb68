"""The flags on unusual reading, as a supervisor sees them and looks into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.errors import ServiceError
from services.sealing import vault_of
from services.supervision.tables import NOTE, FlagKind, ReadingFlagRow

LONGEST_NOTE = 500
MOST_SHOWN = 200


class FlagUnknown(ServiceError):
    """There is no such flag."""

    code = "flag_unknown"


class LookNoteMissing(ServiceError):
    """Whoever looks into a flag says what she found, in at most `most` characters."""

    code = "look_note_missing"


@dataclass(frozen=True)
class ReadingFlag:
    """A day of one worker on which `records` people were read about unusually."""

    id: UUID
    staff_id: UUID
    on_day: date
    kind: FlagKind
    records: int
    found_at: datetime
    looked_into_at: datetime | None = None
    looked_into_by: UUID | None = None
    note: str | None = field(default=None, repr=False)


def list_flags(session: Session, actor: Actor, *, city: str) -> tuple[ReadingFlag, ...]:
    """The newest flags, those that nobody has looked into coming first. Raises NotAllowed."""
    require(actor, Capability.SEE_TRAIL, person_id=None)
    rows = session.scalars(
        select(ReadingFlagRow)
        .where(ReadingFlagRow.city == city)
        .order_by(ReadingFlagRow.looked_into_at.is_not(None), ReadingFlagRow.on_day.desc(), ReadingFlagRow.id.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(_flag(session, row) for row in rows)


def look_into(session: Session, actor: Actor, *, flag_id: UUID, note: str, now: datetime) -> ReadingFlag:
    """Write down what came of looking into a flag; once, later notes change nothing. Raises NotAllowed, FlagUnknown,
    LookNoteMissing."""
    require(actor, Capability.LOOK_INTO_READING, person_id=None)
    row = session.get(ReadingFlagRow, flag_id, with_for_update=True)
    if row is None:
        raise FlagUnknown()
    note = note.strip()
    if not 0 < len(note) <= LONGEST_NOTE:
        raise LookNoteMissing(most=LONGEST_NOTE)
    if row.looked_into_at is None:
        row.looked_into_at, row.looked_into_by = now, actor.id
        row.note_sealed = vault_of(session).seal(note, context=NOTE)
        audit.record(session, actor, "reading_looked_into", city=row.city, person_id=None, subject_id=row.id, now=now)
        session.flush()
    return _flag(session, row)


def _flag(session: Session, row: ReadingFlagRow) -> ReadingFlag:
    return ReadingFlag(
        id=row.id,
        staff_id=row.staff_id,
        on_day=row.on_day,
        kind=FlagKind(row.kind),
        records=row.records,
        found_at=row.found_at,
        looked_into_at=row.looked_into_at,
        looked_into_by=row.looked_into_by,
        note=vault_of(session).open(row.note_sealed, context=NOTE) if row.note_sealed is not None else None,
    )
