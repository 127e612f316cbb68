"""Many rows at once: what is written as fields comes back as values, what is read as columns is what is stored."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.database.columns import (
    day,
    ids,
    integer,
    integers,
    json_text,
    moment,
    new_ids,
    read_columns,
    truth,
    write_rows,
)

AT = datetime(2026, 11, 24, 1, 5, 0, 123456, tzinfo=UTC)


@pytest.fixture
def table(session: Session) -> str:
    """A table with a column of each form."""
    session.execute(
        text(
            "CREATE TABLE everything (id uuid, word text, sealed bytea, number integer, is_so boolean, on_day date, "
            "at timestamptz, facts jsonb)"
        )
    )
    return "everything"


def test_fields_come_back_as_they_were_meant(session: Session, table: str) -> None:
    made = new_ids(3, AT)
    write_rows(
        session,
        table,
        {
            "id": made,
            "word": "字 ✓".encode(),
            "sealed": [b"\0\xff", b"", None],
            "number": [integer(-1), integer(2**31 - 1), None],
            "is_so": truth(True),
            "on_day": [day(date(2000, 1, 1)), day(date(1926, 2, 28)), day(date(2027, 1, 31))],
            "at": moment(AT),
            "facts": json_text('{"a": [1, "二"]}'),
        },
    )
    rows = session.execute(text("SELECT * FROM everything")).all()
    assert [row.id for row in rows] == [UUID(bytes=each) for each in made]
    assert {row.word for row in rows} == {"字 ✓"}
    assert [row.sealed for row in rows] == [b"\0\xff", b"", None]
    assert [row.number for row in rows] == [-1, 2**31 - 1, None]
    assert [row.on_day for row in rows] == [date(2000, 1, 1), date(1926, 2, 28), date(2027, 1, 31)]
    assert rows[0].is_so is True
    assert rows[0].at == AT
    assert rows[0].facts == {"a": [1, "二"]}


def test_columns_are_read_in_one_order_whatever_the_server_does(session: Session, table: str) -> None:
    made = new_ids(5000, AT)
    write_rows(session, table, {"id": ids(made), "number": integers(range(5000))})
    columns = {"id": ("uuid", "id"), "number": ("integer", "number")}
    found = read_columns(session, columns, "FROM everything WHERE number >= %(least)s", {"least": 0})
    order = np.argsort(found["number"])
    assert found["id"][order].tobytes() == b"".join(made)
    assert found["number"].sum() == 4999 * 5000 // 2
    nobody = read_columns(session, columns, "FROM everything WHERE number < %(least)s", {"least": 0})
    assert len(nobody["id"]) == len(nobody["number"]) == 0


def test_ids_made_in_one_go_are_new_sort_by_time_and_say_their_version() -> None:
    made = new_ids(10_000, AT)
    assert len(set(made)) == 10_000
    assert made == sorted(made)
    assert {UUID(bytes=each).version for each in made} == {7}
    assert {UUID(bytes=each).variant for each in made} == {"specified in RFC 4122"}
    later = new_ids(1, AT + timedelta(milliseconds=1))
    assert max(made) < later[0]
    started = time.perf_counter()
    new_ids(100_000, AT)
    assert time.perf_counter() - started < 5
