"""Small registry extracts for tests, about people who cannot exist."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from services.people import id_check_digit

Row = dict[str, str]
BORN = "1950-01-01"


def number(sequence: int, birth_on: str = BORN) -> str:
    """An ID number of nobody, with the right check digit."""
    first = f"440399{birth_on.replace('-', '')}{sequence:03}"
    return first + id_check_digit(first)


def household(sequence: int = 700, name: str = "方玉兰", **changes: str) -> Row:
    """A row of the household register, of somebody living in 罗湖."""
    row = {
        "id_number": number(sequence),
        "name": name,
        "sex": "female",
        "birth_on": BORN,
        "hukou": "shenzhen",
        "hukou_district": "罗湖区",
        "hukou_changed_on": "",
        "alive": "yes",
        "died_on": "",
        "resident": "yes",
        "district": "罗湖区",
        "street": "翠竹",
        "community": "水贝",
        "address": "水贝路1号(示例)",
        "phone": f"1540002{sequence:04}",
    }
    return row | changes


def other(sequence: int = 700, name: str = "方玉兰", **cells: str) -> Row:
    """A row of any other register."""
    return {"id_number": number(sequence), "name": name} | cells


def extract(
    kind: str,
    rows: Sequence[Row],
    *,
    source: str = "示例来源",
    on: str = "2026-10-31",
    encoding: str = "utf-8",
    header: str | None = None,
) -> io.BytesIO:
    """The bytes of an extract with these rows."""
    text = io.StringIO(newline="")
    text.write(f"#registry={kind},source={source},extract_on={on}\n")
    names = list(rows[0]) if rows else []
    text.write((header if header is not None else ",".join(names)) + "\n")
    csv.DictWriter(text, names, lineterminator="\n").writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))
