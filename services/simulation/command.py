"""`python -m services simulate --people N --days M`: live through a year and more, then compare every payment."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from services.simulation.running import Outcome, Progress, simulate

DIFFERENT = 1
SHOWN = 50
TELL_EVERY_SECONDS = 5.0
FEN_IN_YUAN = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--people", type=_positive, default=500, help="how many people the city has")
    parser.add_argument("--days", type=_positive, default=400, help="how many days are lived")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same city")
    parser.add_argument("--json", action="store_true", help="the outcome as one JSON object on standard output")


def run(arguments: argparse.Namespace, *, live: Callable[..., Outcome] = simulate) -> int:
    """Simulate in a database of its own, which is removed again; 1 where the payments differ from the recount."""
    with _only_errors_logged():
        outcome = live(arguments.people, arguments.days, seed=arguments.seed, tell=_progress())
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _lines(outcome)))
    return DIFFERENT if outcome.differences or outcome.paid_fen != outcome.expected_fen else 0


@contextmanager
def _only_errors_logged() -> Iterator[None]:
    """What the use cases tell an operator day by day is of no use here."""
    logger = logging.getLogger("services")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError("expected a whole number above 0")
    return number


def _progress() -> Progress:
    last = began = time.perf_counter()

    def tell(day: int, days: int) -> None:
        nonlocal last
        now = time.perf_counter()
        if now - last >= TELL_EVERY_SECONDS or day == days:
            last = now
            sys.stderr.write(f"day {day} of {days}, {now - began:.0f} s\n")

    return tell


def _lines(outcome: Outcome) -> list[str]:
    lines = [
        f"{outcome.people} people, {outcome.days} days, {outcome.months} months paid, {outcome.seconds:.0f} s",
        f"{outcome.payments} payments, {outcome.decided} decisions, confirmed by hand: {outcome.held_runs} lists,"
        f" {outcome.held_extracts} extracts",
        f"paid       {outcome.paid_fen / FEN_IN_YUAN:>14.2f} yuan",
        f"recounted  {outcome.expected_fen / FEN_IN_YUAN:>14.2f} yuan",
    ]
    if not outcome.differences:
        return [*lines, "equal to the fen"]
    lines.append(f"{len(outcome.differences)} people differ:")
    for each in outcome.differences[:SHOWN]:
        lines.append(
            f"person {each.number} ({each.story}): paid {each.paid_fen} fen, recounted {each.expected_fen} fen"
        )
    return lines
