"""`python -m services screen --as-of YYYY-MM-DD [--json]`: make the offers of a day and print what was found."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from typing import TextIO

from services.actor import Actor, Channel
from services.allowances.errors import NoRuleOn, TooManyInDoubt
from services.allowances.screening import Progress, ScreeningReport, Step, screen
from services.clock import Clock
from services.database import Database, unit_of_work

BAD_INPUT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--as-of", required=True, metavar="YYYY-MM-DD", help="the day whose offers are due")
    parser.add_argument("--json", action="store_true", help="print the report as one line of JSON")
    parser.add_argument(
        "--even-if-in-doubt",
        action="store_true",
        help="make offers although so many people are in doubt that a register may be wrong",
    )


def run(arguments: argparse.Namespace, database: Database, clock: Clock, *, city: str) -> int:
    """Screen in one transaction and print the report; the exit code."""
    as_of = _day(arguments.as_of)
    if as_of is None:
        sys.stderr.write(f"--as-of {arguments.as_of!r}: expected a day like 2026-11-24\n")
        return BAD_INPUT
    try:
        with unit_of_work(database.sessions) as session:
            report = screen(
                session,
                Actor.system(Channel.COMMAND_LINE),
                city=city,
                as_of=as_of,
                now=clock.now(),
                progress=told_to(sys.stderr),
                even_if_in_doubt=arguments.even_if_in_doubt,
            )
    except NoRuleOn:
        sys.stderr.write(f"--as-of {as_of}: expected a day on which there are rules for offers\n")
        return BAD_INPUT
    except TooManyInDoubt as doubt:
        sys.stderr.write(
            f"{doubt.facts['in_doubt']} of {doubt.facts['candidates']} people who would get an offer are in doubt: "
            "a register may be wrong; nothing was changed. Look at the findings, or say --even-if-in-doubt\n"
        )
        return BAD_INPUT
    sys.stdout.write(as_json(report) if arguments.json else as_lines(report))
    return 0


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # fromisoformat also takes 20261124 and 2026-W48-2.
    return day if day.isoformat() == text else None


def told_to(to: TextIO) -> Progress:
    """Tells an operator how far the screening is."""

    def tell(step: Step, done: int, of: int) -> None:
        if step == "looking":
            to.write(f"looked at {done} people\n" if of else "looking at everybody\n")
        else:
            to.write(f"{done} of {of} offers\n")

    return tell


def as_json(report: ScreeningReport) -> str:
    """One line that another program reads."""
    return json.dumps(asdict(report) | {"as_of": report.as_of.isoformat()}) + "\n"


def as_lines(report: ScreeningReport) -> str:
    """The report as an operator reads it. It names nobody."""
    counts = {
        "looked at": report.looked_at,
        "offers": report.offers,
        "  without a card": report.card_first,
        "  by a worker": report.by_worker,
        "had a case": report.already,
        "not offered": sum(report.excluded.values()),
        **{f"  {reason}": count for reason, count in report.excluded.items()},
    }
    width = max(map(len, counts))
    return f"screened as of {report.as_of}\n" + "".join(f"{name:<{width}} {n:>9}\n" for name, n in counts.items())
