"""How a command refuses bad input: one line on stderr, exit code 2, nothing changed."""

from __future__ import annotations

import functools
import sys
from argparse import Namespace
from collections.abc import Callable

from voice.engines import EngineError

BAD_INPUT = 2


class Refused(Exception):
    """The input cannot be used; `str()` of it names the line or file and what was expected."""


def refusing(run: Callable[[Namespace], int]) -> Callable[[Namespace], int]:
    """A command that tells a `Refused`, or which engine is missing, on stderr and answers `BAD_INPUT`."""

    @functools.wraps(run)
    def run_or_refuse(arguments: Namespace) -> int:
        try:
            return run(arguments)
        except (Refused, EngineError) as refusal:
            sys.stderr.write(f"{refusal}\n")
            return BAD_INPUT

    return run_or_refuse
