"""Many rows at once: columns out of PostgreSQL as numpy arrays, rows into it by binary COPY.

Reading packs each column into one value inside the server, so that a city's people arrive as a handful of arrays
instead of as millions of Python objects. Writing hands over each field in PostgreSQL's own binary form.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy.orm import Session

Array = NDArray[Any]
Field = bytes | None


class Fixed(NamedTuple):
    """Fields that are all of one width and never NULL: ids, numbers. They cost less to write than others."""

    width: int
    values: Iterable[bytes]


# One field for every row, or a field for each.
Column = Field | Fixed | Iterable[Field]

ID_BYTES, INTEGER_BYTES = 16, 4
# The forms in which columns can be packed: the function that makes bytes of a value, and how numpy reads them.
PACKED = {"uuid": ("uuid_send", np.dtype("V16")), "integer": ("int4send", np.dtype(">i4"))}

# PostgreSQL counts days and microseconds from here.
ITS_FIRST_DAY = date(2000, 1, 1)
ITS_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
COPY_TRAILER = struct.pack(">h", -1)
NULL = struct.pack(">i", -1)
JSONB_VERSION = b"\1"
# About as much as one buffer of the connection takes.
CHUNK_ROWS = 500


def read_columns(
    session: Session, columns: Mapping[str, tuple[str, str]], of: str, parameters: Mapping[str, object]
) -> dict[str, Array]:
    """Columns as arrays, row by row in the same order. `columns`: name to form ("uuid" or "integer") and the SQL of a
    value that is never NULL; `of`: the SQL from FROM on, with its parameters as `%(name)s`."""
    packed = ", ".join(f"string_agg({PACKED[form][0]}({value}), ''::bytea)" for form, value in columns.values())
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        found = cursor.execute(f"SELECT {packed} {of}", parameters).fetchone()
    return {
        name: np.frombuffer(data or b"", dtype=PACKED[form][1])
        for (name, (form, _)), data in zip(columns.items(), found, strict=True)
    }


def write_rows(session: Session, table: str, columns: Mapping[str, Column]) -> None:
    """Copy rows into a table. Each column is one field for every row, or gives a field for each; at least one does.

    What gives fields one by one is asked for them while the server stores the rows before: on two cores the work of
    making them costs no time of its own.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), names)
    rows = binary_rows(columns)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(COPY_HEADER)
        while chunk := b"".join(islice(rows, CHUNK_ROWS)):
            copy.write(chunk)
        copy.write(COPY_TRAILER)


def binary_rows(columns: Mapping[str, Column]) -> Iterator[bytes]:
    """The rows in the form of binary COPY. What is the same in each is joined once."""
    parts: list[bytes | Iterable[bytes]] = [struct.pack(">h", len(columns))]

    def add_same(more: bytes) -> None:
        last = parts[-1]
        if isinstance(last, bytes):
            parts[-1] = last + more
        else:
            parts.append(more)

    for column in columns.values():
        if isinstance(column, bytes) or column is None:
            add_same(_field(column))
        elif isinstance(column, Fixed):
            add_same(column.width.to_bytes(4))
            parts.append(column.values)
        else:
            parts.append(map(_field, column))
    # What is the same never ends; the first of the others does.
    endless = (repeat(part) if isinstance(part, bytes) else part for part in parts)
    return map(b"".join, zip(*endless, strict=False))


def _field(value: Field) -> bytes:
    return NULL if value is None else len(value).to_bytes(4) + value


def ids(values: Iterable[bytes]) -> Fixed:
    """Ids, none of them NULL."""
    return Fixed(ID_BYTES, values)


def integers(values: Iterable[int]) -> Fixed:
    """Numbers of the type `integer`, none of them NULL."""
    return Fixed(INTEGER_BYTES, map(struct.Struct(">i").pack, values))


def integer(value: int) -> bytes:
    """An `integer` as a field."""
    return struct.pack(">i", value)


def truth(value: bool) -> bytes:
    """A `boolean` as a field."""
    return bytes([value])


def day(value: date) -> bytes:
    """A `date` as a field."""
    return struct.pack(">i", (value - ITS_FIRST_DAY).days)


def moment(value: datetime) -> bytes:
    """A `timestamptz` as a field."""
    since = value - ITS_FIRST_MOMENT
    return struct.pack(">q", (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def json_text(value: str) -> bytes:
    """A `jsonb` as a field, from its text."""
    return JSONB_VERSION + value.encode()


def new_ids(count: int, at: datetime) -> list[bytes]:
    """New UUIDv7 as bytes, all of one millisecond (RFC 9562) and in order: a city's worth of them in one go.

    An index takes what comes in order many times faster than what comes at random.
    """
    ids = np.frombuffer(bytearray(os.urandom(count * ID_BYTES)), dtype=np.uint8).reshape(count, ID_BYTES)
    milliseconds = int(at.timestamp() * 1000)
    ids[:, :6] = np.frombuffer(milliseconds.to_bytes(6), dtype=np.uint8)
    ids[:, 6] = ids[:, 6] & 0x0F | 0x70
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    packed = ids.tobytes()
    return sorted(packed[start : start + ID_BYTES] for start in range(0, len(packed), ID_BYTES))
