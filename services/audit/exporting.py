"""The record of deeds as CSV, for an auditor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, NotAllowed
from services.audit.recording import record
from services.audit.tables import AuditEntry
from services.clock import CITY_TIME, local_moment
from services.csv_lines import csv_line

EXPORTED = "deeds_exported"
COLUMNS = (
    "at",
    "channel",
    "actor_kind",
    "actor_person_id",
    "actor_staff_id",
    "actor_family_member_id",
    "on_behalf_of",
    "deed",
    "person_id",
    "subject_id",
    "facts",
    "chain",
    "position",
    "mac",
)
ROWS_AT_ONCE = 2_000


def export_deeds(
    session: Session, actor: Actor, *, city: str, first_day: date, last_day: date, now: datetime
) -> Iterator[str]:
    """The deeds of some days, both included, as lines of CSV with a heading, oldest first; times are the city's.

    That they were exported, and which, is a deed itself. Raises NotAllowed: only the system exports, which is to say
    whoever holds the machine.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="export_deeds")
    record(
        session,
        actor,
        EXPORTED,
        city=city,
        person_id=None,
        subject_id=None,
        now=now,
        first_day=str(first_day),
        last_day=str(last_day),
    )
    session.flush()
    return _lines(session, city, first_day, last_day)


def _lines(session: Session, city: str, first_day: date, last_day: date) -> Iterator[str]:
    yield csv_line(COLUMNS)
    asked = (
        select(AuditEntry)
        .where(
            AuditEntry.city == city,
            AuditEntry.at >= local_moment(first_day, time.min),
            AuditEntry.at < local_moment(last_day + timedelta(days=1), time.min),
        )
        .order_by(AuditEntry.at, AuditEntry.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for entry in session.scalars(asked):
        yield csv_line(_cell(getattr(entry, column)) for column in COLUMNS)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(CITY_TIME).isoformat(timespec="milliseconds")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "" if value is None else str(value)
