"""What the staff did, as a supervisor reads and exports it: names of people are masked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.audit import AuditEntry
from services.clock import CITY_TIME, local_moment
from services.csv_lines import csv_line
from services.people import masked_names_of
from services.staff import StaffMember, members_of, names_of_staff

COLUMNS = ("at", "staff", "staff_id", "role", "channel", "deed", "person", "person_id", "facts", "chain", "position")
MOST_ROWS = 100_000


@dataclass(frozen=True)
class TrailFilter:
    """Which deeds: of one day, of one of the staff, about one person; None: any."""

    day: date | None = None
    staff_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True)
class TrailEntry:
    """One deed of one of the staff. `masked_name`: about whom, where it was about somebody."""

    id: UUID
    at: datetime
    staff_id: UUID
    staff_name: str
    role: str
    channel: str
    deed: str
    person_id: UUID | None
    masked_name: str | None
    facts: dict[str, Any]


def read_trail(
    session: Session,
    actor: Actor,
    *,
    wanted: TrailFilter,
    city: str,
    now: datetime,
    limit: int = 100,
    offset: int = 0,
) -> tuple[TrailEntry, ...]:
    """What the staff did, the newest first. That it was read, and about whom, is a deed itself. Raises NotAllowed."""
    require(actor, Capability.SEE_TRAIL, person_id=None)
    rows = session.scalars(_asked(wanted, city).limit(limit).offset(offset)).all()
    _note(session, actor, "trail_read", wanted, city, now)
    return tuple(_entries(session, rows))


def export_trail(session: Session, actor: Actor, *, wanted: TrailFilter, city: str, now: datetime) -> Iterator[str]:
    """The same as lines of CSV with a heading, at most 100,000; times are the city's. That it was exported is a deed
    itself. Raises NotAllowed."""
    require(actor, Capability.SEE_TRAIL, person_id=None)
    rows = session.scalars(_asked(wanted, city).limit(MOST_ROWS)).all()
    _note(session, actor, "trail_exported", wanted, city, now)
    return _lines(session, rows)


def colleagues(session: Session, actor: Actor, *, city: str) -> tuple[StaffMember, ...]:
    """Everybody whose deeds can be asked for, by name. Raises NotAllowed."""
    require(actor, Capability.SEE_TRAIL, person_id=None)
    return members_of(session, city)


def _asked(wanted: TrailFilter, city: str) -> Select[AuditEntry]:
    asked = select(AuditEntry).where(AuditEntry.city == city, AuditEntry.actor_staff_id.is_not(None))
    if wanted.day is not None:
        asked = asked.where(
            AuditEntry.at >= local_moment(wanted.day, time.min),
            AuditEntry.at < local_moment(wanted.day + timedelta(days=1), time.min),
        )
    if wanted.staff_id is not None:
        asked = asked.where(AuditEntry.actor_staff_id == wanted.staff_id)
    if wanted.person_id is not None:
        asked = asked.where(AuditEntry.person_id == wanted.person_id)
    return asked.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def _note(session: Session, actor: Actor, deed: str, wanted: TrailFilter, city: str, now: datetime) -> None:
    audit.record(
        session,
        actor,
        deed,
        city=city,
        person_id=wanted.person_id,
        subject_id=wanted.staff_id,
        now=now,
        day=wanted.day.isoformat() if wanted.day else None,
    )
    session.flush()


def _entries(session: Session, rows: Sequence[AuditEntry]) -> Iterator[TrailEntry]:
    names = masked_names_of(session, {row.person_id for row in rows if row.person_id})
    staff = names_of_staff(session, {row.actor_staff_id for row in rows if row.actor_staff_id})
    for row in rows:
        assert row.actor_staff_id is not None
        yield TrailEntry(
            id=row.id,
            at=row.at,
            staff_id=row.actor_staff_id,
            staff_name=staff.get(row.actor_staff_id, ""),
            role=row.actor_kind,
            channel=row.channel,
            deed=row.deed,
            person_id=row.person_id,
            masked_name=names.get(row.person_id) if row.person_id else None,
            facts=row.facts,
        )


def _lines(session: Session, rows: Sequence[AuditEntry]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    for row, entry in zip(rows, _entries(session, rows), strict=True):
        yield csv_line(
            (
                entry.at.astimezone(CITY_TIME).isoformat(timespec="seconds"),
                entry.staff_name,
                str(entry.staff_id),
                entry.role,
                entry.channel,
                entry.deed,
                entry.masked_name or "",
                str(entry.person_id or ""),
                json.dumps(entry.facts, ensure_ascii=False, sort_keys=True),
                str(row.chain),
                str(row.position),
            )
        )
