"""`python -m voice understand`: what sentences mean, JSON lines in and out.

A line in: {"id", "text", "now"} (`now`: ISO local time). A line out: {"id", "intent", "slots"}. Every line is checked
before the first answer is printed.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voice.commands.json_lines import json_objects
from voice.commands.moments import read_moment
from voice.commands.refusal import Refused, refusing
from voice.understanding import understand

_EXPECTED = 'expected {"id": ..., "text": "...", "now": "2026-11-23T09:00"}'


@dataclass(frozen=True)
class Question:
    """One sentence to understand."""

    id: object
    text: str
    now: datetime


def add_arguments(parser: ArgumentParser) -> None:
    """`understand` has no arguments: sentences come on standard input."""


@refusing
def run(arguments: Namespace) -> int:
    """Answer standard input on standard output; the exit code."""
    for question in read_questions(sys.stdin.buffer):
        meaning = understand(question.text, question.now)
        answer = {"id": question.id, "intent": meaning.intent, "slots": meaning.slots}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


def read_questions(lines: Iterable[bytes]) -> list[Question]:
    """The questions of JSON lines, empty lines left out. Raises Refused naming the line."""
    return [_read(value, where) for where, value in json_objects(lines, _EXPECTED)]


def _read(value: dict[str, Any], where: str) -> Question:
    for key in ("id", "text", "now"):
        if key not in value:
            raise Refused(f"{where}: {key!r} is missing, {_EXPECTED}")
    if not isinstance(value["text"], str):
        raise Refused(f"{where}: 'text' is not a text, {_EXPECTED}")
    return Question(value["id"], value["text"], read_moment(value["now"], f"{where}: 'now'"))
