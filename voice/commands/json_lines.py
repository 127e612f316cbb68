"""JSON lines on standard input: one object a line, in UTF-8 whatever the terminal speaks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from voice.commands.refusal import Refused


def json_objects(lines: Iterable[bytes], expected: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each object stands ("line 3"), and the object; empty lines are left out.

    Raises Refused at the first line that holds none, naming it and what was `expected`.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"line {number}"
            value = _decoded(line, where, expected)
            if not isinstance(value, dict):
                raise Refused(f"{where}: not an object, {expected}")
            yield where, value


def _decoded(line: bytes, where: str, expected: str) -> object:
    try:
        # Some editors put a byte order mark before the first line.
        return json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise Refused(f"{where}: not UTF-8, {expected}") from None
    except (ValueError, RecursionError):
        raise Refused(f"{where}: not JSON, {expected}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
