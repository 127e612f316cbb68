"""What chaining costs the record of deeds: `python -m benchmarks.deeds [TRANSACTIONS]`.

As many transactions with one deed each by two processes at once, then the proof of the whole record. The database is a
scratch one in a temporary folder.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from services.actor import Actor
from services.audit import record, verify
from services.database import Database, migrate, new_id, open_database, unit_of_work
from services.settings import Settings, ensure_demo_settings

PROCESSES = 2
SYSTEM = Actor.system()


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        ensure_demo_settings(Path(folder))
        database = _opened(folder)
        try:
            migrate(database.engine)
            started = time.perf_counter()
            with ProcessPoolExecutor(PROCESSES) as processes:
                cpu = sum(processes.map(do_deeds, [folder] * PROCESSES, [count // PROCESSES] * PROCESSES))
            took = time.perf_counter() - started
            print(f"{count / took:.0f} transactions with a deed each a second, {PROCESSES} processes at once")
            print(f"{cpu / count * 1000:.2f} ms of a processor for each, the database's own not counted")
            started = time.perf_counter()
            with unit_of_work(database.sessions) as session:
                found = verify(session)
            took = time.perf_counter() - started
            print(f"{found.deeds} deeds in {found.chains} chains proven in {took:.1f} s, {len(found.damages)} damages")
        finally:
            database.close()


def do_deeds(folder: str, count: int) -> float:
    """So many transactions; the seconds of a processor that they took here."""
    database = _opened(folder)
    try:
        started = time.process_time()
        for _ in range(count):
            with unit_of_work(database.sessions) as session:
                record(
                    session,
                    SYSTEM,
                    "measured",
                    city="shenzhen",
                    person_id=new_id(),
                    subject_id=new_id(),
                    now=datetime.now(UTC),
                    to_pay_fen=os.getpid(),
                )
        return time.process_time() - started
    finally:
        database.close()


def _opened(folder: str) -> Database:
    return open_database(Settings.from_environment({"YINIAN_VAR_DIR": folder}))


if __name__ == "__main__":
    main()
