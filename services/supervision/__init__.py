"""Watching over those who work with records: the trail of what the staff did, and reading that is unusual.

A supervisor reads both, and nothing else: no record opens to her. What she reads and exports is itself a deed.
"""

from services.supervision.finding import find_in_the_last_days, find_unusual_reading
from services.supervision.flags import (
    LONGEST_NOTE,
    FlagUnknown,
    LookNoteMissing,
    ReadingFlag,
    list_flags,
    look_into,
)
from services.supervision.tables import FlagKind
from services.supervision.trail import TrailEntry, TrailFilter, colleagues, export_trail, read_trail

__all__ = [
    "LONGEST_NOTE",
    "FlagKind",
    "FlagUnknown",
    "LookNoteMissing",
    "ReadingFlag",
    "TrailEntry",
    "TrailFilter",
    "colleagues",
    "export_trail",
    "find_in_the_last_days",
    "find_unusual_reading",
    "list_flags",
    "look_into",
    "read_trail",
]
