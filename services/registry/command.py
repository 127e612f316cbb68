"""`python -m services registry import FILE.csv`: import an extract and print what became of its rows."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import psycopg
from sqlalchemy.exc import DBAPIError

from services.actor import Actor, Channel
from services.clock import Clock
from services.database import Database, unit_of_work
from services.registry.cells import LONGEST_ADDRESS, LONGEST_NAME, LONGEST_PLACE
from services.registry.contracts import CONTRACTS, OLDEST_YEARS
from services.registry.files import ExtractUnusable
from services.registry.importing import ImportReport, import_extract
from services.registry.plausibility import ImportHeld
from services.registry.reading import Rejection

REFUSED, BAD_INPUT, HELD = 1, 2, 3

# For the operator; what the code means, without a word of what the row holds.
MEANINGS = {
    "number_of_cells_wrong": "expected as many cells as the header has",
    "quotes_wrong": "a quote that is not closed, or stands inside a cell",
    "formula": "a cell that begins with = + - @ or ', which a spreadsheet would run",
    "control_character": "a character that cannot be seen",
    "missing": "expected a value",
    "id_number_wrong": "expected 18 characters with the right check digit",
    "name_wrong": f"expected letters, at most {LONGEST_NAME}",
    "date_wrong": "expected a date like 1956-11-24 or 19561124",
    "after_extract": "a day after the day of the extract",
    "too_old": f"more than {OLDEST_YEARS} years before the extract",
    "before_birth": "a death before the birth",
    "death_incomplete": "alive=no and died_on go together",
    "not_registered_here": "a district is only for households registered in the city",
    "only_with_card": "only for has_card=yes",
    "choice_wrong": "expected one of the words of the contract",
    "district_wrong": "expected a district of the city",
    "text_wrong": f"expected at most {LONGEST_PLACE} characters, {LONGEST_ADDRESS} in an address",
    "phone_number_wrong": "expected a mobile number of the mainland; leave fixed lines out",
    "last_four_wrong": "expected four digits",
    "card_number_not_wanted": "never send more than the last four digits of a card",
    "level_wrong": "expected a level from 0 to 4",
    "row_contradicted": "another row says something else of the same ID number; none of them was taken",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    deeds = parser.add_subparsers(dest="deed", required=True)
    importing = deeds.add_parser(
        "import", help=f"an extract of one of: {', '.join(CONTRACTS)}", description="The form: docs/registry.md"
    )
    importing.add_argument("file", type=Path, metavar="FILE.csv")
    importing.add_argument(
        "--confirm", action="store_true", help="import it although much of it would be rejected or change people"
    )


def run(arguments: argparse.Namespace, database: Database, clock: Clock, *, city: str) -> int:
    """Import the file in one transaction and print the report; the exit code."""
    try:
        with arguments.file.open("rb") as file, unit_of_work(database.sessions) as session:
            report = import_extract(
                session,
                Actor.system(Channel.COMMAND_LINE),
                file,
                city=city,
                now=clock.now(),
                tell=progress(sys.stderr),
                confirmed=arguments.confirm,
            )
    except OSError as error:
        sys.stderr.write(f"{arguments.file}: {error.strerror or error}\n")
        return BAD_INPUT
    except ExtractUnusable as unusable:
        sys.stderr.write(f"{arguments.file}: {unusable}\n")
        return BAD_INPUT
    except ImportHeld as held:
        sys.stderr.write(f"{arguments.file}: {held_line(held)}\n")
        return HELD
    except BrokenProcessPool:
        sys.stderr.write(f"{arguments.file}: a process that was reading it was ended; nothing was changed\n")
        return REFUSED
    except DBAPIError as error:
        sys.stderr.write(f"{arguments.file}: the database refused ({refusal(error)}); nothing was changed\n")
        return REFUSED
    sys.stdout.write("".join(f"{line}\n" for line in report_lines(report)))
    return 0


def refusal(error: DBAPIError) -> str:
    """What the database did not like, without the row, which its own message quotes."""
    cause = error.orig
    constraint = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    return " ".join(filter(None, (type(cause).__name__, constraint)))


def held_line(held: ImportHeld) -> str:
    """Why an import is held, and what to do."""
    facts = held.facts
    return (
        f"held, nothing was changed: of {facts['rows']} rows {facts['unfit']} would be rejected or held back, "
        f"{facts['replaced']} would replace what is known, {facts['died']} people would count as dead "
        f"(too many: {facts['too_many']}). Look at the file; --confirm imports it all the same"
    )


def progress(to: TextIO) -> Callable[[int], None]:
    """Tells how many rows were read and how fast."""
    started = time.perf_counter()

    def tell(rows: int) -> None:
        to.write(f"{rows} rows read, {rows / (time.perf_counter() - started):.0f} a second\n")

    return tell


def report_lines(report: ImportReport) -> list[str]:
    """The report as an operator reads it: counts, then each rejected line. It names nobody."""
    lines = [f"{report.kind} extract of {report.extract_on} from {report.source}"]
    if report.imported_before_at is not None:
        return [*lines, f"this file was imported at {report.imported_before_at:%Y-%m-%d %H:%M} UTC; nothing changed"]
    counts = asdict(report.counts)
    found = counts.pop("findings")
    lines += [f"{'rows':<10}{sum(counts.values()):>9}"]
    lines += [f"{name:<10}{count:>9}" for name, count in counts.items()]
    lines += [f"{'findings':<10}{found:>9}"]
    return lines + [rejection_line(rejection) for rejection in report.rejections]


def rejection_line(rejection: Rejection) -> str:
    """One rejected row."""
    where = f"line {rejection.line}" + (f", {rejection.column}" if rejection.column else "")
    return f"{where}: {rejection.code}: {MEANINGS[rejection.code]}"
