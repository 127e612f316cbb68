"""Sending what is queued: claim as many as the gateway has room for, hand them over, write down what came of them.

Where the gateway allows it, the next round is claimed and on its way while the answers to the last one come in.

Messages are claimed and made ready in one transaction, which the gateway itself commits directly before they go. Those
of a worker that dies stay in `sending` until their lease ends by the database's clock. Then the gateway is asked:
accepted ones are done, ones that it never saw go back to the queue, and where it cannot tell the message waits for a
receipt. A senior may get a text late, but never twice.
"""

from __future__ import annotations

import json
import logging
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.database.opening import unit_of_work
from services.messages.gateways import (
    Answer,
    Answers,
    Gateway,
    Handover,
    Outcome,
    Ready,
    Verdict,
    WindowGateway,
    in_windows,
)
from services.messages.receipts import Undelivered, keep_parts, nobody_told
from services.messages.tables import PHONE, VARIABLES, MessageStatus, OutgoingMessage, before, one_of
from services.messages.wording import Composer, WordingWrong
from services.sealing import SealBroken, Vault, vault_of

logger = logging.getLogger(__name__)

# How many are claimed at once at most, however wide the gateway's window is.
MOST_AT_ONCE = 500


@dataclass
class SendReport:
    """How many messages ended how in one run; `more` if it stopped while there was still something to do."""

    sent: int = 0
    postponed: int = 0
    unconfirmed: int = 0
    failed: int = 0
    more: bool = False


@dataclass(frozen=True)
class _Work:
    """What all steps of one run need."""

    sessions: sessionmaker[Session]
    gateway: WindowGateway
    composer: Composer
    vault: Vault
    lease: timedelta
    on_undelivered: Undelivered
    under_way: deque[tuple[list[Ready], Answers]] = field(default_factory=deque)
    report: SendReport = field(default_factory=SendReport)


def send_due(
    sessions: sessionmaker[Session],
    gateway: Gateway | WindowGateway,
    composer: Composer,
    *,
    lease: timedelta,
    on_undelivered: Undelivered = nobody_told,
    at_most: timedelta | None = None,
) -> SendReport:
    """Send everything that is due, for `at_most` that long. Safe to run twice, at the same time too."""
    with sessions() as session:
        vault = vault_of(session)
    work = _Work(sessions, in_windows(gateway), composer, vault, lease, on_undelivered)
    settle_expired_leases(sessions, work.gateway)
    until = None if at_most is None else time.monotonic() + at_most.total_seconds()
    if not _something_is_due(sessions):
        return work.report
    try:
        while _send_some(work):
            if until is not None and time.monotonic() > until:
                work.report.more = True
                break
    finally:
        while _finish_oldest(work):
            pass
    return work.report


def settle_expired_leases(sessions: sessionmaker[Session], gateway: WindowGateway) -> None:
    """Decide about the messages of workers that died. Raises nothing for a gateway that cannot tell."""
    with unit_of_work(sessions) as session:
        expired = session.scalars(
            select(OutgoingMessage)
            .where(OutgoingMessage.status == MessageStatus.SENDING, OutgoingMessage.leased_until_at < func.now())
            .with_for_update(skip_locked=True)
        ).all()
        for message in expired:
            outcome = gateway.outcome_of(message.id, message.attempts)
            logger.info("message_lease_expired id=%s outcome=%s", message.id, outcome.value)
            if outcome is Outcome.ACCEPTED:
                message.move_to(MessageStatus.SENT)
                message.sent_at = message.leased_until_at
            elif outcome is Outcome.NEVER_SEEN:
                message.move_to(MessageStatus.QUEUED)
            else:
                message.move_to(MessageStatus.UNCONFIRMED)
                message.sent_at = message.leased_until_at
            message.leased_until_at = None


def _something_is_due(sessions: sessionmaker[Session]) -> bool:
    with sessions() as session:
        return session.scalar(select(OutgoingMessage.id).where(_is_due()).limit(1)) is not None


def _is_due() -> ColumnElement[bool]:
    return (OutgoingMessage.status == MessageStatus.QUEUED) & (OutgoingMessage.due_at <= func.now())


def _send_some(work: _Work) -> bool:
    """Whether there was anything to send, and room for it."""
    if len(work.under_way) == work.gateway.rounds:
        _finish_oldest(work)
    while not (room := min(work.gateway.room(), MOST_AT_ONCE)):
        if not _finish_oldest(work):
            return False
    with work.sessions() as session:
        claimed, failed = _claim(work, session, room)
        if not claimed:
            session.commit()
            return failed or _finish_oldest(work)
        # Half the lease stays in hand: another worker must not think that we are dead while we still send.
        give_up_at = time.monotonic() + work.lease.total_seconds() / 2
        answers = work.gateway.submit_many(claimed, commit=session.commit, give_up_at=give_up_at)
    work.under_way.append((claimed, answers))
    return True


def _finish_oldest(work: _Work) -> bool:
    """Wait for the answers to the round that went first, and write them down; whether there was one."""
    if not work.under_way:
        return False
    messages, answers = work.under_way.popleft()
    _record(work, messages, answers())
    return True


def _claim(work: _Work, session: Session, room: int) -> tuple[list[Ready], bool]:
    """Make ready the messages that are due first and take them for ourselves; and whether any failed, because it can't
    be composed."""
    claimed: list[Ready] = []
    broken: dict[UUID, str] = {}
    by_parts: dict[int, list[UUID]] = defaultdict(list)
    for row in _due_first(session, room):
        try:
            ready = work.gateway.make_ready(_composed(work, row))
        except (WordingWrong, SealBroken) as error:
            logger.exception("message_failed id=%s", row.id)
            broken[row.id] = str(error)
            by_parts[0].append(row.id)
            continue
        # A long message waits for more room, unless there is never enough for it.
        if ready.parts > room and claimed:
            break
        room -= ready.parts
        claimed.append(ready)
        by_parts[ready.parts].append(row.id)
    for parts, ids in by_parts.items():
        _move(
            session,
            ids,
            MessageStatus.SENDING,
            attempts=OutgoingMessage.attempts + 1,
            leased_until_at=func.now() + work.lease,
            parts=parts,
        )
    _fail(work, session, broken)
    return claimed, bool(broken)


def _due_first(session: Session, most: int) -> Sequence[Any]:
    columns = (
        OutgoingMessage.id,
        OutgoingMessage.phone_sealed,
        OutgoingMessage.template,
        OutgoingMessage.variables_sealed,
        OutgoingMessage.locale,
        OutgoingMessage.attempts,
    )
    due = select(*columns).where(_is_due()).order_by(OutgoingMessage.due_at, OutgoingMessage.id).limit(most)
    return session.execute(due.with_for_update(skip_locked=True)).all()


def _composed(work: _Work, row: Any) -> Handover:
    variables = json.loads(work.vault.open(row.variables_sealed, context=VARIABLES))
    text = work.composer.compose(row.template, variables, locale=row.locale)
    return Handover(row.id, work.vault.open(row.phone_sealed, context=PHONE), text, row.attempts + 1)


def _record(work: _Work, messages: Sequence[Ready], answers: Sequence[Answer]) -> None:
    """Write down all answers of one round in one transaction."""
    found: dict[tuple[Verdict, timedelta], list[UUID]] = defaultdict(list)
    pairs = [(ready.message.message_id, answer) for ready, answer in zip(messages, answers, strict=True)]
    for message_id, answer in pairs:
        found[answer.verdict, answer.wait].append(message_id)
    report = work.report
    with unit_of_work(work.sessions) as session:
        for (verdict, wait), ids in found.items():
            if verdict is Verdict.ACCEPTED:
                report.sent += _move(session, ids, MessageStatus.SENT, sent_at=func.now())
            elif verdict is Verdict.UNSURE:
                report.unconfirmed += _move(session, ids, MessageStatus.UNCONFIRMED, sent_at=func.now())
            elif verdict is Verdict.BUSY:
                # Where the gateway itself makes us wait, messages keep their place in the queue.
                later = {"due_at": func.now() + wait} if wait else {}
                report.postponed += _move(session, ids, MessageStatus.QUEUED, **later)
            elif verdict is Verdict.NOT_TRIED:
                _move(session, ids, MessageStatus.QUEUED)
        refusals = {it: answer.reason or "" for it, answer in pairs if answer.verdict is Verdict.REFUSED}
        _fail(work, session, refusals)
        keep_parts(session, [(message_id, it) for message_id, answer in pairs for it in answer.gateway_ids])


def _fail(work: _Work, session: Session, reasons: Mapping[UUID, str]) -> None:
    for message_id, reason in reasons.items():
        logger.warning("message_failed id=%s reason=%s", message_id, reason)
        work.report.failed += _move(session, [message_id], MessageStatus.FAILED, failure=reason)
    if reasons:
        work.on_undelivered(session, list(reasons))


def _move(session: Session, message_ids: Sequence[UUID], status: MessageStatus, **also: Any) -> int:
    """Bring messages to a state wherever that step exists; how many went. Only `sending` has a lease."""
    moved = session.execute(
        update(OutgoingMessage)
        .where(one_of(OutgoingMessage.id, message_ids), OutgoingMessage.status.in_(before(status)))
        .values(**({"status": status, "leased_until_at": None} | also))
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], moved).rowcount
