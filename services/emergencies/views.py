"""What the use cases of emergencies hand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.emergencies.states import OPEN, EmergencyEventKind, EmergencyState
from services.emergencies.tables import EmergencyEventRow, EmergencyRow
from services.emergency_contacts import Contact
from services.family import Relation
from services.messages import MessageStatus, OutgoingMessage


@dataclass(frozen=True)
class Texted:
    """A contact who was told, or was to be told. `status` is that of the text message, None where none was written:
    the phone wants no messages."""

    relation: Relation
    masked_name: str | None
    phone_ends: str
    status: MessageStatus | None


@dataclass(frozen=True)
class EmergencyEvent:
    """One thing that happened; `note` is what a worker wrote."""

    at: datetime
    kind: EmergencyEventKind
    actor_kind: str
    actor_id: UUID | None
    channel: str
    facts: dict[str, Any]
    note: str | None = field(repr=False)


@dataclass(frozen=True)
class Emergency:
    """A call for help. `texted`: who was told, in this order. `said_all_well_at`: when she said, too late to call it
    off, that nothing is wrong."""

    id: UUID
    person_id: UUID
    community: str | None
    state: EmergencyState
    raised_at: datetime
    raised_through: str
    call_off_until_at: datetime
    taken_at: datetime | None
    taken_by: UUID | None
    ended_at: datetime | None
    texted: tuple[Texted, ...]
    said_all_well_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look."""
        return self.state in OPEN

    def can_be_called_off(self, now: datetime) -> bool:
        """Whether she can still call it off herself."""
        return self.is_open and now <= self.call_off_until_at


@dataclass(frozen=True)
class Dossier:
    """All that helps whoever looks after her, on one page: who and where she is, whom else to call, what happened."""

    emergency: Emergency
    name: str = field(repr=False)
    age: int
    lives_alone: bool | None
    phone: str | None = field(repr=False)
    address: str | None = field(repr=False)
    contacts: tuple[Contact, ...]
    events: tuple[EmergencyEvent, ...]


def emergency_view(session: Session, row: EmergencyRow) -> Emergency:
    """One as it is handed out. The caller has checked that it may be seen."""
    events = events_of(session, row.id)
    well = [event.at for event in events if event.kind is EmergencyEventKind.SAID_ALL_WELL]
    return Emergency(
        id=row.id,
        person_id=row.person_id,
        community=row.community,
        state=EmergencyState(row.state),
        raised_at=row.raised_at,
        raised_through=row.raised_through,
        call_off_until_at=row.call_off_until_at,
        taken_at=row.taken_at,
        taken_by=row.taken_by,
        ended_at=row.ended_at,
        texted=_texted(session, events),
        said_all_well_at=well[-1] if well else None,
    )


def events_of(session: Session, emergency_id: UUID) -> tuple[EmergencyEvent, ...]:
    """What happened, the first first."""
    rows = session.scalars(
        select(EmergencyEventRow).where(EmergencyEventRow.emergency_id == emergency_id).order_by(EmergencyEventRow.id)
    )
    return tuple(
        EmergencyEvent(
            row.at, EmergencyEventKind(row.kind), row.actor_kind, row.actor_id, row.channel, row.facts, row.note
        )
        for row in rows
    )


def _texted(session: Session, events: Sequence[EmergencyEvent]) -> tuple[Texted, ...]:
    kinds = (EmergencyEventKind.CONTACT_TEXTED, EmergencyEventKind.CONTACT_NOT_TEXTED)
    told = [event for event in events if event.kind in kinds]
    ids = [UUID(event.facts["message_id"]) for event in told if "message_id" in event.facts]
    found = select(OutgoingMessage.id, OutgoingMessage.status).where(OutgoingMessage.id.in_(ids))
    status_of = {str(message_id): MessageStatus(status) for message_id, status in session.execute(found)} if ids else {}
    return tuple(
        Texted(
            Relation(event.facts["relation"]),
            event.facts.get("name"),
            event.facts["phone_ends"],
            status_of.get(event.facts.get("message_id", "")),
        )
        for event in told
    )
