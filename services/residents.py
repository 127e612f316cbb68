"""The people of a worker's community: finding one, and the masked names that a list of tasks shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, ActorKind, Capability, require
from services.ages import completed_years
from services.clock import local_day
from services.errors import ServiceError
from services.people import PersonRow, masked_name, phone_of, require_for

MOST_FOUND = 20
SHORTEST_NAME = 1
LAST_FOUR = 4


class SearchTooShort(ServiceError):
    """A search needs at least one character of the name; the card's last digits, where given, are four."""

    code = "search_too_short"


@dataclass(frozen=True)
class Resident:
    """Somebody of the community as lists show her: enough to tell her from a neighbour, no more."""

    id: UUID
    masked_name: str
    sex: str
    age: int
    community: str | None
    card_last_four: str | None = field(repr=False)
    died_on: date | None


def find_residents(
    session: Session, actor: Actor, *, name: str, card_last_four: str | None, city: str, now: datetime
) -> tuple[Resident, ...]:
    """Everybody in the worker's own community whose name holds `name`, at most 20, by name; with the last four digits
    of her card only who has that card. Raises NotAllowed, SearchTooShort.

    That somebody searched, and how many she found, goes into the record of deeds; what for does not.
    """
    require(actor, Capability.SEE_PERSON, person_id=None, community=actor.community, district=actor.district)
    name = unicodedata.normalize("NFKC", name).strip()
    digits = unicodedata.normalize("NFKC", card_last_four or "").strip()
    if len(name) < SHORTEST_NAME or (digits and not (len(digits) == LAST_FOUR and digits.isdecimal())):
        raise SearchTooShort()
    asked = select(PersonRow).where(
        PersonRow.city == city, _of_community(actor), PersonRow.name.contains(name, autoescape=True)
    )
    if digits:
        asked = asked.where(PersonRow.card_last_four == digits)
    rows = session.scalars(asked.order_by(PersonRow.name, PersonRow.id).limit(MOST_FOUND)).all()
    audit.record(
        session,
        actor,
        "people_searched",
        city=city,
        person_id=None,
        subject_id=None,
        now=now,
        found=len(rows),
        with_card=bool(digits),
    )
    session.flush()
    return tuple(_resident(row, local_day(now)) for row in rows)


def residents_by_id(
    session: Session, actor: Actor, *, person_ids: Collection[UUID], now: datetime
) -> dict[UUID, Resident]:
    """Masked names for a list of tasks; who is not of the worker's community is left out. Raises NotAllowed."""
    require(actor, Capability.SEE_TASKS, person_id=None, community=actor.community, district=actor.district)
    if not person_ids:
        return {}
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(person_ids), _of_community(actor)))
    return {row.id: _resident(row, local_day(now)) for row in rows}


def _of_community(actor: Actor) -> ColumnElement[bool]:
    """An operator sees the tasks of people whose community nobody knows, and of those people only."""
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if actor.kind is ActorKind.OPERATOR:
        return PersonRow.community.is_(None)
    in_community = PersonRow.community == actor.community
    return in_community if actor.district is None else in_community & (PersonRow.district == actor.district)


def _resident(row: PersonRow, today: date) -> Resident:
    return Resident(
        id=row.id,
        masked_name=masked_name(row.name),
        sex=row.sex,
        age=completed_years(row.birth_on, today),
        community=row.community,
        card_last_four=row.card_last_four,
        died_on=row.died_on,
    )


def phone_to_call(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> str | None:
    """The whole number of somebody whom a worker must call; None where none is known. Each look goes into the record of
    deeds. Raises NotAllowed."""
    require_for(session, actor, Capability.SEE_PERSON, person_id=person_id)
    city = session.get_one(PersonRow, person_id).city
    audit.record(session, actor, "phone_read", city=city, person_id=person_id, subject_id=None, now=now)
    session.flush()
    return phone_of(session, person_id)
