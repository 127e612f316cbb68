"""PostgreSQL's binary form of rows, as `COPY ... (FORMAT BINARY)` takes them: the cheapest one for both sides.

A row is the number of its fields and then the fields; a field is its length in bytes and then its bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, compress, pairwise
from struct import Struct

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
# The one version of JSONB's binary form.
JSONB_VERSION = b"\x01"

length = Struct(">i").pack
_flag = Struct(">i?").pack
_number = Struct(">ii").pack
_moment = Struct(">iq").pack
_FIRST_DAY = date(2000, 1, 1).toordinal()
_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, repr=False)
class Rows:
    """Rows one after the other, so that a process hands another one a single piece; and how long each of them is."""

    content: bytes
    lengths: Sequence[int]

    @staticmethod
    def of(rows: Sequence[bytes]) -> Rows:
        """These rows."""
        return Rows(b"".join(rows), array("i", map(len, rows)))

    def __len__(self) -> int:
        return len(self.lengths)

    def chosen(self, which: Sequence[bool]) -> Rows:
        """Some of the rows, in the same order."""
        if all(which):
            return self
        places = compress(pairwise(accumulate(self.lengths, initial=0)), which)
        return Rows.of([self.content[start:end] for start, end in places])


def framed(value: bytes) -> bytes:
    """A field of type bytea, or of type text in UTF-8."""
    return length(len(value)) + value


def of_text(value: object) -> bytes:
    """A field of type text."""
    return framed(str(value).encode())


def of_day(value: object) -> bytes:
    """A field of type date from YYYY-MM-DD."""
    return _number(4, date.fromisoformat(str(value)).toordinal() - _FIRST_DAY)


def of_truth(value: object) -> bytes:
    """A field of type boolean."""
    return _flag(1, bool(value))


def of_moment(value: datetime) -> bytes:
    """A field of type timestamp with time zone."""
    return _moment(8, (value - _FIRST_MOMENT) // timedelta(microseconds=1))
