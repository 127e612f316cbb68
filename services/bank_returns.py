"""The list of what the bank could not credit, as it comes back: CSV with the columns `reference` and `code`.

`reference` is the one that the bank file gave the payment; `code` says why: account_closed, account_frozen,
name_differs, other. One bad line and nothing of the list counts: half a list would pay the other half twice.
"""

from __future__ import annotations

import csv
import io
from typing import BinaryIO
from uuid import UUID

from services.allowances import ReturnCode
from services.errors import ServiceError

COLUMNS = ["reference", "code"]
MOST_LINES = 100_000


class ReturnsUnreadable(ServiceError):
    """The list is not in its form: `line`, and `problem` as a code: `not_text`, `columns`, `reference`, `code`,
    `twice`, `too_long`."""

    code = "returns_unreadable"


def read_returns(file: BinaryIO) -> dict[UUID, ReturnCode]:
    """The returned payments by reference. Raises ReturnsUnreadable."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ReturnsUnreadable(line=1, problem="not_text") from None
    rows = csv.reader(io.StringIO(text, newline=""))
    if [cell.strip() for cell in next(rows, [])] != COLUMNS:
        raise ReturnsUnreadable(line=1, problem="columns")
    returned: dict[UUID, ReturnCode] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        reference, code = _cells(row, rows.line_num)
        if reference in returned:
            raise ReturnsUnreadable(line=rows.line_num, problem="twice")
        if len(returned) == MOST_LINES:
            raise ReturnsUnreadable(line=rows.line_num, problem="too_long")
        returned[reference] = code
    return returned


def _cells(row: list[str], line: int) -> tuple[UUID, ReturnCode]:
    if len(row) != len(COLUMNS):
        raise ReturnsUnreadable(line=line, problem="columns")
    try:
        reference = UUID(row[0].strip())
    except ValueError:
        raise ReturnsUnreadable(line=line, problem="reference") from None
    try:
        return reference, ReturnCode(row[1].strip())
    except ValueError:
        raise ReturnsUnreadable(line=line, problem="code") from None
