"""What certification does without anyone asking: open and close campaigns, certify by data, tell people."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor
from services.certification.campaigns import close_campaign, open_campaign
from services.certification.errors import NoWindowNow, TooManyMissed, WindowStillOpen
from services.certification.matching import certify_by_data
from services.certification.reminding import send_reminders
from services.database import unit_of_work

logger = logging.getLogger(__name__)


def look_after_certification(sessions: sessionmaker[Session], *, city: str, now: datetime) -> None:
    """Whatever is due at this moment; safe to run at any time and by several workers at once.

    Each step is a transaction of its own, and each group of people who are told: what is done stays done.
    """
    system = Actor.system()
    try:
        with unit_of_work(sessions) as session:
            opened = open_campaign(session, system, city=city, now=now)
        if not opened.was_open:
            logger.info("certification_opened campaign=%s people=%s", opened.campaign.code, opened.population)
    except NoWindowNow:
        pass
    with unit_of_work(sessions) as session:
        certify_by_data(session, system, city=city, now=now)
    anybody = True
    while anybody:
        with unit_of_work(sessions) as session:
            anybody = send_reminders(session, system, city=city, now=now).anybody
    try:
        with unit_of_work(sessions) as session:
            for closed in close_campaign(session, system, city=city, now=now):
                logger.info("certification_closed campaign=%s missed=%s", closed.campaign.code, closed.missed)
    except WindowStillOpen:
        pass
    except TooManyMissed as alarm:
        # An operator looks, and closes it by hand: a file may be missing, or the city under water.
        logger.warning("certification_not_closed %s", alarm)
