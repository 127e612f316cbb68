"""What the ledger does without anybody asking. The steps of the month themselves are an operator's."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor
from services.allowances.ledger.tier_changes import announce_tier_changes
from services.allowances.months import month_of, months_later
from services.benefits import figure_on
from services.clock import local_day
from services.database import unit_of_work

logger = logging.getLogger(__name__)


def announce_coming_tiers(sessions: sessionmaker[Session], *, city: str, now: datetime) -> int:
    """Once this month is paid, tell whoever will be paid more from the next; how many. Safe to repeat."""
    today = local_day(now)
    if today.day <= figure_on(today, "pay_day"):
        return 0
    coming = months_later(month_of(today), 1)
    with unit_of_work(sessions) as session:
        told = announce_tier_changes(session, Actor.system(), city=city, month=coming, now=now)
    if told:
        logger.info("tiers_announced people=%s", told)
    return told
