"""SMPP 3.4: text messages, their receipts and people's replies over a line to an SMS centre."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, sessionmaker

from services.clock import Clock
from services.messages.receipts import Undelivered
from services.messages.smpp.connection import Receiver
from services.messages.smpp.intake import ArrivedText, Intake, Receive
from services.messages.smpp.line import SmppLine
from services.settings import Settings, SettingsWrong

__all__ = ["ArrivedText", "Receive", "SmppLine", "open_line"]

SWITCH_SECONDS = 0.0005


@contextmanager
def open_line(
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    *,
    receive: Receive,
    on_undelivered: Undelivered,
) -> Iterator[SmppLine]:
    """The line to the SMS centre of the settings, bound as soon as it can be and as long as the block lasts. Raises
    SettingsWrong if it isn't said where that is and who we are there."""
    needed = ("smpp_host", "smpp_system_id", "smpp_password", "smpp_source_address")
    if missing := [f"YINIAN_{name.upper()}" for name in needed if not getattr(settings, name)]:
        raise SettingsWrong(problems=f"{', '.join(missing)}: needed for YINIAN_MESSAGE_GATEWAY=smpp")
    intake = Intake(sessions, clock, city=settings.city, receive=receive, on_undelivered=on_undelivered)
    line = SmppLine(settings, Receiver(intake.take, intake.proven))
    # Handing over between the line, the intake and the jobs must not take longer than the handing over to the network.
    sys.setswitchinterval(SWITCH_SECONDS)
    intake.start()
    line.open()
    try:
        yield line
    finally:
        line.close()
        intake.stop()
