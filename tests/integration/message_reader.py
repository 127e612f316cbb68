"""A reader of incoming messages as a process of its own, for the test that kills it."""

from __future__ import annotations

import os
from datetime import timedelta

from services.clock import FixedClock
from services.database import open_database
from services.inbox import read_incoming
from services.settings import Settings
from tests.conftest import NOW

if __name__ == "__main__":
    database = open_database(Settings.from_environment(os.environ))
    read_incoming(database.sessions, FixedClock(NOW + timedelta(hours=1)))
