"""How fast a city is screened: `python -m benchmarks.screening [--people N] [--all-entitled]`.

A city of made-up seniors is imported through the registry, encrypted, into a database of its own; then everybody is
screened in a process of its own, as `python -m services screen` does it, once and once again. Against it stands the
bare floor, measured in the same run: reading the columns, OpenFisca alone, and copying what the screening wrote, ready
as bytes, into empty tables of the same form; what it would be without their keys and indexes is told beside it. Ages
and registrations are those of the city's replies of 2021 (domain section 0); with `--all-entitled` everybody gets an
offer, which no city sees but on its first day with an empty register of recipients.

Besides the clock it tells processor seconds: where other programs want the machine too, the clock shows their work.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import psutil
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.registry import CITY, GIVEN, HEADER, PLACES, SURNAMES, processor_seconds
from services.actor import Actor, Channel
from services.database import Database, migrate, open_database, unit_of_work
from services.people import id_check_digit
from services.registry import import_extract
from services.settings import Settings, ensure_demo_settings

# The rules are loaded where they are needed, before anything is timed: the import's own processes load this file, too,
# and the command that they belong to elsewhere has no rules for them to load.
if TYPE_CHECKING:
    from services.allowances import ScreeningReport

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 24)
EXTRACT_ON = date(2026, 10, 31)
# Of the city's residents of 60 and more, registered here; of those the ones below 70; with a card of those (seed).
REGISTERED, SIXTIES, WITH_CARD = 359_000 / 940_700, 0.597, 0.97
# One in so many shares the phone of the one before.
COUPLES = 10
WRITTEN = ("allowance_cases", "allowance_events", "outgoing_messages")
COUNTED = (*WRITTEN, "worker_tasks", "audit_entries")
MOST_SECONDS, MOST_TIMES_FLOOR, MOST_GIB, LEAST_ROWS = 20, 4, 2, 25_000


@dataclass
class Measured:
    """Clock and processor seconds of one step; `gib`: the most memory of Python and PostgreSQL together."""

    name: str
    seconds: float
    processors: tuple[float, float]
    gib: float | None = None
    notes: list[str] = field(default_factory=list)


def main() -> None:
    """Measure and print a table; exit code 1 where a promise is broken."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="yinian-screening-") as folder:
        ensure_demo_settings(Path(folder))
        settings = Settings.from_environment({"YINIAN_VAR_DIR": folder})
        database = open_database(settings)
        try:
            migrate(database.engine)
            broken = run(database, settings, Path(folder), arguments.people, all_entitled=arguments.all_entitled)
        finally:
            database.close()
    sys.exit(1 if broken else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screening", description=__doc__)
    parser.add_argument("--people", type=int, default=CITY)
    parser.add_argument("--all-entitled", action="store_true")
    return parser.parse_args()


def run(database: Database, settings: Settings, folder: Path, people: int, *, all_entitled: bool) -> list[str]:
    """Do everything; what was promised and not kept."""
    extract = folder / "household.csv"
    write_extract(extract, people, all_entitled=all_entitled)
    imported, _ = _measure(database, "import, sealed", lambda: _import(database, settings, extract))
    _give_cards(database)
    floor = measure_floor_of_reading(database, settings)
    first, report = measure_screening(database, settings, "screening")
    counts = _counts(database)
    again, second = measure_screening(database, settings, "screening again")
    floor.append(measure_copying(database, "floor: COPY", "INCLUDING ALL"))
    unkeyed = measure_copying(database, "  without keys", "")
    rows_a_second = people / imported.seconds
    imported.notes.append(f"{rows_a_second:,.0f} rows a second")
    bare = sum(step.seconds for step in floor)
    without_keys = bare - floor[-1].seconds + unkeyed.seconds
    first.notes.append(
        f"{report.offers:,} offers, {first.seconds / bare:.1f} times the floor "
        f"({first.seconds / without_keys:.1f} times the one without keys)"
    )
    again.notes.append(f"{second.offers} offers")
    print_table([imported, *floor, unkeyed, first, again])
    print(report)
    kept = {
        f"import at {LEAST_ROWS:,} rows a second": rows_a_second >= LEAST_ROWS,
        f"screening in {MOST_SECONDS} s": first.seconds <= MOST_SECONDS,
        f"at most {MOST_TIMES_FLOOR} times the floor": first.seconds <= MOST_TIMES_FLOOR * bare,
        f"below {MOST_GIB} GiB": (first.gib or 0) < MOST_GIB,
        "the second screening writes nothing": counts == _counts(database) and not second.offers,
    }
    for promise, is_kept in kept.items():
        print(f"{'kept' if is_kept else 'BROKEN':<7} {promise}")
    return [promise for promise, is_kept in kept.items() if not is_kept]


def write_extract(path: Path, count: int, *, all_entitled: bool) -> None:
    """Write a household extract of made-up people."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"#registry=household,source=公安人口库,extract_on={EXTRACT_ON}\n{HEADER}")
        file.writelines(rows(count, all_entitled=all_entitled))


def rows(count: int, *, all_entitled: bool) -> Iterator[str]:
    """Rows of made-up people, the same ones each time: aged and registered as in the city, or all entitled."""
    random = Random(20261124)
    of_a_day: dict[int, int] = {}
    for number in range(count):
        is_young = not all_entitled and random.random() < SIXTIES
        days = random.randrange(60 * 365, 69 * 365) if is_young else random.randrange(70 * 366, 99 * 365)
        of_a_day[days] = sequence = of_a_day.get(days, -1) + 1
        born = EXTRACT_ON - timedelta(days=days)
        first_seventeen = f"4403{96 + sequence // 1000:02}{born:%Y%m%d}{sequence % 1000:03}"
        is_here = all_entitled or random.random() < REGISTERED
        district, street, community = random.choice(PLACES)
        name = random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN)
        yield (
            f"{first_seventeen}{id_check_digit(first_seventeen)},{name},{'女' if sequence % 2 else '男'},"
            f"{born},{'本市' if is_here else '外地'},{district if is_here else ''},,是,,是,{district},{street},"
            f"{community},{community}路{random.randrange(1, 99)}号,"
            f"154{number - (number % COUPLES == 1):08}\n"
        )


def _import(database: Database, settings: Settings, extract: Path) -> None:
    with extract.open("rb") as file, unit_of_work(database.sessions) as session:
        report = import_extract(session, Actor.system(Channel.COMMAND_LINE), file, city=settings.city, now=NOW)
        assert not report.counts.rejected, report.rejections[:3]


def _give_cards(database: Database) -> None:
    """As the bank's extract would; its import is measured by the other benchmark."""
    with unit_of_work(database.sessions) as session:
        session.execute(
            text("UPDATE persons SET has_card = (hashtext(id::text) & 1023) < :share, card_last_four = '0000'"),
            {"share": round(WITH_CARD * 1024)},
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE persons"))
        connection.execute(text("CHECKPOINT"))


def measure_floor_of_reading(database: Database, settings: Settings) -> list[Measured]:
    """The first two parts of the floor."""
    from services.allowances.rules import entitled_by
    from services.allowances.screening_reading import codes_of_people, read_people, verdicts_of

    with unit_of_work(database.sessions) as session:
        reading, people = _measure(database, "floor: columns", lambda: read_people(session, city=settings.city))
    codes = codes_of_people(people, entitled_by(AS_OF))
    # The rules are read from their files once in the life of a process.
    verdicts_of(codes[:1])
    calculating, _ = _measure(database, "floor: OpenFisca", lambda: verdicts_of(codes))
    return [reading, calculating]


def measure_copying(database: Database, name: str, like: str) -> Measured:
    """The last part: what was written, as bytes, into empty tables like the real ones."""
    with unit_of_work(database.sessions) as session:
        driver: Any = session.connection().connection.driver_connection
        result = {}
        for table in WRITTEN:
            session.execute(text(f"CREATE TABLE bare_{table} (LIKE {table} {like})"))
            with driver.cursor().copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as copy:
                result[table] = b"".join(copy)

        def fill() -> None:
            for table, content in result.items():
                with driver.cursor().copy(f"COPY bare_{table} FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(content)

        measured, _ = _measure(database, name, fill)
        session.rollback()
    return measured


def measure_screening(database: Database, settings: Settings, name: str) -> tuple[Measured, ScreeningReport]:
    """A whole screening in a process of its own, from the open database to the commit."""
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe()
    child = context.Process(target=screen_in_child, args=(str(settings.var_dir), ours))
    with _watched(database) as most:
        before = processor_seconds(database)[1]
        child.start()
        seconds, processor, kib, report = theirs.recv()
        child.join()
        server = processor_seconds(database)[1] - before
    gib = (kib * 1024 + most[0]) / 1024**3
    return Measured(name, seconds, (processor, server), gib, ["Python and PostgreSQL together"]), report


def screen_in_child(var_dir: str, answer: Any) -> None:
    """Screen, and tell how long it took and how much memory."""
    from services.allowances import screen
    from services.allowances.screening_command import told_to

    settings = Settings.from_environment({"YINIAN_VAR_DIR": var_dir})
    database = open_database(settings)
    started, processor = time.perf_counter(), time.process_time()
    with unit_of_work(database.sessions) as session:
        report = screen(
            session,
            Actor.system(Channel.COMMAND_LINE),
            city=settings.city,
            as_of=AS_OF,
            now=NOW,
            progress=told_to(sys.stderr),
        )
    seconds, used = time.perf_counter() - started, time.process_time() - processor
    answer.send((seconds, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, report))
    database.close()


@contextmanager
def _watched(database: Database) -> Iterator[list[int]]:
    """The most bytes that PostgreSQL's processes had together for themselves, looked at five times a second."""
    assert database.server is not None
    server = database.server.process()
    assert server is not None
    most, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.2):
            try:
                most[0] = max(most[0], sum(p.memory_full_info().pss for p in (server, *server.children())))
            except psutil.NoSuchProcess:
                continue

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        is_over.set()
        watcher.join()


def _measure(database: Database, name: str, work: Callable[[], Any]) -> tuple[Measured, Any]:
    before, started = processor_seconds(database), time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    after = processor_seconds(database)
    return Measured(name, seconds, (after[0] - before[0], after[1] - before[1])), result


def _counts(database: Database) -> dict[str, int]:
    with unit_of_work(database.sessions) as session:
        return {table: _count(session, table) for table in COUNTED}


def _count(session: Session, table: str) -> int:
    return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def print_table(steps: list[Measured]) -> None:
    """One line for each step."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'step':<18}{'seconds':>9}{'Python s':>10}{'server s':>10}{'GiB':>7}")
    for step in steps:
        gib = f"{step.gib:.2f}" if step.gib else ""
        python, server = step.processors
        print(f"{step.name:<18}{step.seconds:>9.2f}{python:>10.2f}{server:>10.2f}{gib:>7}  {'; '.join(step.notes)}")


if __name__ == "__main__":
    main()
