"""`python -m services certification`: open and close campaigns, remind, and exchange proofs with other offices."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.certification.campaigns import close_campaign, open_campaign
from services.certification.exporting import export_proofs
from services.certification.importing import ProofImport, import_proofs
from services.certification.parameters import parameters
from services.certification.reminding import send_reminders
from services.clock import Clock, local_day
from services.database import Database, unit_of_work
from services.errors import ServiceError
from services.registry import Rejection
from services.registry.command import MEANINGS as MEANINGS_OF_EXTRACTS
from services.registry.command import refusal

REFUSED, BAD_INPUT = 1, 2
BY = Actor.system(Channel.COMMAND_LINE)
MEANINGS = MEANINGS_OF_EXTRACTS | {
    "not_agreed": "the agreement does not let this source state this evidence",
    "confidence_wrong": "expected a whole number from 0 to 100",
    "name_differs": "the ID number is known here under another name",
    "after_death": "a life after a death that is known here",
    "after_extract": "a day after the day of the file",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    deeds = parser.add_subparsers(dest="deed", required=True)
    deeds.add_parser("open", help="open the campaign of today: who must be certified, and whom data certify")
    deeds.add_parser("remind", help="send the texts that are due today")
    importing = deeds.add_parser(
        "import", help="take in whom another office has seen", description="The form: docs/certification.md"
    )
    importing.add_argument("file", type=Path, metavar="FILE.csv")
    exporting = deeds.add_parser("export", help="write whom we have seen, for another office")
    exporting.add_argument("file", type=Path, metavar="FILE.csv")
    exporting.add_argument("--to", default="social_insurance", metavar="OFFICE")
    exporting.add_argument("--again", action="store_true", help="also what the office was given before")
    closing = deeds.add_parser("close", help="close campaigns that are over; workers are asked about who missed them")
    closing.add_argument(
        "--although-many-missed", action="store_true", help="close even though so many missed it that it looks wrong"
    )


def run(arguments: argparse.Namespace, database: Database, clock: Clock, *, city: str) -> int:
    """Do one deed in one transaction and print what it did; the exit code."""
    try:
        lines = _remind(database, clock, city) if arguments.deed == "remind" else _do(arguments, database, clock, city)
    except OSError as error:
        sys.stderr.write(f"{arguments.file}: {error.strerror or error}\n")
        return BAD_INPUT
    except ServiceError as error:
        named = f"{arguments.file}: " if "file" in arguments else ""
        sys.stderr.write(f"{named}{error}\n")
        return BAD_INPUT
    except DBAPIError as error:
        sys.stderr.write(f"the database refused ({refusal(error)}); nothing was changed\n")
        return REFUSED
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _do(arguments: argparse.Namespace, database: Database, clock: Clock, city: str) -> list[str]:
    with unit_of_work(database.sessions) as session:
        match arguments.deed:
            case "open":
                return _open(session, clock, city)
            case "close":
                return _close(session, clock, city, whatever=arguments.although_many_missed)
            case "import":
                with arguments.file.open("rb") as file:
                    return import_lines(import_proofs(session, BY, file, city=city, now=clock.now()))
            case _:
                return _export(session, clock, city, arguments)


def _open(session: Session, clock: Clock, city: str) -> list[str]:
    report = open_campaign(session, BY, city=city, now=clock.now())
    campaign = report.campaign
    lines = [f"campaign {campaign.code}, {campaign.starts_on} to {campaign.ends_on}"]
    if report.was_open:
        lines.append(f"it was opened at {campaign.opened_at:%Y-%m-%d %H:%M} UTC; nothing changed")
    counts = {"people": report.population, "to act": report.to_act}
    counts |= {f"by {kind}": count for kind, count in sorted(report.matched.items())} | {"sampled": report.sampled}
    return lines + _counted(counts)


def _close(session: Session, clock: Clock, city: str, *, whatever: bool) -> list[str]:
    now = clock.now()
    reports = close_campaign(session, BY, city=city, now=now, although_many_missed=whatever)
    if not reports:
        return [f"no campaign is open; the next begins on {parameters().next_window(local_day(now)).starts_on}"]
    lines = []
    for report in reports:
        counts = {"people": report.population, "missed": report.missed, "to decide": report.to_decide}
        lines += [f"campaign {report.campaign.code} is closed", *_counted(counts)]
    return lines


def _export(session: Session, clock: Clock, city: str, arguments: argparse.Namespace) -> list[str]:
    export = export_proofs(session, BY, city=city, partner=arguments.to, now=clock.now(), again=arguments.again)
    # An existing file is somebody's; and what is in the ledger must have been written.
    with arguments.file.open("x", encoding="utf-8", newline="") as file:
        file.write(export.content)
    return [f"{export.rows} proofs for {export.partner} under {export.agreement}"]


def _remind(database: Database, clock: Clock, city: str) -> list[str]:
    sums = {"asked": 0, "told done": 0, "to workers": 0}
    while True:
        with unit_of_work(database.sessions) as session:
            report = send_reminders(session, BY, city=city, now=clock.now())
        if not report.anybody:
            return _counted(sums)
        for name, count in asdict(report).items():
            sums[name.replace("_", " ")] += count


def import_lines(report: ProofImport) -> list[str]:
    """The report as an operator reads it: counts, then each rejected line. It names nobody."""
    lines = [f"proofs of {report.as_of} from {report.source}"]
    if report.imported_before_at is not None:
        return [*lines, f"this file was imported at {report.imported_before_at:%Y-%m-%d %H:%M} UTC; nothing changed"]
    counts = asdict(report.counts)
    counts = {"rows": sum(counts.values())} | counts | {"certified": report.certified}
    return lines + _counted(counts) + [_rejection_line(rejection) for rejection in report.rejections]


def _counted(counts: dict[str, int]) -> list[str]:
    return [f"{name.replace('_', ' '):<25}{count:>9}" for name, count in counts.items()]


def _rejection_line(rejection: Rejection) -> str:
    where = f"line {rejection.line}" + (f", {rejection.column}" if rejection.column else "")
    return f"{where}: {rejection.code}: {MEANINGS[rejection.code]}"
