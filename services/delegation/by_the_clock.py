"""What happens to delegations without anybody asking."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.database import unit_of_work
from services.delegation.ending import end_due
from services.delegation.watching import look_after_accounts

logger = logging.getLogger(__name__)


def look_after_delegations(sessions: sessionmaker[Session], *, city: str, now: datetime) -> None:
    """The round of the hour: what is over ends, and what is unusual is put to a worker. Safe to run again."""
    ended = end_due(sessions, city=city, now=now)
    with unit_of_work(sessions) as session:
        unusual = look_after_accounts(session, city=city, now=now)
    if ended or unusual:
        logger.info("delegations_looked_after ended=%s unusual=%s", ended, unusual)
