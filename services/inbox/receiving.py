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

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.database.tables import new_id
from services.inbox.tables import SENT_TO, TEXT
from services.job_queue import READ_INCOMING, defer_once
from services.people import PHONE, PhoneNumberWrong, normal_phone
from services.sealing import vault_of

STORE = text("""
INSERT INTO incoming_messages
    (id, city, gateway, gateway_message_id, phone_sealed, phone_index, text_sealed, sent_to_sealed, received_at)
SELECT message.id, :city, gateway, gateway_id, phone, phone_index, content, receiver, received_at
FROM unnest(
    CAST(:ids AS uuid[]), CAST(:gateways AS text[]), CAST(:gateway_ids AS text[]), CAST(:phones AS bytea[]),
    CAST(:indexes AS bytea[]), CAST(:texts AS bytea[]), CAST(:receivers AS bytea[]), CAST(:moments AS timestamptz[])
) AS message (id, gateway, gateway_id, phone, phone_index, content, receiver, received_at)
ON CONFLICT (gateway, gateway_message_id) DO NOTHING
""")


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
    phones = [comparable_phone(message.phone) for message in messages]
    values = {
        "city": city,
        "ids": [new_id() for _ in messages],
        "gateways": [message.gateway for message in messages],
        "gateway_ids": [message.gateway_message_id for message in messages],
        "phones": [vault.seal(phone, context=PHONE) for phone in phones],
        "indexes": [vault.index(phone, context=PHONE) for phone in phones],
        "texts": [vault.seal(message.text, context=TEXT) for message in messages],
        "receivers": [vault.seal(message.to, context=SENT_TO) for message in messages],
        "moments": [message.received_at for message in messages],
    }
    stored = session.connection().execute(STORE, values).rowcount
    if stored:
        defer_once(session, READ_INCOMING)
    return stored


def comparable_phone(phone: str) -> str:
    """The number as people's numbers are stored; any other number (a short code, one from abroad) without spaces.

    >>> comparable_phone("+86 154-0000-0001"), comparable_phone("10 086")
    ('15400000001', '10086')
    """
    try:
        return normal_phone(phone)
    except PhoneNumberWrong:
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", phone))
