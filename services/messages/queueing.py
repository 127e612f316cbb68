"""Writing a message in the transaction that causes it, and seeing whether anybody sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, exists, func, insert, select
from sqlalchemy.orm import Session

from services.actor import Scope
from services.clock import local_day
from services.database import ask, new_id
from services.family.reached import is_anybody_reached_for
from services.job_queue import SEND_MESSAGES, defer_for_all, defer_once, waits_to_begin
from services.messages.copies import copies_of
from services.messages.phone_notes import WITHHELD, PhoneNote, withheld_because
from services.messages.quiet_hours import due_at
from services.messages.tables import PHONE, VARIABLES, MessageStatus, OutgoingMessage
from services.people import PHONE as PERSON_PHONE
from services.sealing import vault_of
from services.worker_tasks import TaskKind, open_task

# A running worker takes a message within a second or two; after this long nobody is at work.
DELAYED_AFTER = timedelta(seconds=15)

Variable = str | int | date | datetime

# All that queueing a text has to know, in one question: whether one may go there, whether it goes to a delegate too,
# and whether somebody sends already.
WHAT_TO_MIND = select(
    WITHHELD.exists(),
    is_anybody_reached_for(
        bindparam("person_id", type_=Uuid), Scope.RECEIVE_MESSAGES, today=bindparam("today", type_=Date)
    ),
    waits_to_begin(SEND_MESSAGES),
)
NEW_MESSAGE = insert(OutgoingMessage)


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
    """The id of a message that is sent once the caller's transaction has committed; what can wait, not at the quiet
    hours.

    `template` is a key of `locales/*/text_messages.yaml`; `variables` are what it names: text, fen, days and moments.
    To a phone that asked for no more messages, or that may be somebody else's, nothing goes: the message is kept as
    failed, and a worker tells her instead. Delegates whom she let receive her messages get a copy.
    """
    message = _message(session, template, city, phone, locale, now, person_id, variables)
    known = {"phone_index": message["phone_index"], "person_id": person_id, "today": local_day(now)}
    is_withheld, is_copied, job_waits = ask(session, WHAT_TO_MIND, known).one()
    withheld = withheld_because(session, phone, person_id) if is_withheld else None
    if withheld is not None:
        _withhold(session, message, withheld, now)
    else:
        _queue(session, message, job_waits=job_waits)
    if person_id is not None and is_copied:
        copy_to_delegates(session, template, variables, city=city, person_id=person_id, now=now)
    return _id_of(message)


def copy_to_delegates(
    session: Session,
    template: str,
    variables: Mapping[str, Variable],
    *,
    city: str,
    person_id: UUID,
    now: datetime,
) -> None:
    """Queue what the delegates get whom a senior let receive her messages; also where nothing may go to her own
    phone. A delegate's phone that wants no messages gets none."""
    for copied, said, delegate in copies_of(session, template, variables, person_id=person_id, now=now):
        if withheld_because(session, delegate.phone, None) is None:
            _queue(session, _message(session, copied, city, delegate.phone, delegate.locale, now, None, said))


def queue_asked_for_message(
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
    """The same for what somebody with this phone asked for a moment ago, such as a code to sign in: it goes also to a
    phone that wants nothing else."""
    message = _message(session, template, city, phone, locale, now, person_id, variables)
    ask(session, NEW_MESSAGE, message)
    # She waits for it with the phone in her hand.
    defer_once(session, SEND_MESSAGES)
    return _id_of(message)


def _message(
    session: Session,
    template: str,
    city: str,
    phone: str,
    locale: str,
    now: datetime,
    person_id: UUID | None,
    variables: Mapping[str, Variable],
) -> dict[str, Any]:
    """The columns of a message that is to go."""
    vault = vault_of(session)
    stored = {name: v.isoformat() if isinstance(v, date) else v for name, v in variables.items()}
    return {
        "id": new_id(),
        "city": city,
        "person_id": person_id,
        "phone_sealed": vault.seal(phone, context=PHONE),
        "phone_index": vault.index(phone, context=PERSON_PHONE),
        "template": template,
        "variables_sealed": vault.seal(json.dumps(stored, ensure_ascii=False), context=VARIABLES),
        "locale": locale,
        "status": MessageStatus.QUEUED,
        "failure": None,
        "due_at": due_at(session, template, now),
        "queued_at": now,
    }


def _id_of(message: dict[str, Any]) -> UUID:
    message_id: UUID = message["id"]
    return message_id


def _queue(session: Session, message: dict[str, Any], *, job_waits: bool | None = None) -> None:
    ask(session, NEW_MESSAGE, message)
    defer_for_all(session, SEND_MESSAGES, waits=job_waits)


def _withhold(session: Session, message: dict[str, Any], because: PhoneNote, now: datetime) -> None:
    """Keep a message that must not go, and have a worker tell the person what it would have said."""
    reason, person_id = f"phone_{because}", message["person_id"]
    ask(session, NEW_MESSAGE, message | {"status": MessageStatus.FAILED, "failure": reason})
    if person_id is None:
        return
    stopped = because is PhoneNote.STOPPED
    open_task(
        session,
        kind=TaskKind.STOPPED_MESSAGES if stopped else TaskKind.UNDELIVERED,
        city=message["city"],
        person_id=person_id,
        subject_id=person_id if stopped else _id_of(message),
        facts={"template": message["template"], "reason": reason},
        now=now,
    )


def sending_is_delayed(session: Session) -> bool:
    """Whether messages wait longer than they should: no worker runs, or the gateway is too busy. Nothing is lost, but
    somebody who waits for a text has to be told."""
    waiting = exists().where(
        OutgoingMessage.status == MessageStatus.QUEUED,
        # What goes first is due before it was written.
        func.greatest(OutgoingMessage.due_at, OutgoingMessage.queued_at) < func.now() - DELAYED_AFTER,
    )
    return bool(session.scalar(select(waiting)))
