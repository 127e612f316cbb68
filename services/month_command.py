"""`python -m services month`: list, audit and pay a month of the old-age allowance, hand it to the bank, take in what
came back. docs/month.md says when and why."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.allowances import (
    PaymentRun,
    RunUnknown,
    audit_month,
    confirm_run,
    export_bank_file,
    list_month,
    list_runs,
    pay_month,
    record_returns,
)
from services.bank_returns import read_returns
from services.clock import Clock
from services.database import Database, unit_of_work
from services.errors import ServiceError

BAD_INPUT = 2
BY = Actor.system(Channel.COMMAND_LINE)
Deed = Callable[[Session, argparse.Namespace, str, Clock], list[str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    deeds = parser.add_subparsers(dest="deed", required=True)
    for deed, explanation in (
        ("show", "the state and the totals of the months"),
        ("list", "book what is owed and freeze the list, by the 10th"),
        ("confirm", "let a list pass that is held because so much has changed"),
        ("audit", "note that the street has audited the list, by the 15th"),
        ("pay", "mark the list as paid and text everybody who is paid, by the 20th"),
        ("bank-file", "write the file for the bank"),
        ("returns", "take in what the bank sent back"),
    ):
        one = deeds.add_parser(deed, help=explanation)
        if deed != "show":
            one.add_argument("month", metavar="YYYY-MM")
        if deed == "confirm":
            one.add_argument("--reason", required=True, help="why it may pass; it is kept")
        if deed in ("bank-file", "returns"):
            one.add_argument("file", type=Path, metavar="FILE.csv")


def run(arguments: argparse.Namespace, database: Database, clock: Clock, *, city: str) -> int:
    """Do one deed in one transaction and print how the month stands; the exit code."""
    try:
        with unit_of_work(database.sessions) as session:
            lines = DEEDS[arguments.deed](session, arguments, city, clock)
    except OSError as error:
        sys.stderr.write(f"{arguments.file}: {error.strerror or error}\n")
        return BAD_INPUT
    except (ServiceError, ValueError) as error:
        sys.stderr.write(f"month {arguments.deed}: {error}; nothing was changed\n")
        return BAD_INPUT
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _show(session: Session, _arguments: argparse.Namespace, city: str, _clock: Clock) -> list[str]:
    runs = list_runs(session, BY, city=city)
    return [line for each in runs for line in _as_lines(each)] or ["no month has been listed yet"]


def _list(session: Session, arguments: argparse.Namespace, city: str, clock: Clock) -> list[str]:
    return _as_lines(list_month(session, BY, city=city, month=_month(arguments.month), now=clock.now()))


def _confirm(session: Session, arguments: argparse.Namespace, city: str, clock: Clock) -> list[str]:
    known = _known_run(session, arguments, city)
    return _as_lines(confirm_run(session, BY, run_id=known.id, reason=arguments.reason, now=clock.now()))


def _audit(session: Session, arguments: argparse.Namespace, city: str, clock: Clock) -> list[str]:
    return _as_lines(audit_month(session, BY, run_id=_known_run(session, arguments, city).id, now=clock.now()))


def _pay(session: Session, arguments: argparse.Namespace, city: str, clock: Clock) -> list[str]:
    return _as_lines(pay_month(session, BY, run_id=_known_run(session, arguments, city).id, now=clock.now()))


def _bank_file(session: Session, arguments: argparse.Namespace, city: str, clock: Clock) -> list[str]:
    exported = export_bank_file(session, BY, run_id=_known_run(session, arguments, city).id, now=clock.now())
    # An existing file is somebody's.
    with arguments.file.open("x", encoding="utf-8", newline="") as file:
        file.writelines(exported.lines)
    by_district = [f"  {district}: {fen} fen" for district, fen in sorted(exported.fen_by_district.items())]
    return [f"{exported.payments} payments, {exported.fen} fen", *by_district]


def _returns(session: Session, arguments: argparse.Namespace, city: str, clock: Clock) -> list[str]:
    with arguments.file.open("rb") as file:
        returned = read_returns(file)
    known = _known_run(session, arguments, city)
    return _as_lines(record_returns(session, BY, run_id=known.id, returned=returned, now=clock.now()))


DEEDS: dict[str, Deed] = {
    "show": _show,
    "list": _list,
    "confirm": _confirm,
    "audit": _audit,
    "pay": _pay,
    "bank-file": _bank_file,
    "returns": _returns,
}


def _month(text: str) -> date:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValueError(f"{text!r}: expected a month like 2026-11") from None
    return month


def _known_run(session: Session, arguments: argparse.Namespace, city: str) -> PaymentRun:
    month = _month(arguments.month)
    for known in list_runs(session, BY, city=city):
        if known.month == month:
            return known
    raise RunUnknown(month=arguments.month)


def _as_lines(of: PaymentRun) -> list[str]:
    lines = [f"{of.month:%Y-%m} {of.benefit}: {of.state}, {of.to_pay_fen} fen to pay, {of.held_fen} fen held"]
    lines += [f"  {name}: {total.people} people, {total.fen} fen" for name, total in sorted(of.to_pay.items())]
    lines += [f"  held, {why}: {total.people} people, {total.fen} fen" for why, total in sorted(of.held.items())]
    if of.returned.lines:
        lines.append(f"  returned: {of.returned.people} people, {of.returned.fen} fen")
    return lines
