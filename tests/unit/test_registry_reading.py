"""Extracts as files: what is text, what is a heading, what is a row, and what is none of these."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from services.people import ID_NUMBER, PHONE
from services.registry.cells import CellWrong, are_plain_id_numbers, name, street
from services.registry.command import MEANINGS
from services.registry.contracts import CONTRACTS
from services.registry.files import MOST_LINE_BYTES, Extract, ExtractUnusable
from services.registry.reading import Reader, Records, Rejection
from services.sealing import Vault
from services.settings import Settings
from tests.extracts import BORN, Row, extract, household, number, other

PROJECT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted((PROJECT / "docs" / "examples" / "registry").glob("*.csv"))
HEADER = ",".join(household())


def read(file: io.BytesIO, settings: Settings) -> tuple[Records, list[Rejection]]:
    extract = Extract(file)
    return Reader(extract.form, Vault(settings)).read(extract.rows())


def rejected(file: io.BytesIO, settings: Settings) -> list[tuple[int, str | None, str]]:
    _, rejections = read(file, settings)
    return [(row.line, row.column, row.code) for row in rejections]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found_out(encoding: str, settings: Settings) -> None:
    # 𠮷 is outside the basic plane: four bytes in either encoding
    records, _ = read(extract("household", [household(name="欧阳𠮷英")], encoding=encoding), settings)
    assert records.names == ["欧阳𠮷英".encode()]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"\xff\xfe#\0r\0", 1),
        (b"\x7fELF\x02\x01\x01\0\0\0", 1),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xff", 1),
        (b"id_number,name\n", 1),
        (b"#registry=weather,source=x,extract_on=2026-10-31\n", 1),
        (b"#registry=deaths,source=x,extract_on=2026-13-31\n", 1),
        (b"#registry=deaths,source=x\n", 1),
        (b"#registry=deaths,source=x,source=y,extract_on=2026-10-31\n", 1),
        (b"#registry=deaths,source==cmd(),extract_on=2026-10-31\n", 1),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\n", 2),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\nid_number,name\n", 2),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\nid_number,name,died_on,name\n", 2),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\nid_number,name,died_on,card_number\n", 2),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\nid_number;name;died_on\n", 2),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\nid_number\tname\tdied_on\n", 2),
        (b'#registry=deaths,source=x,extract_on=2026-10-31\nid_number,name,"died_on\n', 2),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\nid_number,name,died_on\n1,\0,2\n", 3),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\nid_number,name,died_on\n" + b"1" * MOST_LINE_BYTES * 9, 3),
        (b"#registry=deaths,source=x,extract_on=2026-10-31\rid_number,name,died_on\r", 1),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(content: bytes, line: int) -> None:
    with pytest.raises(ExtractUnusable) as refused:
        Extract(io.BytesIO(content))
    assert refused.value.facts["line"] == line
    assert str(refused.value).startswith(f"line {line}: ")


def test_a_missing_header_does_not_put_somebody_s_row_into_the_message() -> None:
    row = household()
    with pytest.raises(ExtractUnusable) as refused:
        Extract(extract("household", [], header=",".join(row.values())))
    assert not [cell for cell in row.values() if len(cell) > 3 and cell in str(refused.value)]


def test_damaged_utf_8_is_not_taken_for_gb18030() -> None:
    content = extract("household", [household(sequence) for sequence in range(700, 720)]).getvalue()
    place = content.rindex("方".encode())
    for damaged in (content[: place + 2], content.replace("方".encode(), b"\xe6\x96\x81\xe6", 1)):
        with pytest.raises(ExtractUnusable, match="damaged"):
            Extract(io.BytesIO(damaged))


@pytest.mark.parametrize(
    ("wrong", "column", "code"),
    [
        ({"id_number": number(700)[:17]}, "id_number", "id_number_wrong"),
        ({"id_number": number(701)[:17] + number(700)[17]}, "id_number", "id_number_wrong"),
        ({"id_number": "4.40399E+17"}, "id_number", "id_number_wrong"),
        ({"id_number": ""}, "id_number", "missing"),
        ({"name": ""}, "name", "missing"),
        ({"name": "   "}, "name", "missing"),
        ({"name": "方玉兰2"}, "name", "name_wrong"),
        ({"name": "方" * 61}, "name", "name_wrong"),
        ({"name": "=1+1"}, "name", "formula"),
        ({"name": "＝cmd"}, "name", "formula"),
        ({"name": "方玉\u202e兰"}, "name", "control_character"),
        ({"address": "@SUM(A1)"}, "address", "formula"),
        ({"address": "  +41"}, "address", "formula"),
        ({"address": "-2+3"}, "address", "formula"),
        ({"address": "a\tb"}, "address", "control_character"),
        ({"address": "路" * 201}, "address", "text_wrong"),
        ({"birth_on": "1950-02-30"}, "birth_on", "date_wrong"),
        ({"birth_on": "1950-0101"}, "birth_on", "date_wrong"),
        ({"birth_on": "01.01.1950"}, "birth_on", "date_wrong"),
        ({"birth_on": "2026-11-01"}, "birth_on", "after_extract"),
        ({"birth_on": "1890-01-01"}, "birth_on", "too_old"),
        ({"hukou_changed_on": "2026-11-01"}, "hukou_changed_on", "after_extract"),
        ({"sex": "F"}, "sex", "choice_wrong"),
        ({"alive": "1"}, "alive", "choice_wrong"),
        ({"alive": "no"}, "died_on", "death_incomplete"),
        ({"died_on": "2026-10-01"}, "died_on", "death_incomplete"),
        ({"alive": "no", "died_on": "1949-12-31"}, "died_on", "before_birth"),
        ({"alive": "no", "died_on": "2026-11-01"}, "died_on", "after_extract"),
        ({"hukou": "elsewhere"}, "hukou_district", "not_registered_here"),
        ({"hukou_district": "朝阳区"}, "hukou_district", "district_wrong"),
        ({"street": "街道"}, "street", "text_wrong"),
        ({"phone": "075512345678"}, "phone", "phone_number_wrong"),
        ({"phone": "1540002070"}, "phone", "phone_number_wrong"),
    ],
)
def test_a_row_that_breaks_the_contract_is_rejected_by_line_column_and_code(
    wrong: Row, column: str, code: str, settings: Settings
) -> None:
    file = extract("household", [household(701), household(700, **wrong), household(702)])
    assert rejected(file, settings) == [(4, column, code)]


@pytest.mark.parametrize(
    ("kind", "cells", "column", "code"),
    [
        ("deaths", {"died_on": ""}, "died_on", "missing"),
        ("deaths", {"died_on": "2026-11-01"}, "died_on", "after_extract"),
        ("deaths", {"died_on": "2026-10-01", "birth_on": "2026-11-01"}, "birth_on", "after_extract"),
        ("accounts", {"has_card": "yes", "card_last_four": "123"}, "card_last_four", "last_four_wrong"),
        ("accounts", {"has_card": "yes", "card_last_four": "6200000000000000018"}, "card_last_four",
         "card_number_not_wanted"),
        ("accounts", {"has_card": "yes", "card_last_four": "6200 0000 0000 0018"}, "card_last_four",
         "card_number_not_wanted"),
        ("accounts", {"has_card": "no", "card_last_four": "0018"}, "card_last_four", "only_with_card"),
        ("hardship", {"income_class": "poor"}, "income_class", "choice_wrong"),
        ("ability", {"ability_assessed_on": "2026-10-01", "ability_level": "5"}, "ability_level", "level_wrong"),
        ("ability", {"ability_assessed_on": "2026-10-01", "ability_level": "1.0"}, "ability_level", "level_wrong"),
    ],
)  # fmt: skip
def test_every_register_has_its_own_contract(kind: str, cells: Row, column: str, code: str, settings: Settings) -> None:
    assert rejected(extract(kind, [other(**cells)]), settings) == [(3, column, code)]


def test_a_quote_left_open_spoils_its_own_line_only(settings: Settings) -> None:
    good = ",".join(household(701).values())
    lines = [HEADER, good, '"' + good, good + ",more", "a,b", "", ",,,", good]
    file = io.BytesIO("\r\n".join(["#registry=household,source=x,extract_on=2026-10-31", *lines]).encode())
    assert rejected(file, settings) == [
        (4, None, "quotes_wrong"),
        (5, None, "number_of_cells_wrong"),
        (6, None, "number_of_cells_wrong"),
    ]


def test_cells_are_read_however_offices_write_them(settings: Settings) -> None:
    written = household(
        name="买买提•艾力", id_number=number(700).replace("X", "x"), birth_on="19500101", sex="女", hukou="本市",
        hukou_district="罗湖", alive="是", resident="是", street="翠竹街道", community="水贝社区",
        phone="+86 154-0002-0700", address="水贝路１号，“翠苑”",
    )  # fmt: skip
    plain = household(name="买买提·艾力", address="水贝路1号,“翠苑”")
    first, second = (read(extract("household", [row]), settings)[0] for row in (written, plain))
    assert first.digests == second.digests
    assert json.loads(first.facts[0])["birth_on"] == BORN


def test_rows_keep_what_is_theirs_wherever_a_row_between_them_is_rejected(settings: Settings) -> None:
    rows = [household(sequence) for sequence in range(700, 706)]
    # Found first counts: a name is read before a phone, and cells before what they mean together.
    rows[1] |= {"name": "?", "phone": "1"}
    rows[2] |= {"alive": "no", "phone": "1"}
    rows[4] |= {"hukou": "elsewhere", "hukou_district": "", "phone": ""}
    records, rejections = read(extract("household", rows), settings)
    assert [(each.line, each.column) for each in rejections] == [(4, "name"), (5, "phone")]
    assert sorted(records.lines) == [3, 6, 7, 8]
    assert records.id_number_indexes == sorted(records.id_number_indexes)
    assert records.ids == sorted(records.ids)
    vault = Vault(settings)
    for place, row in enumerate(rows[line - 3] for line in records.lines):
        number_sealed = records.id_numbers_sealed[place]
        assert vault.open(number_sealed, context=ID_NUMBER) == records.id_numbers[place] == row["id_number"]
        assert (vault.index(row["phone"], context=PHONE) in records.sealed[place]) == bool(row["phone"])
        assert ("hukou_district", None) in json.loads(records.facts[place]).items() or row is not rows[4]


def test_an_id_number_is_plain_only_if_it_would_be_read_so() -> None:
    right = number(700)
    wrong = right[:17] + ("1" if right[17] != "1" else "2")
    cells = [right, wrong, right[:17], "", f" {right}", right[:-1] + "x", "４" + right[1:], "A" * 18, right]
    assert are_plain_id_numbers(cells) == [True, *[False] * 7, True]
    assert are_plain_id_numbers([""]) == [False]
    assert not are_plain_id_numbers([])


def test_phone_and_address_are_sealed_before_they_leave_the_reader(settings: Settings) -> None:
    row = household()
    records, _ = read(extract("household", [row]), settings)
    assert row["phone"].encode() not in records.facts[0]
    assert "水贝路".encode() not in records.facts[0]
    assert row["id_number"].encode() not in records.id_numbers_sealed[0]


def test_names_are_brought_to_one_form() -> None:
    assert [name(cell) for cell in ("陈 丽 英", "阿卜杜拉‧买买提", "Maria  da Silva")] == [
        "陈丽英",
        "阿卜杜拉·买买提",
        "Maria da Silva",
    ]
    assert street("黄贝街道办事处") == "黄贝"
    with pytest.raises(CellWrong):
        name("·")


def test_every_code_has_a_meaning_and_every_meaning_is_a_code() -> None:
    folder = PROJECT / "services" / "registry"
    sources = "".join((folder / f"{module}.py").read_text() for module in ("cells", "contracts", "reading"))
    raised = set(re.findall(r'(?:CellWrong|RowWrong|Rejection)\((?:[\w."]+, )?"(\w+)"', sources))
    raised |= {"card_number_not_wanted", "last_four_wrong", "after_extract", "only_with_card", "row_contradicted"}
    assert raised == set(MEANINGS)


def test_the_document_names_every_column_in_both_languages() -> None:
    text = (PROJECT / "docs" / "registry.md").read_text(encoding="utf-8")
    for contract in CONTRACTS.values():
        section = text.split(f"### `{contract.kind}`")[1].split("\n### ")[0]
        told = re.findall(r"^\| `(\w+)` \| (\S+) \| (yes|) ?\|", section, flags=re.MULTILINE)
        assert told == [(column.name, column.chinese, "yes" if column.required else "") for column in contract.columns]
    for code in MEANINGS:
        assert f"`{code}`" in text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_right_and_about_nobody(path: Path, settings: Settings) -> None:
    file = io.BytesIO(path.read_bytes())
    assert bool(rejected(file, settings)) == path.stem.endswith("with-mistakes")
    text = path.read_bytes().decode(Extract(file).encoding)
    assert not set(re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)) - {f"154000001{last:02}" for last in range(100)}
    assert all(re.match("440399|810000", found) for found in re.findall(r"\d{17}[\dX]", text))


def test_every_register_has_an_example() -> None:
    assert {Extract(io.BytesIO(path.read_bytes())).heading.kind for path in EXAMPLES} == set(CONTRACTS)
