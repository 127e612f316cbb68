"""What happens to vouchers without anybody asking. Every step commits by itself, in parts, and is safe to run again."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor
from services.database import unit_of_work
from services.vouchers.issuing import PART, OnLost, issue_month
from services.vouchers.reminding import remind_of_unused

logger = logging.getLogger(__name__)

SYSTEM = Actor.system()


def issue_this_month(sessions: sessionmaker[Session], *, city: str, now: datetime, on_lost: OnLost) -> None:
    """Issue the month's vouchers, unless that is done."""
    if people := issue_month(sessions, city=city, now=now, on_lost=on_lost):
        logger.info("vouchers_issued people=%s", people)


def remind_everybody(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Remind whoever has something left, in the last days of the month."""
    total = 0
    while True:
        with unit_of_work(sessions) as session:
            done = remind_of_unused(session, SYSTEM, now=now, limit=PART)
        total += done
        if done < PART:
            break
    if total:
        logger.info("voucher_reminders people=%s", total)
