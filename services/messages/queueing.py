"""Writing a message in the transaction that causes it, and seeing whether anybody sends them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from services.database.tables import new_id
from services.job_queue import SEND_MESSAGES, defer_once
from services.messages.tables import PHONE, VARIABLES, MessageStatus, OutgoingMessage
from services.sealing import vault_of

# A running worker takes a message within a second or two; after this long nobody is at work.
DELAYED_AFTER = timedelta(seconds=15)

Variable = str | int | date | datetime


def queue_message(
    session: Session,
    template: str,
    *,
    city: str,
    phone: str,
    locale: str,
    now: datetime,
    person_id: UUID | None = None,
    **variables: Variable,
) -> UUID:
    """The id of a message that is sent once the caller's transaction has committed.

    `template` is a key of `locales/*/text_messages.yaml`; `variables` are what it names: text, fen, days and moments.
    """
    vault = vault_of(session)
    stored = {name: v.isoformat() if isinstance(v, date) else v for name, v in variables.items()}
    message = OutgoingMessage(
        id=new_id(),
        city=city,
        person_id=person_id,
        phone_sealed=vault.seal(phone, context=PHONE),
        template=template,
        variables_sealed=vault.seal(json.dumps(stored, ensure_ascii=False), context=VARIABLES),
        locale=locale,
        due_at=now,
        queued_at=now,
    )
    session.add(message)
    session.flush()
    defer_once(session, SEND_MESSAGES)
    return message.id


def sending_is_delayed(session: Session) -> bool:
    """Whether messages wait longer than they should: no worker runs, or the gateway is too busy. Nothing is lost, but
    somebody who waits for a text has to be told."""
    waiting = exists().where(
        OutgoingMessage.status == MessageStatus.QUEUED, OutgoingMessage.queued_at < func.now() - DELAYED_AFTER
    )
    return bool(session.scalar(select(waiting)))
