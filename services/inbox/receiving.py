"""Storing incoming text messages, and queueing the job that reads them, in one transaction of the gateway's.

A gateway may acknowledge a message once the transaction has committed: from then on it is not lost, and delivering it
again changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.database.tables import new_id
from services.inbox.tables import SENT_TO, TEXT, IncomingMessageRow
from services.job_queue import READ_INCOMING, defer_once
from services.people import PHONE, PhoneNumberWrong, normal_phone
from services.sealing import Vault, vault_of


@dataclass(frozen=True)
class IncomingText:
    """A text message as a gateway hands it over. `gateway_message_id` must be the same when it delivers it again;
    `to` is our number. `received_at`: when the carrier got it, or the gateway's time where the carrier does not say."""

    gateway: str
    gateway_message_id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    to: str
    received_at: datetime


def receive(
    session: Session,
    *,
    city: str,
    gateway: str,
    gateway_message_id: str,
    phone: str,
    text: str,
    to: str,
    received_at: datetime,
) -> bool:
    """Store one message and queue its reading; false if it is stored already. Never raises for what is in it."""
    message = IncomingText(gateway, gateway_message_id, phone, text, to, received_at)
    return receive_many(session, [message], city=city) == 1


def receive_many(session: Session, messages: Sequence[IncomingText], *, city: str) -> int:
    """Store messages in one statement and queue their reading; how many of them were new. Thousands a second."""
    if not messages:
        return 0
    vault = vault_of(session)
    stored = session.scalars(
        insert(IncomingMessageRow)
        .on_conflict_do_nothing(index_elements=["gateway", "gateway_message_id"])
        .returning(IncomingMessageRow.id),
        [_values(vault, message, city) for message in messages],
    ).all()
    if stored:
        defer_once(session, READ_INCOMING)
    return len(stored)


def _values(vault: Vault, message: IncomingText, city: str) -> dict[str, object]:
    phone = comparable_phone(message.phone)
    return {
        "id": new_id(),
        "city": city,
        "gateway": message.gateway,
        "gateway_message_id": message.gateway_message_id,
        "phone_sealed": vault.seal(phone, context=PHONE),
        "phone_index": vault.index(phone, context=PHONE),
        "text_sealed": vault.seal(message.text, context=TEXT),
        "sent_to_sealed": vault.seal(message.to, context=SENT_TO),
        "received_at": message.received_at,
    }


def comparable_phone(phone: str) -> str:
    """The number as people's numbers are stored; any other number (a short code, one from abroad) without spaces.

    >>> comparable_phone("+86 154-0000-0001"), comparable_phone("10 086")
    ('15400000001', '10086')
    """
    try:
        return normal_phone(phone)
    except PhoneNumberWrong:
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", phone))
