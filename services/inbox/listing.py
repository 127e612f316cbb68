"""What somebody wrote, for the worker who has her case before her. Every look goes into the record of deeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.clock import SystemClock
from services.inbox.tables import TEXT, HandledAs, IncomingMessageRow
from services.people import PHONE, masked_phone, phone_of
from services.sealing import vault_of

SHOWN = 50


@dataclass(frozen=True)
class IncomingMessage:
    """One text message from her phone. `handled_as` is None until it is read; `reason` says why it was taken so: the
    kind of reply (`services.replies.Kind`) or what failed. `answer` is the template that went back, if one did."""

    id: UUID
    received_at: datetime
    text: str = field(repr=False)
    masked_phone: str
    handled_as: HandledAs | None
    handled_at: datetime | None
    reason: str | None
    answer: str | None
    case_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class WrittenText:
    """A text message as it was written, with the number that it came from."""

    phone: str = field(repr=False)
    text: str = field(repr=False)
    written_at: datetime


def written_through(session: Session, *, gateway: str, limit: int) -> tuple[WrittenText, ...]:
    """The newest messages that came through one gateway, newest first. For the demonstration's phones alone: it shows
    whole numbers and asks nobody for a right."""
    vault = vault_of(session)
    rows = session.scalars(
        select(IncomingMessageRow)
        .where(IncomingMessageRow.gateway == gateway)
        .order_by(IncomingMessageRow.received_at.desc(), IncomingMessageRow.id.desc())
        .limit(limit)
    )
    return tuple(
        WrittenText(
            vault.open(row.phone_sealed, context=PHONE), vault.open(row.text_sealed, context=TEXT), row.received_at
        )
        for row in rows
    )


def list_incoming(
    session: Session, actor: Actor, *, person_id: UUID, limit: int = SHOWN
) -> tuple[IncomingMessage, ...]:
    """What she wrote, or what came from her phone and may be hers, the newest first. Raises NotAllowed.

    Where two share a phone, what surely concerns the other one alone is left out.
    """
    people.require_for(session, actor, Capability.SEE_BENEFITS, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    vault, phone = vault_of(session), phone_of(session, person_id)
    of_nobody_else = IncomingMessageRow.person_id == person_id
    if phone is not None:
        hers = IncomingMessageRow.phone_index == vault.index(phone, context=PHONE)
        of_nobody_else = or_(of_nobody_else, and_(hers, IncomingMessageRow.person_id.is_(None)))
    rows = session.scalars(
        select(IncomingMessageRow)
        .where(of_nobody_else)
        .order_by(IncomingMessageRow.received_at.desc(), IncomingMessageRow.id.desc())
        .limit(limit)
    ).all()
    if actor.is_staff:
        audit.record(
            session,
            actor,
            "incoming_messages_seen",
            city=person.city,
            person_id=person_id,
            subject_id=None,
            # As with every read by the staff: when it happens, also while another day is tried out.
            now=SystemClock().now(),
            messages=len(rows),
        )
    return tuple(
        IncomingMessage(
            id=row.id,
            received_at=row.received_at,
            text=vault.open(row.text_sealed, context=TEXT),
            masked_phone=masked_phone(vault.open(row.phone_sealed, context=PHONE)),
            handled_as=HandledAs(row.handled_as) if row.handled_as else None,
            handled_at=row.handled_at,
            reason=row.reason,
            answer=row.answer,
            case_ids=tuple(row.case_ids),
        )
        for row in rows
    )
