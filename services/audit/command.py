"""`python -m services audit`: prove that the record of deeds is whole, note where it ends, export it, and find unusual
reading in it."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from services.actor import Actor, Channel
from services.audit.chaining import note_heads
from services.audit.exporting import export_deeds
from services.audit.verifying import Damage, DamageKind, verify
from services.clock import Clock, local_day
from services.database import Database, unit_of_work
from services.staff import names_of_staff
from services.supervision import find_unusual_reading, list_flags

DAMAGED = 1
ACTOR = Actor.system(Channel.COMMAND_LINE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the record."""
    actions = parser.add_subparsers(dest="action", required=True)
    verifying = actions.add_parser("verify", help="find what was removed, changed or inserted; ends with 1 if anything")
    verifying.add_argument("--note", metavar="ID:HASH", help="a note that was kept elsewhere")
    actions.add_parser("note", help="note where the record ends; what is printed is to be kept elsewhere")
    reading = actions.add_parser("reading", help="find unusual reading of a day, and list what nobody has looked into")
    reading.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="today unless given")
    exporting = actions.add_parser("export", help="CSV on standard output")
    for name, what in (("--from", "the first day"), ("--until", "the last day, today unless given")):
        exporting.add_argument(name, dest=name[2:] + "_day", type=date.fromisoformat, metavar="YYYY-MM-DD", help=what)


def run(chosen: argparse.Namespace, database: Database, clock: Clock, *, city: str) -> int:
    """Do it and print what was found; the exit code."""
    with unit_of_work(database.sessions) as session:
        if chosen.action == "verify":
            found = verify(session, kept_note=chosen.note)
            sys.stdout.writelines(f"{_told(damage)}\n" for damage in found.damages)
            state = f"{len(found.damages)} places are not as they were written" if found.damages else "whole"
            sys.stdout.write(f"{found.deeds} deeds in {found.chains} chains: {state}\n")
            return DAMAGED if found.damages else 0
        if chosen.action == "note":
            note = note_heads(session, ACTOR, city=city, now=clock.now())
            sys.stdout.write(f"{note or 'nothing was done since the last note'}\n")
            return 0
        today = local_day(clock.now())
        if chosen.action == "reading":
            find_unusual_reading(session, city=city, day=chosen.day or today, now=clock.now())
            flags = list_flags(session, ACTOR, city=city)
            names = names_of_staff(session, {flag.staff_id for flag in flags})
            sys.stdout.writelines(
                f"{flag.on_day}\t{names.get(flag.staff_id, flag.staff_id)}\t{flag.kind}\t{flag.records}\n"
                for flag in flags
                if flag.looked_into_at is None
            )
            return 0
        first_day, last_day = chosen.from_day or date.min.replace(year=2000), chosen.until_day or today
        sys.stdout.writelines(
            export_deeds(session, ACTOR, city=city, first_day=first_day, last_day=last_day, now=clock.now())
        )
    return 0


def _told(damage: Damage) -> str:
    """A line about one place: what was done, where, and at which deed to look."""
    deed = f", see deed {damage.entry_id}" if damage.entry_id else ""
    if damage.kind is DamageKind.REMOVED:
        until = damage.position + damage.count - 1
        places = f"position {damage.position}" if damage.count == 1 else f"positions {damage.position} to {until}"
        return f"removed: chain {damage.chain}, {places}{deed}"
    return f"{damage.kind}: chain {damage.chain}, position {damage.position}{deed or ', the end of the chain'}"
