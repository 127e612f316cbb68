"""The table of incoming text messages, and what can become of one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.people import PHONE
from services.sealing import sealed_as

TEXT = "incoming_messages.text"
SENT_TO = "incoming_messages.sent_to"


class HandledAs(StrEnum):
    """What an incoming text message was taken for, and so what followed. Each is final but KEPT."""

    AGREED = "agreed"
    DECLINED = "declined"
    AGREED_LATE = "agreed_late"  # the offer had ended: a worker sees to it, the day of the reply counts
    ALREADY_ANSWERED = "already_answered"  # the same wish again: nothing happens twice
    WITHDRAWAL_ASKED = "withdrawal_asked"  # a person decides
    OVERTAKEN = "overtaken"  # sent before an answer that was read already
    ASKED_WHICH = "asked_which"  # several offers are open and the reply fits more than one
    ASKED_AGAIN = "asked_again"  # the gentle question
    UNCLEAR_AGAIN = "unclear_again"  # a worker calls
    GIVEN_TIME = "given_time"  # she wants to think about it
    REASSURED = "reassured"  # is this real?
    HELP_WANTED = "help_wanted"
    VISIT_ASKED = "visit_asked"
    DEATH_REPORTED = "death_reported"
    WRONG_PERSON = "wrong_person"
    STOPPED = "stopped"
    RESUMED = "resumed"
    DELEGATE_AGREED = "delegate_agreed"  # to a family member who asked; or by one whom she invited
    DELEGATE_DECLINED = "delegate_declined"
    DELEGATES_TAKEN_BACK = "delegates_taken_back"
    EMERGENCY_RAISED = "emergency_raised"
    SAID_ALL_WELL = "said_all_well"  # while an alarm of hers was open
    OTHER_PHONE = "other_phone"  # an answer to an offer that this phone did not get
    KEPT = "kept"  # an answer while nothing is open: looked at again for a day
    NOTHING_OPEN = "nothing_open"
    THANKS = "thanks"
    AUTOMATIC = "automatic"  # a machine or an echo of our own message: never answered
    UNREADABLE = "unreadable"  # reading failed again and again: a worker has it


class IncomingMessageRow(Table):
    """One text message from one phone, stored before it is understood, once for each id of its gateway."""

    __tablename__ = "incoming_messages"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_message_id"),
        CheckConstraint("(handled_at IS NULL) = (handled_as IS NULL)", name="handled"),
        CheckConstraint(f"handled_as IN ({', '.join(repr(it.value) for it in HandledAs)})", name="handled_as"),
        Index("ix_incoming_messages_unread", "received_at", "id", postgresql_where="handled_at IS NULL"),
        Index("ix_incoming_messages_kept", "received_at", postgresql_where="handled_as = 'kept'"),
        Index("ix_incoming_messages_phone", "phone_index", "received_at"),
    )

    gateway: Mapped[str]
    gateway_message_id: Mapped[str]
    phone_sealed: Mapped[bytes] = mapped_column(info=sealed_as(PHONE))
    phone_index: Mapped[bytes]  # the same index as that of persons.phone
    text_sealed: Mapped[bytes] = mapped_column(info=sealed_as(TEXT))
    sent_to_sealed: Mapped[bytes] = mapped_column(
        info=sealed_as(SENT_TO)
    )  # our own number, with the extension that she answered to
    received_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    handled_at: Mapped[datetime | None]
    handled_as: Mapped[str | None]
    reason: Mapped[str | None]  # why: the kind of reply, or the error's code
    answer: Mapped[str | None]  # the template of the answer that was queued
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    case_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
