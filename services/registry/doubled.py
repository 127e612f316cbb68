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
    for block in blocks:
        for line in block.data.split(b"\n"):
            # No byte of a comma or a digit between commas is part of a Chinese character, in either encoding.
            found = line.split(b",", place + 1)
            number = found[place] if len(found) > place else b""
            if not PLAIN.fullmatch(number) or b'"' in line:
                number = _normal(line.decode(encoding), place)
            if number in seen:
                doubled.add(number)
            else:
                seen.add(number)
    return frozenset(number.decode() for number in doubled - {b""})


def _normal(line: str, place: int) -> bytes:
    """The ID number of a line that is not written as plainly as others; nothing where it has none."""
    try:
        return cells.id_number(cells.plain(split_cells(line.rstrip("\r"))[place])).encode()
    except (ValueError, IndexError, CellWrong):
        return b""
