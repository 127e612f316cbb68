"""Sending what is queued: claim a few, hand each over, write down what came of it.

A worker that dies leaves its messages in `sending` until their lease ends by the database's clock. Then the gateway is
asked: accepted ones are done, ones that it never saw go back to the queue, and where it cannot tell the message waits
for a receipt. A senior may get a text late, but never twice.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.database.opening import unit_of_work
from services.messages.gateways import Gateway, GatewayBusy, GatewayRefused, GatewayUnsure, Outcome
from services.messages.tables import PHONE, VARIABLES, MessageStatus, OutgoingMessage
from services.messages.wording import Composer, WordingWrong
from services.sealing import SealBroken, Vault, vault_of

logger = logging.getLogger(__name__)

BATCH = 20
WAIT_WHEN_BUSY = timedelta(seconds=30)


@dataclass
class SendReport:
    """How many messages ended how in one run."""

    sent: int = 0
    postponed: int = 0
    unconfirmed: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Claimed:
    id: UUID
    phone_sealed: bytes
    template: str
    variables_sealed: bytes
    locale: str


def send_due(sessions: sessionmaker[Session], gateway: Gateway, composer: Composer, *, lease: timedelta) -> SendReport:
    """Send everything that is due. Safe to run twice, at the same time too. Each message commits by itself."""
    report = SendReport()
    with sessions() as session:
        vault = vault_of(session)
    settle_expired_leases(sessions, gateway)
    while claimed := _claim(sessions, lease):
        # Half the lease stays in hand: another worker must not think that we are dead while we still send.
        give_up_at = time.monotonic() + lease.total_seconds() / 2
        for position, message in enumerate(claimed):
            if time.monotonic() > give_up_at:
                _give_back(sessions, [m.id for m in claimed[position:]])
                break
            _send_one(sessions, gateway, composer, vault, message, report)
    return report


def settle_expired_leases(sessions: sessionmaker[Session], gateway: Gateway) -> None:
    """Decide about the messages of workers that died. Raises nothing for a gateway that cannot tell."""
    with unit_of_work(sessions) as session:
        expired = session.scalars(
            select(OutgoingMessage)
            .where(OutgoingMessage.status == MessageStatus.SENDING, OutgoingMessage.leased_until_at < func.now())
            .with_for_update(skip_locked=True)
        ).all()
        for message in expired:
            outcome = gateway.outcome_of(message.id)
            logger.info("message_lease_expired id=%s outcome=%s", message.id, outcome.value)
            if outcome is Outcome.ACCEPTED:
                message.move_to(MessageStatus.SENT)
                message.sent_at = message.leased_until_at
            elif outcome is Outcome.NEVER_SEEN:
                message.move_to(MessageStatus.QUEUED)
            else:
                message.move_to(MessageStatus.UNCONFIRMED)
            message.leased_until_at = None


def _claim(sessions: sessionmaker[Session], lease: timedelta) -> list[_Claimed]:
    with unit_of_work(sessions) as session:
        rows = session.scalars(
            select(OutgoingMessage)
            .where(OutgoingMessage.status == MessageStatus.QUEUED, OutgoingMessage.due_at <= func.now())
            .order_by(OutgoingMessage.due_at, OutgoingMessage.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.move_to(MessageStatus.SENDING)
            row.attempts += 1
            row.leased_until_at = func.now() + lease
        return [_Claimed(row.id, row.phone_sealed, row.template, row.variables_sealed, row.locale) for row in rows]


def _send_one(
    sessions: sessionmaker[Session],
    gateway: Gateway,
    composer: Composer,
    vault: Vault,
    message: _Claimed,
    report: SendReport,
) -> None:
    try:
        phone = vault.open(message.phone_sealed, context=PHONE)
        variables = json.loads(vault.open(message.variables_sealed, context=VARIABLES))
        text = composer.compose(message.template, variables, locale=message.locale)
        gateway_id = gateway.submit(message.id, phone, text)
    except GatewayBusy:
        report.postponed += 1
        _record(sessions, message.id, MessageStatus.QUEUED, postpone=WAIT_WHEN_BUSY)
    except GatewayUnsure:
        report.unconfirmed += 1
        _record(sessions, message.id, MessageStatus.UNCONFIRMED)
    except (GatewayRefused, WordingWrong, SealBroken) as error:
        report.failed += 1
        logger.exception("message_failed id=%s", message.id)
        _record(sessions, message.id, MessageStatus.FAILED, failure=str(error))
    else:
        report.sent += 1
        _record(sessions, message.id, MessageStatus.SENT, gateway_id=gateway_id)


def _record(
    sessions: sessionmaker[Session],
    message_id: UUID,
    status: MessageStatus,
    *,
    gateway_id: str | None = None,
    failure: str | None = None,
    postpone: timedelta | None = None,
) -> None:
    with unit_of_work(sessions) as session:
        message = session.get_one(OutgoingMessage, message_id, with_for_update=True)
        if not message.move_to(status):
            return
        message.leased_until_at = None
        message.failure = failure
        if status is MessageStatus.SENT:
            message.gateway_id = gateway_id
            message.sent_at = func.now()
        if postpone is not None:
            message.due_at = func.now() + postpone


def _give_back(sessions: sessionmaker[Session], message_ids: list[UUID]) -> None:
    """Messages that were claimed but not handed over go back to the queue."""
    with unit_of_work(sessions) as session:
        session.execute(
            update(OutgoingMessage)
            .where(OutgoingMessage.id.in_(message_ids), OutgoingMessage.status == MessageStatus.SENDING)
            .values(status=MessageStatus.QUEUED, leased_until_at=None)
        )
