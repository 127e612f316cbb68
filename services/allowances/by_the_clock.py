"""What happens to cases without anybody asking. Every step commits by itself, in parts, and is safe to run again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor
from services.allowances.checking import AT_ONCE, check_applications, correct_first_months, settle_cards
from services.allowances.deadlines import end_offers, remind, renew_offers
from services.allowances.errors import TooManyInDoubt
from services.allowances.proposing import propose_stops
from services.allowances.screening import screen
from services.clock import local_day
from services.database import unit_of_work

logger = logging.getLogger(__name__)

SYSTEM = Actor.system()
# Those that deal with a part at a time.
IN_PARTS: tuple[Callable[..., int], ...] = (end_offers, renew_offers, remind, settle_cards)
WHOLE: tuple[Callable[..., int], ...] = (propose_stops, correct_first_months)


def check_new_applications(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Check everything that waits to be checked; how many."""
    return _in_parts(sessions, check_applications, now)


def look_after_cases(sessions: sessionmaker[Session], *, city: str, now: datetime) -> None:
    """The round of the day: offers that end, go again, begin or are to be remembered; cases that the registers say
    should stop, or begin in another month."""
    counts = {step.__name__: _in_parts(sessions, step, now) for step in IN_PARTS}
    counts["screen"] = _screen(sessions, city=city, now=now)
    for step in WHOLE:
        with unit_of_work(sessions) as session:
            counts[step.__name__] = step(session, SYSTEM, now=now)
    if any(counts.values()):
        logger.info("cases_looked_after %s", " ".join(f"{name}={count}" for name, count in counts.items()))


def _screen(sessions: sessionmaker[Session], *, city: str, now: datetime) -> int:
    try:
        with unit_of_work(sessions) as session:
            return screen(session, SYSTEM, city=city, as_of=local_day(now), now=now).offers
    except TooManyInDoubt as doubt:
        # Nothing was written: somebody has to look at the registers and screen by hand.
        logger.warning("screening_held %s", doubt)
        return 0


def _in_parts(sessions: sessionmaker[Session], step: Callable[..., int], now: datetime) -> int:
    total = 0
    while True:
        with unit_of_work(sessions) as session:
            done = step(session, SYSTEM, now=now, limit=AT_ONCE)
        total += done
        if done < AT_ONCE:
            return total
