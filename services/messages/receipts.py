"""Delivery receipts: kept as they come, matched to their messages as soon as those are known.

A receipt may come before the gateway's answer, more than once, and for a message that is not ours. So it is first
written down, which is all that the gateway has to wait for, and then laid to its message: by the gateway's id; where no
answer was ever seen, by the 16 bits of our own id that came back with it and by the phone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from services.database.opening import unit_of_work
from services.database.tables import new_id
from services.messages.tables import (
    Arrival,
    MessageStatus,
    OutgoingMessage,
    OutgoingPart,
    WaitingReceipt,
    before,
    one_of,
)
from services.people import PHONE, PhoneNumberWrong, normal_phone
from services.sealing import vault_of

logger = logging.getLogger(__name__)

AT_ONCE = 500
# Receipts come up to 72 hours after the message (domain 4.1).
NO_RECEIPT_AFTER = timedelta(hours=72)
# Most come within seconds. For a message of which nobody knows whether it left, a worker need not wait for the last.
TELL_A_WORKER_AFTER = timedelta(hours=1)
# An SMS centre that counts from the start again does not do so within a week.
ID_IS_USED_FOR = timedelta(days=7)
# By then the answer to every message that is under way was written down: a receipt without its message belongs to one
# whose answer nobody saw.
ANSWERS_ARE_IN_AFTER = timedelta(minutes=5)
NO_RECEIPT = "no_receipt"

Undelivered = Callable[[Session, Sequence[UUID]], None]
"""Called with the ids of messages that will never arrive, in the transaction in which that turns out."""

KEEP_PARTS = text("""
INSERT INTO outgoing_parts (id, city, message_id, gateway_id, submitted_at)
SELECT part.id, message.city, message.id, part.gateway_id, now()
FROM unnest(CAST(:ids AS uuid[]), CAST(:message_ids AS uuid[]), CAST(:gateway_ids AS text[]))
    AS part (id, message_id, gateway_id)
    JOIN outgoing_messages AS message ON message.id = part.message_id
""")

KEEP_RECEIPTS = text("""
INSERT INTO waiting_receipts (id, city, gateway_id, phone_index, reference, arrival, reason, received_at)
SELECT receipt.id, :city, receipt.gateway_id, phone, reference, arrival, reason, now()
FROM unnest(
    CAST(:ids AS uuid[]), CAST(:gateway_ids AS text[]), CAST(:phones AS bytea[]), CAST(:references AS integer[]),
    CAST(:arrivals AS text[]), CAST(:reasons AS text[])
) AS receipt (id, gateway_id, phone, reference, arrival, reason)
""")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a gateway says of a message that it took. `reference`: the 16 bits of our id, where they came back."""

    gateway_id: str
    phone: str = field(repr=False)
    arrival: Arrival
    reason: str | None = None
    reference: int | None = None


def nobody_told(session: Session, message_ids: Sequence[UUID]) -> None:
    """For those who have nobody to tell about messages that will not arrive."""


def reference_of(message_id: UUID) -> int:
    """The 16 bits of our id that travel with a message. They are random: the end of a UUIDv7 is.

    >>> reference_of(UUID("0192b3a4-0000-7000-8000-00000000abcd")) == 0xABCD
    True
    """
    return message_id.int & 0xFFFF


def keep_parts(session: Session, parts: Sequence[tuple[UUID, str]]) -> None:
    """Write down which ids the gateway gave to which messages."""
    if parts:
        message_ids, gateway_ids = zip(*parts, strict=True)
        values = {"message_ids": list(message_ids), "gateway_ids": list(gateway_ids)}
        session.connection().execute(KEEP_PARTS, values | {"ids": [new_id() for _ in parts]})


def keep_receipts(session: Session, receipts: Sequence[Receipt], *, city: str) -> None:
    """Write receipts down; once that is committed the gateway need not send them again."""
    vault = vault_of(session)
    if receipts:
        values = {
            "city": city,
            "ids": [new_id() for _ in receipts],
            "gateway_ids": [receipt.gateway_id for receipt in receipts],
            "phones": [vault.index(_comparable(receipt.phone), context=PHONE) for receipt in receipts],
            "references": [receipt.reference for receipt in receipts],
            "arrivals": [receipt.arrival.value for receipt in receipts],
            "reasons": [receipt.reason for receipt in receipts],
        }
        session.connection().execute(KEEP_RECEIPTS, values)


def settle_receipts(
    sessions: sessionmaker[Session],
    *,
    on_undelivered: Undelivered = nobody_told,
    of_the_last: timedelta = NO_RECEIPT_AFTER,
) -> int:
    """Lay waiting receipts to the messages that are known by now; how many were laid."""
    settled = 0
    while True:
        with unit_of_work(sessions) as session:
            laid = _settle_by_id(session, of_the_last, on_undelivered)
            settled += laid
            # Those that are found by our id get a part with the gateway's id, and then go the same way.
            if laid < AT_ONCE and not _find_unanswered(session, of_the_last):
                return settled


def give_up_waiting(sessions: sessionmaker[Session], *, on_undelivered: Undelivered = nobody_told) -> int:
    """Tell about messages of which nobody knows for an hour; how many. A receipt that comes later still counts; after
    three days they count as not arrived. Strangers' receipts go."""
    with unit_of_work(sessions) as session:
        session.execute(delete(WaitingReceipt).where(WaitingReceipt.received_at < func.now() - NO_RECEIPT_AFTER))
        unconfirmed = update(OutgoingMessage).where(OutgoingMessage.status == MessageStatus.UNCONFIRMED)
        unconfirmed = unconfirmed.execution_options(synchronize_session=False)
        handed_over_at = func.coalesce(OutgoingMessage.sent_at, OutgoingMessage.queued_at)
        unknown = session.scalars(
            unconfirmed.where(OutgoingMessage.failure.is_(None), handed_over_at < func.now() - TELL_A_WORKER_AFTER)
            .values(failure=NO_RECEIPT)
            .returning(OutgoingMessage.id)
        ).all()
        session.execute(
            unconfirmed.where(handed_over_at < func.now() - NO_RECEIPT_AFTER).values(
                status=MessageStatus.UNDELIVERED, settled_at=func.now()
            )
        )
        if unknown:
            on_undelivered(session, unknown)
        return len(unknown)


def _settle_by_id(session: Session, of_the_last: timedelta, on_undelivered: Undelivered) -> int:
    found = session.execute(
        select(
            WaitingReceipt.id,
            WaitingReceipt.arrival,
            WaitingReceipt.reason,
            OutgoingPart.id.label("part_id"),
            OutgoingPart.message_id,
        )
        .join(OutgoingPart, OutgoingPart.gateway_id == WaitingReceipt.gateway_id)
        .where(
            WaitingReceipt.received_at > func.now() - of_the_last,
            OutgoingPart.submitted_at > func.now() - ID_IS_USED_FOR,
        )
        .order_by(WaitingReceipt.received_at, WaitingReceipt.id, OutgoingPart.submitted_at)
        .limit(AT_ONCE)
        .with_for_update(of=WaitingReceipt, skip_locked=True)
    ).all()
    if not found:
        return 0
    # The newest part where the gateway used an id again, and the first receipt where it repeats one.
    newest = {row.id: row for row in found}.values()
    first: dict[UUID, Any] = {}
    for row in newest:
        first.setdefault(row.part_id, row)
    message_ids = {row.message_id for row in newest}
    # In one order, so that two workers never wait for each other; and nobody else counts the parts meanwhile.
    locked = select(OutgoingMessage.id).where(one_of(OutgoingMessage.id, message_ids)).order_by(OutgoingMessage.id)
    session.execute(locked.with_for_update())
    for arrival in Arrival:
        _mark(session, [row.part_id for row in first.values() if row.arrival == arrival], arrival)
    lost = {row.message_id: row.reason for row in first.values() if row.arrival == Arrival.UNDELIVERED}
    _finish(session, message_ids, lost, on_undelivered)
    session.execute(
        delete(WaitingReceipt)
        .where(one_of(WaitingReceipt.id, [row.id for row in newest]))
        .execution_options(synchronize_session=False)
    )
    return len(newest)


def _mark(session: Session, part_ids: list[UUID], arrival: Arrival) -> None:
    if part_ids:
        session.execute(
            update(OutgoingPart)
            .where(one_of(OutgoingPart.id, part_ids), OutgoingPart.arrival.is_(None))
            .values(arrival=arrival)
            .execution_options(synchronize_session=False)
        )


def _finish(
    session: Session, message_ids: set[UUID], lost: dict[UUID, str | None], on_undelivered: Undelivered
) -> None:
    """A message has arrived when all its parts have, and never will when one of them won't."""
    parts = select(func.count()).where(OutgoingPart.message_id == OutgoingMessage.id).correlate(OutgoingMessage)
    arrived = parts.where(OutgoingPart.arrival == Arrival.DELIVERED).scalar_subquery()
    missing = exists().where(OutgoingPart.message_id == OutgoingMessage.id, OutgoingPart.arrival == Arrival.UNDELIVERED)
    move = update(OutgoingMessage).where(one_of(OutgoingMessage.id, message_ids)).values(settled_at=func.now())
    move = move.execution_options(synchronize_session=False)
    session.execute(
        move.where(
            OutgoingMessage.status.in_(before(MessageStatus.DELIVERED)),
            arrived >= func.coalesce(OutgoingMessage.parts, 1),
        ).values(status=MessageStatus.DELIVERED, failure=None)
    )
    if not lost:
        return
    undelivered = session.scalars(
        move.where(OutgoingMessage.status.in_(before(MessageStatus.UNDELIVERED)), missing)
        .values(status=MessageStatus.UNDELIVERED)
        .returning(OutgoingMessage.id)
    ).all()
    for message_id in undelivered:
        logger.info("message_undelivered id=%s reason=%s", message_id, lost.get(message_id))
        session.execute(
            update(OutgoingMessage).where(OutgoingMessage.id == message_id).values(failure=lost.get(message_id))
        )
    if undelivered:
        on_undelivered(session, undelivered)


def _find_unanswered(session: Session, of_the_last: timedelta) -> int:
    """Give parts to messages whose answer was lost and whose receipt is here; how many.

    With our 16 bits in the receipt there is no doubt. Without them the phone must do, once every message that is under
    way has its answer, and only if a single message to that phone waits.
    """
    rows = session.execute(
        select(WaitingReceipt.id, WaitingReceipt.gateway_id, WaitingReceipt.reference, OutgoingMessage.id)
        .join(OutgoingMessage, OutgoingMessage.phone_index == WaitingReceipt.phone_index)
        .where(
            WaitingReceipt.received_at > func.now() - of_the_last,
            OutgoingMessage.status == MessageStatus.UNCONFIRMED,
            OutgoingMessage.queued_at < WaitingReceipt.received_at,
            WaitingReceipt.reference.is_not(None) | (WaitingReceipt.received_at < func.now() - ANSWERS_ARE_IN_AFTER),
            ~exists().where(OutgoingPart.gateway_id == WaitingReceipt.gateway_id),
        )
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    candidates: dict[str, set[UUID]] = {}
    for _, gateway_id, reference, message_id in rows:
        if reference is None or reference == reference_of(message_id):
            candidates.setdefault(gateway_id, set()).add(message_id)
    found = [(next(iter(ids)), gateway_id) for gateway_id, ids in candidates.items() if len(ids) == 1]
    keep_parts(session, found)
    return len(found)


def _comparable(phone: str) -> str:
    try:
        return normal_phone(phone)
    except PhoneNumberWrong:
        return phone
