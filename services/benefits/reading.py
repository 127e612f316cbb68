"""Reading people from JSON lines: one line, one person; whatever is wrong is named by line, field and what was
expected.

Values are never repeated in a message: a birth date or a hardship is nobody's business in a log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from services.benefits.facts import FIELDS, NOBODY, PLACE_OF, FactsWrong, day_of, refuse_contradictions

BATCH = 20_000
ID = "id"
ID_EXPECTED = "a text or a whole number"
LINE_EXPECTED = "one JSON object"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_AS_OF = PLACE_OF["as_of"]
_KNOWN_FIELDS = f"one of {ID}, {', '.join(PLACE_OF)}"


@dataclass(frozen=True)
class People:
    """Some people of the input: their ids as JSON, and their facts as rows of codes (columns as in `FIELDS`)."""

    ids: list[str]
    codes: NDArray[np.int32]

    def as_of(self, place: int) -> str:
        """The day that the person at this place was asked about."""
        return day_of(int(self.codes[place, _AS_OF])).isoformat()


def read_people(lines: Iterable[bytes], batch: int = BATCH) -> Iterator[People]:
    """People by the batch, in the order of the lines; lines with nothing on them are passed over.

    Raises FactsWrong with `line` (counted from 1), `field` where it is one field, and `expected`.
    """
    numbered = enumerate(lines, start=1)
    while taken := list(islice(numbered, batch)):
        ids: list[str] = []
        rows: list[list[int]] = []
        for number, line in taken:
            if line.isspace():
                continue
            try:
                person_id, codes = _read(line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line)
            except FactsWrong as wrong:
                raise FactsWrong(line=number, **wrong.facts) from None
            ids.append(person_id)
            rows.append(codes)
        if rows:
            yield People(ids, np.array(rows, dtype=np.int32))


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("not JSON")


# Pairs instead of a dict show a field that comes twice; nothing else in JSON becomes a tuple.
_decode = json.JSONDecoder(object_pairs_hook=tuple, parse_constant=_refuse_constant).decode


def _read(line: bytes) -> tuple[str, list[int]]:
    try:
        pairs = _decode(line.decode("utf-8").strip())
    except (ValueError, RecursionError):
        raise FactsWrong(expected=LINE_EXPECTED) from None
    if not isinstance(pairs, tuple):
        raise FactsWrong(expected=LINE_EXPECTED)
    person_id = None
    codes = list(NOBODY)
    seen = set()
    for name, value in pairs:
        if name in seen:
            raise FactsWrong(field=name, expected="each field only once")
        seen.add(name)
        place = PLACE_OF.get(name)
        if place is None:
            if name != ID:
                raise FactsWrong(field=_shown(name), expected=_KNOWN_FIELDS)
            person_id = value
        elif value is not None:
            try:
                codes[place] = FIELDS[place].code_of(value)
            except ValueError:
                raise FactsWrong(field=name, expected=FIELDS[place].expected) from None
    if not isinstance(person_id, str | int) or isinstance(person_id, bool):
        raise FactsWrong(field=ID, expected=ID_EXPECTED)
    if codes[_AS_OF] == NOBODY[_AS_OF]:
        raise FactsWrong(field="as_of", expected=FIELDS[_AS_OF].expected)
    refuse_contradictions(codes)
    return json.dumps(person_id), codes


def _shown(name: str) -> str:
    """A field's name as it may appear in a message: short, and in one line."""
    return ascii(name[:40])
