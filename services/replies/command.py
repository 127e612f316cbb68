"""`python -m services replies`: replies in, how each would be read out, one JSON line each.

Everything is read and checked before the first answer is written, so that input with a mistake in it changes nothing:
not one line comes out. It needs no database and no settings, and a complaint never repeats what somebody wrote.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from typing import BinaryIO, NoReturn, TextIO

from services.errors import ServiceError
from services.replies.reading import read_reply

BAD_INPUT = 2
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineWrong(ServiceError):
    """A line of the input is not as it must be; `expected`."""

    code = "reply_line_wrong"


def run() -> int:
    """Read the replies on standard input; the exit code. Raises WordsWrong."""
    try:
        return answer_lines(sys.stdin.buffer, sys.stdout.buffer, sys.stderr)
    except BrokenPipeError:
        # Whoever reads has had enough (`| head`). Python would complain once more while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def answer_lines(lines: Iterable[bytes], answers: BinaryIO, complaints: TextIO) -> int:
    """Read replies, write their labels or one complaint; the exit code. Lines with nothing on them are passed over.

    Fields other than `id` and `text` are passed over too: nothing else changes how a reply is read.
    """
    written = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            reply_id, text = _read(line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line)
        except LineWrong as wrong:
            complaints.write(f"line {number}: expected {wrong.facts['expected']}\n")
            return BAD_INPUT
        written.append(json.dumps({"id": reply_id, "label": read_reply(text).label}) + "\n")
    answers.write("".join(written).encode("ascii"))
    answers.flush()
    return 0


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("not JSON")


# Pairs instead of a dict show a field that comes twice; nothing else in JSON becomes a tuple.
_decode = json.JSONDecoder(object_pairs_hook=tuple, parse_constant=_refuse_constant).decode


def _read(line: bytes) -> tuple[str | int, str]:
    try:
        pairs = _decode(line.decode("utf-8").strip())
    except (ValueError, RecursionError):
        raise LineWrong(expected='one JSON object {"id", "text"} in UTF-8') from None
    if not isinstance(pairs, tuple):
        raise LineWrong(expected='one JSON object {"id", "text"}')
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise LineWrong(expected="each field only once")
    reply_id, text = fields.get("id"), fields.get("text")
    if not isinstance(reply_id, str | int) or isinstance(reply_id, bool):
        raise LineWrong(expected="id: a text or a whole number")
    if not isinstance(text, str):
        raise LineWrong(expected="text: the reply as a text")
    return reply_id, text
