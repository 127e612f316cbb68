"""Lines of CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

# How a formula begins, in one spreadsheet or another, and what some of them skip before it.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

FEN_IN_YUAN = 100


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> safe_cell("=SUM(A1)"), safe_cell("陈*英")
    ("'=SUM(A1)", '陈*英')
    """
    return f"'{cell}" if cell.startswith(BEGINS_A_FORMULA) else cell


def yuan(fen: int) -> str:
    """An amount in yuan, to the fen, as a spreadsheet reckons with it.

    >>> yuan(123450), yuan(5)
    ('1234.50', '0.05')
    """
    return f"{fen // FEN_IN_YUAN}.{fen % FEN_IN_YUAN:02}"


def csv_line(cells: Iterable[str]) -> str:
    """One line of CSV with its end."""
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
