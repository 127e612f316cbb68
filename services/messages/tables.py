"""The tables of outgoing messages, of their parts and receipts, and the states that a message goes through."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, Uuid, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from services.database.tables import Table
from services.sealing import sealed_as

logger = logging.getLogger(__name__)

PHONE = "outgoing_messages.phone"
VARIABLES = "outgoing_messages.variables"


class MessageStatus(StrEnum):
    """Where a message is on its way."""

    QUEUED = "queued"
    """written, waiting for a worker"""
    SENDING = "sending"
    """a worker holds it until its lease ends"""
    UNCONFIRMED = "unconfirmed"
    """handed over, but nobody knows whether the gateway took it: only a receipt may move it on, never a second try"""
    SENT = "sent"
    """the gateway accepted it"""
    DELIVERED = "delivered"
    """its receipt says that it is on the phone"""
    UNDELIVERED = "undelivered"
    """its receipt says that it will never arrive, or no receipt came in all the time that one may take"""
    FAILED = "failed"
    """the gateway refused it for good"""


ALLOWED = {
    MessageStatus.QUEUED: {MessageStatus.SENDING},
    MessageStatus.SENDING: {
        MessageStatus.QUEUED,
        MessageStatus.SENT,
        MessageStatus.UNCONFIRMED,
        MessageStatus.FAILED,
    },
    MessageStatus.UNCONFIRMED: {
        MessageStatus.SENT,
        MessageStatus.FAILED,
        MessageStatus.DELIVERED,
        MessageStatus.UNDELIVERED,
    },
    MessageStatus.SENT: {MessageStatus.DELIVERED, MessageStatus.UNDELIVERED},
    MessageStatus.DELIVERED: set(),
    MessageStatus.UNDELIVERED: set(),
    MessageStatus.FAILED: set(),
}


def before(status: MessageStatus) -> list[str]:
    """The states from which a message may go to `status`, for statements that move many at once."""
    return [earlier.value for earlier, later in ALLOWED.items() if status in later]


def one_of(column: InstrumentedAttribute[UUID], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether a column is one of many ids. The statement is the same however many there are, so that it is worded once
    and planned once; `IN` would be another one for each number."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


class OutgoingMessage(Table):
    """One text message to one phone. The words are composed from the template when it is sent."""

    __tablename__ = "outgoing_messages"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(status.value) for status in MessageStatus)})", name="status"),
        Index("ix_outgoing_messages_due", "due_at", "id", postgresql_where="status = 'queued'"),
        Index("ix_outgoing_messages_leases", "leased_until_at", postgresql_where="status = 'sending'"),
        Index("ix_outgoing_messages_unconfirmed", "phone_index", postgresql_where="status = 'unconfirmed'"),
    )

    person_id: Mapped[UUID | None] = mapped_column(index=True)
    phone_sealed: Mapped[bytes] = mapped_column(info=sealed_as(PHONE))
    # As in persons.phone_index. Messages from before there were receipts have none.
    phone_index: Mapped[bytes | None]
    template: Mapped[str]
    variables_sealed: Mapped[bytes] = mapped_column(info=sealed_as(VARIABLES))
    locale: Mapped[str]
    status: Mapped[str] = mapped_column(default=MessageStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until_at: Mapped[datetime | None]
    # In how many parts it went; known once it was handed over.
    parts: Mapped[int | None]
    failure: Mapped[str | None]
    queued_at: Mapped[datetime]
    # When it was handed over, or may have been.
    sent_at: Mapped[datetime | None]
    # When a receipt, or three days without one, settled it.
    settled_at: Mapped[datetime | None]

    def move_to(self, status: MessageStatus) -> bool:
        """Go to `status`; false, with a line in the log, where that step does not exist. Final states stay final."""
        if status not in ALLOWED[MessageStatus(self.status)]:
            logger.warning("message_step_ignored id=%s from=%s to=%s", self.id, self.status, status.value)
            return False
        self.status = status
        return True


class Arrival(StrEnum):
    """What a receipt says of one part."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class OutgoingPart(Table):
    """What a gateway took as one message: a text of up to 70 characters, or a part of a longer one."""

    __tablename__ = "outgoing_parts"
    __table_args__ = (CheckConstraint(f"arrival IN ({', '.join(repr(it.value) for it in Arrival)})", name="arrival"),)

    message_id: Mapped[UUID] = mapped_column(index=True)
    # Not unique: SMS centres count from the start again after some months or after a failure of theirs.
    gateway_id: Mapped[str] = mapped_column(index=True)
    submitted_at: Mapped[datetime]
    arrival: Mapped[str | None]


class WaitingReceipt(Table):
    """A receipt that was taken from a gateway and waits for its message: receipts come in any order, before the
    gateway's answer too, repeated, and for messages that are not ours."""

    __tablename__ = "waiting_receipts"
    __table_args__ = (CheckConstraint(f"arrival IN ({', '.join(repr(it.value) for it in Arrival)})", name="arrival"),)

    gateway_id: Mapped[str] = mapped_column(index=True)
    phone_index: Mapped[bytes]
    # 16 bits of our own id, where the gateway gives them back.
    reference: Mapped[int | None]
    arrival: Mapped[str]
    reason: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(index=True)
