"""A carrier that records what it accepted, in a file that outlives every worker; and a worker that uses it.

Run as a program it is the worker of the test that kills workers.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from uuid import UUID

from services.clock import SystemClock
from services.database import open_database
from services.jobs import new_job_app, run_worker
from services.messages import Outcome
from services.settings import Settings


class RecordingGateway:
    """Accepts everything. A line is on the disk before `submit` returns, as with a carrier that then loses the line."""

    def __init__(self, file: Path, seconds_a_message: float = 0.0) -> None:
        self._file = file
        self._seconds = seconds_a_message

    def submit(self, message_id: UUID, phone: str, text: str) -> str:
        time.sleep(self._seconds / 2)
        with self._file.open("a", encoding="utf-8") as record:
            record.write(f"{message_id}\n")
        # Killed in here, the message was accepted but we never heard of it.
        time.sleep(self._seconds / 2)
        return f"recorded-{message_id}"

    def outcome_of(self, message_id: UUID) -> Outcome:
        return Outcome.ACCEPTED if str(message_id) in self.accepted() else Outcome.NEVER_SEEN

    def accepted(self) -> list[str]:
        """The ids of all accepted messages, in order."""
        return self._file.read_text(encoding="utf-8").split() if self._file.exists() else []


if __name__ == "__main__":
    settings = Settings.from_environment(os.environ)
    gateway = RecordingGateway(Path(sys.argv[1]), seconds_a_message=0.004)
    run_worker(new_job_app(open_database(settings), settings, gateway, SystemClock()))
