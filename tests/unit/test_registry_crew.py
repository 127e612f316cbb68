"""Reading with several processes gives what reading with one gives, and nothing of a person leaves it unsealed."""

from __future__ import annotations

import io

import pytest

from services.database import new_id
from services.registry.contracts import CONTRACTS, Kind
from services.registry.copying import PERSON_COLUMNS, RECORD_COLUMNS, Copying
from services.registry.crew import Batch, read_extract
from services.registry.doubled import doubled_numbers
from services.registry.files import Extract
from services.registry.reading import OPEN_FIELDS, SEALED, Reader
from services.sealing import Vault
from services.settings import Settings
from tests.conftest import NOW
from tests.extracts import extract, household, number

ROWS = [household(sequence) for sequence in range(700, 720)]


def read(file: io.BytesIO, settings: Settings, large_bytes: int) -> list[Batch]:
    opened = Extract(file)
    copying = Copying(opened.heading, city="shenzhen", import_id=new_id(), now=NOW)
    return list(read_extract(opened, Vault(settings), copying, large_bytes=large_bytes))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_several_processes_read_what_one_reads(encoding: str, settings: Settings) -> None:
    rows = [*ROWS, household(701, community="民新"), household(721, sex="?"), household(722, birth_on="1950-01-02")]
    file = extract("household", rows, encoding=encoding)
    ((alone,), (together,)) = (read(file, settings, large_bytes) for large_bytes in (1 << 30, 0))
    assert (together.rows, together.indexes, together.unfit) == (alone.rows, alone.indexes, alone.unfit)
    assert together.rejections == alone.rejections
    assert len(together.doubled) == len(alone.doubled) == 2
    assert len(together.unfit) == 1
    # Ids and nonces are new each time; the lengths are not.
    for each in ("records", "people"):
        assert list(getattr(together, each).lengths) == list(getattr(alone, each).lengths)
    assert together.indexes == sorted(together.indexes)


def test_nothing_leaves_the_reader_unsealed(settings: Settings) -> None:
    row = household(address="水贝路1号", phone="15400020701")
    (batch,) = read(extract("household", [row]), settings, 1 << 30)
    written = batch.records.content + batch.people.content + b"".join(batch.indexes)
    assert row["name"].encode() in written
    assert not [cell for cell in ("id_number", "address", "phone") if row[cell].encode() in written]


def test_an_id_number_that_stands_twice_is_found_however_it_is_written() -> None:
    written = [number(700), number(700).lower() + " ", "".join(chr(ord(c) + 0xFEE0) for c in number(700)), number(701)]
    first = {"id_number", "name"}
    for place in (0, 1):
        names = sorted(first, reverse=bool(place))
        rows = [{name: {"id_number": text, "name": "方玉兰"}[name] for name in names} for text in written]
        for encoding in ("utf-8", "gb18030"):
            file = extract("deaths", [row | {"died_on": "2026-10-01"} for row in rows], encoding=encoding)
            assert doubled_numbers(Extract(file)) == {number(700)}
            # The last line may have no end, and be the one that is written in another way.
            lines = file.getvalue().split(b"\n")
            unended = io.BytesIO(b"\n".join([*lines[:3], lines[4]]))
            assert doubled_numbers(Extract(unended)) == {number(700)}


@pytest.mark.parametrize("block_bytes", [1, 300, 1 << 20])
def test_lines_keep_their_numbers_wherever_a_file_is_cut(block_bytes: int) -> None:
    opened = Extract(extract("household", ROWS))
    rows = [row for block in opened.blocks(block_bytes) for row in block.rows("utf-8")]
    assert rows == list(opened.rows())
    assert [number for number, _ in rows] == list(range(3, 3 + len(ROWS)))


def test_an_id_number_behind_a_comma_in_quotes_is_found(settings: Settings) -> None:
    rows = [{"address": "水贝路1号,北门"} | household() for _ in range(2)]
    for row in rows:
        row["address"] = "水贝路1号,北门"
    assert doubled_numbers(Extract(extract("household", rows))) == {number(700)}
    (batch,) = read(extract("household", rows), settings, 1 << 30)
    assert (len(batch.doubled), len(batch.records)) == (2, 0)


def test_what_makes_a_person_is_written_in_the_order_in_which_it_is_copied(settings: Settings) -> None:
    columns = [column.name for column in CONTRACTS[Kind.HOUSEHOLD].columns]
    assert list(OPEN_FIELDS) == [name for name in columns if name in OPEN_FIELDS]
    assert list(SEALED) == [name for name in columns if name in SEALED]
    opened = Extract(extract("household", [household()]))
    records, _ = Reader(opened.form, Vault(settings)).read(opened.rows())
    copying = Copying(opened.heading, city="shenzhen", import_id=new_id(), now=NOW)
    for (row,), names in ((copying.records(records), RECORD_COLUMNS), (copying.people(records), PERSON_COLUMNS)):
        assert fields_of(row) == len(names)


def fields_of(row: bytes) -> int:
    """How many fields a row has, counted one by one; it ends with the last of them."""
    place, found = 2, 0
    while place < len(row):
        length = int.from_bytes(row[place : place + 4], "big", signed=True)
        place += 4 + max(length, 0)
        found += 1
    assert place == len(row)
    assert found == int.from_bytes(row[:2], "big")
    return found


def test_a_record_shows_nobody_in_a_traceback(settings: Settings) -> None:
    opened = Extract(extract("household", [household()]))
    records, _ = Reader(opened.form, Vault(settings)).read(opened.rows())
    assert repr(records) == "Records(lines=[3])"
