"""`python -m services keys`: make a key, seal everything anew, see which keys are still in use."""

from __future__ import annotations

import argparse
import base64
import secrets
import sys
from collections import Counter
from collections.abc import Mapping

from services.actor import Actor, Channel
from services.clock import Clock
from services.database import Database, unit_of_work
from services.keys.rotating import key_use, rotate_keys
from services.settings import KEY_BYTES

NOT_ALL, BAD_INPUT = 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of keys."""
    actions = parser.add_subparsers(dest="action", required=True)
    making = actions.add_parser("new", help="print a new key, to be put into the settings")
    making.add_argument("id", metavar="ID", help="letters and digits, such as k2")
    actions.add_parser("rotate", help="seal everything under the first of the keys; the site may run")
    actions.add_parser("show", help="how many values are under which key")


def print_new_key(key_id: str) -> int:
    """A new random key in the form of the settings; the exit code. It is stored nowhere."""
    if not (key_id.isascii() and key_id.isalnum()):
        sys.stderr.write(f"{key_id!r}: expected letters and digits, such as k2\n")
        return BAD_INPUT
    sys.stdout.write(f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n")
    return 0


def run(chosen: argparse.Namespace, database: Database, clock: Clock, *, city: str) -> int:
    """Do it and print what was done; the exit code."""
    if chosen.action == "rotate":
        done = rotate_keys(
            database.sessions, Actor.system(Channel.COMMAND_LINE), city=city, now=clock.now(), tell=_progress
        )
        sys.stdout.write(f"{sum(done.sealed_anew.values())} values sealed anew under {done.key}\n")
        if done.left:
            sys.stdout.write(f"{done.left} are not: others hold them or write with an older key; run it again\n")
        if done.unreadable:
            sys.stdout.write(f"{done.unreadable} cannot be read: their key is not in the settings\n")
        return NOT_ALL if done.left or done.unreadable else 0
    with unit_of_work(database.sessions) as session:
        used = key_use(session)
    totals = Counter[str]()
    for each in used:
        totals.update(each.by_key)
        sys.stdout.write(f"{each.column}: {_told(each.by_key)}\n")
    sys.stdout.write(f"all: {_told(totals)}\n")
    return 0


def _told(by_key: Mapping[str, int]) -> str:
    return ", ".join(f"{count} under {key}" for key, count in sorted(by_key.items())) or "nothing"


def _progress(table: str, count: int) -> None:
    if count:
        sys.stderr.write(f"{table}: {count}\n")
