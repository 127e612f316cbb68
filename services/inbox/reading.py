"""Reading stored messages, each at most once with effect.

A message, everything that follows from it and the note of how it was handled commit together: a worker that dies leaves
it unread. The messages of one phone are read one after another, the oldest first, whoever reads them; one that can't be
read is tried again a few times and then becomes a worker's task, so that it holds up nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased, sessionmaker

from services import audit
from services.clock import Clock
from services.database.opening import unit_of_work
from services.inbox.acting import SYSTEM, Reading, act
from services.inbox.deciding import decide
from services.inbox.history import ACTED_ON, situation_of
from services.inbox.tables import TEXT, HandledAs, IncomingMessageRow
from services.people import PHONE, PersonRow
from services.sealing import SealBroken, vault_of
from services.worker_tasks import TaskKind, open_task

logger = logging.getLogger(__name__)

# Three attempts over about a minute outlast a database that restarts; what still fails then fails for good.
WAITS = (timedelta(seconds=10), timedelta(seconds=50))
ANSWERS = frozenset({*ACTED_ON, HandledAs.ALREADY_ANSWERED, HandledAs.OVERTAKEN})
BATCH = 200
KEPT_FOR = timedelta(hours=24)


@dataclass
class ReadReport:
    """How many messages were read in one run, and how many could not be."""

    read: int = 0
    failed: int = 0


def read_incoming(sessions: sessionmaker[Session], clock: Clock) -> ReadReport:
    """Read everything that waits. Safe to run twice, at the same time too."""
    report = ReadReport()
    while True:
        with unit_of_work(sessions) as session:
            waiting = _waiting(session)
        read = [_read_one(sessions, message_id, clock, report) for message_id in waiting]
        if not any(read):
            return report


def _read_one(sessions: sessionmaker[Session], message_id: UUID, clock: Clock, report: ReadReport) -> bool:
    """Whether this message was ours to read, with success or without."""
    try:
        with unit_of_work(sessions) as session:
            row = _claimed(session, message_id)
            if row is None:
                return False
            _handle(session, row, now=clock.now())
        report.read += 1
    except Exception as error:
        # Whatever is wrong with one message must not stop the others.
        report.failed += 1
        logger.exception("incoming_message_failed id=%s", message_id)
        _note_failure(sessions, message_id, error, now=clock.now())
    return True


def handle(session: Session, incoming_id: UUID, *, now: datetime) -> HandledAs:
    """Read one message and do what follows; what it was handled as. One that was handled already stays as it is."""
    row = session.get_one(IncomingMessageRow, incoming_id, with_for_update=True)
    if row.handled_as is not None:
        return HandledAs(row.handled_as)
    return _handle(session, row, now=now)


def look_again(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Read kept answers again, in case their offer was only on its way; how many found one. After a day they rest."""
    with unit_of_work(sessions) as session:
        kept = session.scalars(
            select(IncomingMessageRow.id).where(IncomingMessageRow.handled_as == HandledAs.KEPT)
        ).all()
    found = 0
    for message_id in kept:
        with unit_of_work(sessions) as session:
            row = session.get_one(IncomingMessageRow, message_id, with_for_update=True)
            if row.handled_as != HandledAs.KEPT:
                continue
            phone, text = _opened(session, row)
            decision = decide(text, situation_of(session, row, phone, now)[1])
            if decision.handled_as in {HandledAs.AGREED, HandledAs.DECLINED}:
                _handle(session, row, now=now)
                found += 1
            elif row.received_at < now - KEPT_FOR:
                row.handled_as = HandledAs.NOTHING_OPEN
    return found


def _waiting(session: Session) -> Sequence[UUID]:
    """The oldest unread messages."""
    return session.scalars(
        select(IncomingMessageRow.id)
        .where(IncomingMessageRow.handled_at.is_(None), IncomingMessageRow.next_attempt_at <= func.now())
        .order_by(IncomingMessageRow.received_at, IncomingMessageRow.id)
        .limit(BATCH)
    ).all()


def _claimed(session: Session, message_id: UUID) -> IncomingMessageRow | None:
    """The message, locked; None where somebody reads it, has read it, or an older one of its phone is unread."""
    older = aliased(IncomingMessageRow)
    waits_behind = exists().where(
        older.phone_index == IncomingMessageRow.phone_index,
        older.handled_at.is_(None),
        tuple_(older.received_at, older.id) < tuple_(IncomingMessageRow.received_at, IncomingMessageRow.id),
    )
    return session.scalar(
        select(IncomingMessageRow)
        .where(IncomingMessageRow.id == message_id, IncomingMessageRow.handled_at.is_(None), ~waits_behind)
        .with_for_update(skip_locked=True, of=IncomingMessageRow)
    )


def _opened(session: Session, row: IncomingMessageRow) -> tuple[str, str]:
    vault = vault_of(session)
    return vault.open(row.phone_sealed, context=PHONE), vault.open(row.text_sealed, context=TEXT)


def _handle(session: Session, row: IncomingMessageRow, *, now: datetime) -> HandledAs:
    phone, text = _opened(session, row)
    sender, situation = situation_of(session, row, phone, now)
    decision = decide(text, situation)
    reading = Reading(session, row, sender, situation, decision, text, now)
    handled_as = act(reading)
    concerned = reading.concerned
    # On a shared phone only an answer to one offer says who wrote, or for whom.
    surely_hers = len(sender.people) <= 1 or handled_as in ANSWERS
    row.handled_as, row.handled_at, row.reason = handled_as, now, decision.reason
    row.case_ids = [case.id for case in decision.cases]
    row.person_id = concerned[0].id if len(concerned) == 1 and surely_hers else None
    audit.record(
        session,
        SYSTEM,
        "text_message_read",
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        now=now,
        handled_as=handled_as.value,
        reason=decision.reason,
        answer=row.answer,
    )
    session.flush()
    return handled_as


def _note_failure(sessions: sessionmaker[Session], message_id: UUID, error: Exception, *, now: datetime) -> None:
    """Count the attempt; after the last one the message becomes a worker's task."""
    with unit_of_work(sessions) as session:
        row = session.get_one(IncomingMessageRow, message_id, with_for_update=True)
        if row.handled_at is not None:
            return
        row.attempts += 1
        if row.attempts <= len(WAITS) and not isinstance(error, SealBroken):
            row.next_attempt_at = func.now() + WAITS[row.attempts - 1]
            return
        row.handled_as, row.handled_at, row.reason = HandledAs.UNREADABLE, now, type(error).__name__
        # The ids alone: what is wrong with the message may be wrong with what is stored of the person.
        of_phone = select(PersonRow.id).where(PersonRow.phone_index == row.phone_index).order_by(PersonRow.id)
        open_task(
            session,
            kind=TaskKind.UNCLEAR_REPLY,
            city=row.city,
            person_id=session.scalar(of_phone.limit(1)),
            subject_id=row.id,
            facts={"message_id": str(row.id), "read_as": "unreadable"},
            now=now,
        )
        audit.record(
            session,
            SYSTEM,
            "text_message_read",
            city=row.city,
            person_id=None,
            subject_id=row.id,
            now=now,
            handled_as=HandledAs.UNREADABLE.value,
            reason=row.reason,
        )
