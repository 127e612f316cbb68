"""CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv

import pytest

from services.csv_lines import csv_line, safe_cell


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-5", "@a", "\tb", "\r=1", "\n=1"])
def test_a_cell_that_begins_a_formula_is_written_as_text(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "测*", "1=1", "a+b", '{"found":1}'])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_a_line_is_read_back_cell_by_cell() -> None:
    line = csv_line(("陈*英", 'a "quoted", cell', "=cmd|' /C calc'!A0"))
    assert line.endswith("\r\n")
    assert next(csv.reader([line])) == ["陈*英", 'a "quoted", cell', "'=cmd|' /C calc'!A0"]
