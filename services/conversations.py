"""What the assistant remembers between two turns, kept here so that a typed turn and a spoken one share it and any site
process can go on with it. The content is the assistant's own business: a dictionary that JSON can hold.

A delegate who acts for a senior has a conversation of her own: neither hears what the other was asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, UniqueConstraint, delete, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.actor import Actor, Capability, require
from services.database.tables import Table, new_id

# After half an hour she has forgotten what she was asked, so the assistant forgets it too.
FORGOTTEN_AFTER = timedelta(minutes=30)


class ConversationRow(Table):
    """One person's conversation, or that of a delegate about her."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("person_id", "family_member_id", postgresql_nulls_not_distinct=True),)

    person_id: Mapped[UUID]
    family_member_id: Mapped[UUID | None]
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[datetime]


def load(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> dict[str, Any]:
    """The state that was saved last, held until commit; empty for a new or forgotten one. Raises NotAllowed."""
    require(actor, Capability.TALK, person_id=person_id)
    row = session.scalar(select(ConversationRow).where(*_of(actor, person_id)).with_for_update())
    if row is None or now - row.changed_at > FORGOTTEN_AFTER:
        return {}
    return row.state


def save(session: Session, actor: Actor, *, person_id: UUID, city: str, state: dict[str, Any], now: datetime) -> None:
    """Keep the state for the next turn. Raises NotAllowed."""
    require(actor, Capability.TALK, person_id=person_id)
    row = insert(ConversationRow).values(
        id=new_id(),
        person_id=person_id,
        family_member_id=actor.family_member_id,
        city=city,
        state=state,
        changed_at=now,
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["person_id", "family_member_id"], set_={"state": state, "changed_at": now}
        )
    )


def end(session: Session, actor: Actor, *, person_id: UUID) -> None:
    """Forget the conversation. Raises NotAllowed."""
    require(actor, Capability.TALK, person_id=person_id)
    session.execute(delete(ConversationRow).where(*_of(actor, person_id)))


def forget_old(session: Session, *, now: datetime) -> None:
    """Remove the conversations that nobody went on with."""
    session.execute(delete(ConversationRow).where(ConversationRow.changed_at < now - FORGOTTEN_AFTER))


def _of(actor: Actor, person_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        ConversationRow.person_id == person_id,
        ConversationRow.family_member_id.is_not_distinct_from(actor.family_member_id),
    )
