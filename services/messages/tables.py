"""The table of outgoing messages and the states that a message goes through."""

from __future__ import annotations

import logging
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table

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
    MessageStatus.UNCONFIRMED: {MessageStatus.SENT, MessageStatus.FAILED},
    MessageStatus.SENT: set(),
    MessageStatus.FAILED: set(),
}


class OutgoingMessage(Table):
    """One text message to one phone. The words are composed from the template when it is sent."""

    __tablename__ = "outgoing_messages"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(status.value) for status in MessageStatus)})", name="status"),
        Index("ix_outgoing_messages_due", "due_at", postgresql_where="status = 'queued'"),
        Index("ix_outgoing_messages_leases", "leased_until_at", postgresql_where="status = 'sending'"),
    )

    person_id: Mapped[UUID | None] = mapped_column(index=True)
    phone_sealed: Mapped[bytes]
    template: Mapped[str]
    variables_sealed: Mapped[bytes]
    locale: Mapped[str]
    status: Mapped[str] = mapped_column(default=MessageStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until_at: Mapped[datetime | None]
    gateway_id: Mapped[str | None] = mapped_column(unique=True)
    failure: Mapped[str | None]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    def move_to(self, status: MessageStatus) -> bool:
        """Go to `status`; false, with a line in the log, where that step does not exist. Final states stay final."""
        if status not in ALLOWED[MessageStatus(self.status)]:
            logger.warning("message_step_ignored id=%s from=%s to=%s", self.id, self.status, status.value)
            return False
        self.status = status
        return True
