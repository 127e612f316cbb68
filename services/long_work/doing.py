"""Doing long work, one piece after the other. Whatever it does and that it is done are one transaction.

Where the process dies in the middle nothing has happened; another one takes the work up after half a minute, and every
use case behind it may be asked for twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.clock import Clock
from services.database.opening import unit_of_work
from services.errors import ServiceError
from services.long_work.asking import WorkKind, WorkStatus
from services.long_work.carrying_out import CARRIED_OUT
from services.long_work.tables import LongWorkRow
from services.long_work.uploads import forget_upload

logger = logging.getLogger(__name__)

ALIVE_EVERY_SECONDS = 5.0
DEAD_AFTER = timedelta(seconds=30)
TOLD_EVERY_SECONDS = 0.5

Progress = Callable[[str, int, int], None]


def do_waiting_work(sessions: sessionmaker[Session], clock: Clock) -> int:
    """Do everything that waits; how many pieces of work were ended."""
    count = 0
    while (work_id := _take(sessions)) is not None:
        with _alive(sessions, work_id):
            _do(sessions, clock, work_id)
        count += 1
    return count


def _take(sessions: sessionmaker[Session]) -> UUID | None:
    """The oldest work that nobody does, now ours."""
    is_left = and_(LongWorkRow.status == WorkStatus.RUNNING, LongWorkRow.touched_at < func.now() - DEAD_AFTER)
    with unit_of_work(sessions) as session:
        work = session.scalar(
            select(LongWorkRow)
            .where(or_(LongWorkRow.status == WorkStatus.WAITING, is_left))
            .order_by(LongWorkRow.asked_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if work is None:
            return None
        session.execute(
            update(LongWorkRow)
            .where(LongWorkRow.id == work.id)
            .values(status=WorkStatus.RUNNING, started_at=func.now(), touched_at=func.now(), done=0, out_of=0)
        )
        return work.id


def _do(sessions: sessionmaker[Session], clock: Clock, work_id: UUID) -> None:
    try:
        with unit_of_work(sessions) as session:
            work = session.get_one(LongWorkRow, work_id)
            carry_out = CARRIED_OUT[WorkKind(work.kind)]
            report = carry_out(session, work, clock.now(), _progress(sessions, work_id))
            _end(session, work_id, WorkStatus.DONE, report)
    except ServiceError as refusal:
        facts = {name: _plain(value) for name, value in refusal.facts.items()}
        with unit_of_work(sessions) as session:
            _end(session, work_id, WorkStatus.REFUSED, {"code": refusal.code, "facts": facts})
    except Exception as error:
        # Without its text: those of databases quote rows, and rows are people.
        logger.error("long_work_broken id=%s error=%s", work_id, type(error).__name__)
        with unit_of_work(sessions) as session:
            _end(session, work_id, WorkStatus.BROKEN, {"code": type(error).__name__})


def _end(session: Session, work_id: UUID, status: WorkStatus, report: dict[str, Any]) -> None:
    forget_upload(session, work_id)
    session.execute(
        update(LongWorkRow)
        .where(LongWorkRow.id == work_id)
        .values(status=status, report=report, ended_at=func.now(), touched_at=func.now())
    )


def _progress(sessions: sessionmaker[Session], work_id: UUID) -> Progress:
    """Tells others how far it is, in transactions of their own, twice a second at most."""
    last = -TOLD_EVERY_SECONDS

    def tell(step: str, done: int, out_of: int) -> None:
        nonlocal last
        if time.monotonic() - last < TOLD_EVERY_SECONDS:
            return
        last = time.monotonic()
        with unit_of_work(sessions) as session:
            session.execute(
                update(LongWorkRow).where(LongWorkRow.id == work_id).values(step=step, done=done, out_of=out_of)
            )

    return tell


@contextmanager
def _alive(sessions: sessionmaker[Session], work_id: UUID) -> Iterator[None]:
    """Say every few seconds that this process is alive, also while a statement takes long."""
    over = threading.Event()

    def say_so() -> None:
        while not over.wait(ALIVE_EVERY_SECONDS):
            with unit_of_work(sessions) as session:
                session.execute(update(LongWorkRow).where(LongWorkRow.id == work_id).values(touched_at=func.now()))

    saying = threading.Thread(target=say_so, daemon=True)
    saying.start()
    try:
        yield
    finally:
        over.set()
        saying.join()


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | bool | None) else str(value)
