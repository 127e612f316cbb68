"""What `python3 -m setup PURPOSE` does: takes the lock, works the steps off, says in one sentence what went wrong."""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from setup import (
    browser_libraries,
    catalogues,
    demo_settings,
    learning,
    python_packages,
    system_packages,
    voice_models,
)
from setup.commands import Log, SetupFailed
from setup.paths import PROJECT, VAR
from setup.steps import STAMPS, Step, work_off

PURPOSES = {
    "run": "what the site, the worker and the assistant need",
    "test": "the same, and what the tests and linters need",
}


def main(arguments: list[str]) -> int:
    """Exit code 0 when everything is in place, 1 when a step failed, 130 when somebody pressed Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python3 -m setup",
        description="Install what Yinian needs into this folder.",
        epilog="; ".join(f"{name}: {what}" for name, what in PURPOSES.items()),
    )
    parser.add_argument("purpose", choices=PURPOSES)
    purpose = parser.parse_args(arguments).purpose
    try:
        with _alone():
            work_off(steps_for(purpose), Log(VAR / "log" / "setup.log"))
    except SetupFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Finished steps are kept; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def steps_for(purpose: str) -> list[Step]:
    """The steps in the order in which they build on each other."""
    testing = purpose == "test"
    return [
        system_packages.step(testing=testing),
        python_packages.step(),
        *([python_packages.step_for_tests()] if testing else []),
        browser_libraries.step(),
        catalogues.step(),
        learning.step(),
        demo_settings.step(),
        voice_models.step(),
        *([voice_models.step_for_tests()] if testing else []),
    ]


@contextmanager
def _alone() -> Iterator[None]:
    """Two set-ups in one folder would pull the ground from under each other: the second one waits."""
    if not os.access(PROJECT, os.W_OK):
        raise SetupFailed(f"This user may not write in {PROJECT}: use a clone of your own.")
    try:
        STAMPS.mkdir(parents=True, exist_ok=True)
        lock = (STAMPS / "lock").open("w")
    except PermissionError as error:
        raise SetupFailed(
            f"{VAR} belongs to another user, who ran the set-up here before: use a clone of your own."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work in this folder; waiting for it to end.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
