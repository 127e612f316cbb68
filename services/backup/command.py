"""`python -m services backup FILE` and `restore FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from services.actor import Actor, Channel
from services.backup.dumping import back_up
from services.backup.restoring import restore
from services.clock import CITY_TIME, Clock
from services.database import Database
from services.settings import Settings

DAMAGED, BAD_INPUT = 1, 2
ACTOR = Actor.system(Channel.COMMAND_LINE)


def add_arguments(backing_up: argparse.ArgumentParser, restoring: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    backing_up.add_argument("file", type=Path, metavar="FILE", help="where to; must not be there yet")
    restoring.add_argument("file", type=Path, metavar="FILE")
    restoring.add_argument(
        "--nothing-was-sent-since",
        action="store_true",
        help="the old place was stopped before the backup was made: what waits is sent unasked",
    )


def run(chosen: argparse.Namespace, database: Database, settings: Settings, clock: Clock) -> int:
    """Do it and print what was done; the exit code."""
    try:
        if chosen.command == "backup":
            made = back_up(database, settings, ACTOR, chosen.file, now=clock.now())
            sys.stdout.write(f"{made.path}: {made.size} bytes\nnote, to be kept apart from it: {made.note}\n")
            return 0
        done = restore(
            database,
            settings,
            ACTOR,
            chosen.file,
            now=clock.now(),
            nothing_was_sent_since=chosen.nothing_was_sent_since,
        )
    except OSError as error:
        sys.stderr.write(f"{chosen.file}: {error.strerror}\n")
        return BAD_INPUT
    found = done.verified
    sys.stdout.write(
        f"restored as of {done.made_at.astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}\n"
        f"{found.deeds} deeds, {len(found.damages) or 'none'} damaged; "
        f"{done.asked_about} waiting messages are asked about before they are sent\n"
    )
    return DAMAGED if found.damages else 0
