"""Which ID numbers stand in an extract more than once, found before anything is stored.

Rows that say different things of one person are all rejected, wherever in the file they stand. Whoever stands in it
once need not wait for its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.registry import cells
from services.registry.cells import CellWrong
from services.registry.files import Block, Extract, split_cells

PLAIN = re.compile(rb"[0-9]{17}[0-9X]")


def doubled_numbers(extract: Extract) -> frozenset[str]:
    """The ID numbers of more than one row, as `cells.id_number` writes them."""
    names = [column.name for column in extract.contract.columns]
    place = extract.form.places[names.index("id_number")]
    assert place is not None
    return _doubled(extract.blocks(), place, extract.encoding)


def _doubled(blocks: Iterable[Block], place: int, encoding: str) -> frozenset[str]:
    seen: set[bytes] = set()
    doubled: set[bytes] = set()
    # No byte of a comma, a line's end or a digit between commas is part of a Chinese character, in either encoding.
    in_place = re.compile(rb"^(?:[^,\n]*,){%d}(%b)(?=[,\r\n])" % (place, PLAIN.pattern), re.MULTILINE)
    for block in blocks:
        numbers = in_place.findall(block.data)
        lines = block.data.count(b"\n") + (not block.data.endswith(b"\n"))
        if b'"' in block.data or len(numbers) < lines:
            numbers = [_number(line, place, encoding) for line in block.data.split(b"\n")]
        different = set(numbers)
        if len(different) < len(numbers) or not seen.isdisjoint(different):
            for number in numbers:
                (doubled if number in seen else seen).add(number)
        seen |= different
    return frozenset(number.decode() for number in doubled - {b""})


def _number(line: bytes, place: int, encoding: str) -> bytes:
    """The ID number of a line; nothing where it has none."""
    found = line.split(b",", place + 1)
    number = found[place] if len(found) > place else b""
    return number if PLAIN.fullmatch(number) and b'"' not in line else _normal(line.decode(encoding), place)


def _normal(line: str, place: int) -> bytes:
    """The ID number of a line that is not written as plainly as others; nothing where it has none."""
    try:
        return cells.id_number(cells.plain(split_cells(line.rstrip("\r"))[place])).encode()
    except (ValueError, IndexError, CellWrong):
        return b""
