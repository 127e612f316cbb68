"""Reads a local time that was given on the command line or in a line of input."""

from __future__ import annotations

from datetime import datetime

from services.clock import CITY_TIME
from voice.commands.refusal import Refused


def read_moment(text: object, where: str) -> datetime:
    """An aware time from an ISO local time such as 2026-11-23T09:00; without a zone it is the city's. Raises Refused.

    >>> read_moment("2026-11-23T09:00", "--now").isoformat()
    '2026-11-23T09:00:00+08:00'
    """
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise Refused(f"{where}: {text!r} is not a local time, expected one like 2026-11-23T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY_TIME)
