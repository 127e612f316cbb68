"""Writing the messages of a whole city in the transaction that causes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.database.columns import ids, integer, moment, new_ids, write_rows
from services.job_queue import SEND_MESSAGES, defer_once
from services.messages.copies import with_copies
from services.messages.queueing import copy_to_delegates
from services.messages.quiet_hours import due_at
from services.messages.tables import PHONE, VARIABLES, MessageStatus, OutgoingMessage
from services.people import PHONE as PERSON_PHONE
from services.sealing import vault_of

as_json = json.JSONEncoder(ensure_ascii=False).encode


class NewMessage(NamedTuple):
    """One of many messages to people. `phone_sealed` is as in `persons`; `variables` as for `queue_message`."""

    template: str
    person_id: bytes
    phone_sealed: bytes
    phone_index: bytes
    locale: str
    variables: Mapping[str, str | int]


def queue_messages(session: Session, messages: Sequence[NewMessage], *, city: str, now: datetime) -> list[bytes]:
    """The ids, as bytes, of messages that are sent once the caller's transaction has committed; what can wait,
    not at the quiet hours.

    The caller has left out the phones that must get nothing (`phone_notes.unreachable_phones`).
    """
    if not messages:
        return []
    vault = vault_of(session)
    message_ids = new_ids(len(messages), now)
    due = {template: moment(due_at(session, template, now)) for template in {message.template for message in messages}}
    phones = (vault.seal(vault.open(message.phone_sealed, context=PERSON_PHONE), context=PHONE) for message in messages)
    variables = (vault.seal(as_json(message.variables), context=VARIABLES) for message in messages)
    write_rows(
        session,
        OutgoingMessage.__tablename__,
        {
            "id": ids(message_ids),
            "city": city.encode(),
            "status": MessageStatus.QUEUED.encode(),
            "attempts": integer(0),
            "due_at": (due[message.template] for message in messages),
            "queued_at": moment(now),
            "person_id": ids(message.person_id for message in messages),
            "phone_index": (message.phone_index for message in messages),
            "phone_sealed": phones,
            "variables_sealed": variables,
            "template": (message.template.encode() for message in messages),
            "locale": (message.locale.encode() for message in messages),
        },
    )
    defer_once(session, SEND_MESSAGES)
    _copy(session, messages, city=city, now=now)
    return message_ids


def _copy(session: Session, messages: Sequence[NewMessage], *, city: str, now: datetime) -> None:
    receiving = with_copies(session, [UUID(bytes=message.person_id) for message in messages], now=now)
    for message in messages:
        if (person_id := UUID(bytes=message.person_id)) in receiving:
            copy_to_delegates(session, message.template, message.variables, city=city, person_id=person_id, now=now)
