"""Reads a local time that was given on the command line or in a line of input."""

from __future__ import annotations

from datetime import datetime

from services.clock import CITY_TIME
from voice.commands.refusal import Refused

# A conversation looks weeks back and ahead, and a calendar has ends.
_YEARS = range(2000, 2100)


def read_moment(text: object, where: str) -> datetime:
    """An aware time from an ISO local time such as 2026-11-23T09:00; without a zone it is the city's. Raises Refused.

    >>> read_moment("2026-11-23T09:00", "--now").isoformat()
    '2026-11-23T09:00:00+08:00'
    """
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refused(f"{where}: {text!r} is not a local time, expected one like 2026-11-23T09:00") from None
    if moment.year not in _YEARS:
        raise Refused(f"{where}: {text!r} is too far away, expected a year from {_YEARS.start} to {_YEARS.stop - 1}")
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY_TIME)
