"""What the bank sends back is taken whole or not at all."""

from __future__ import annotations

import io
from uuid import UUID

import pytest

from services.allowances import ReturnCode
from services.bank_returns import ReturnsUnreadable, read_returns

ONE, TWO = UUID(int=1), UUID(int=2)


def returned(text: str | bytes) -> dict[UUID, ReturnCode]:
    return read_returns(io.BytesIO(text.encode() if isinstance(text, str) else text))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_references_and_reasons_are_read(mark: str) -> None:
    found = returned(f"{mark}reference,code\r\n{ONE},account_closed\r\n\r\n {TWO} , other\r\n")
    assert found == {ONE: ReturnCode.ACCOUNT_CLOSED, TWO: ReturnCode.OTHER}


def test_a_list_of_nothing_is_nothing() -> None:
    assert returned("reference,code\n") == {}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "columns"),
        ("reference;code\n", 1, "columns"),
        (b"\xff\xfe", 1, "not_text"),
        (f"reference,code\n{ONE}\n", 2, "columns"),
        ("reference,code\n12,other\n", 2, "reference"),
        (f"reference,code\n{ONE},lost\n", 2, "code"),
        (f"reference,code\n{ONE},other\n{ONE},other\n", 3, "twice"),
    ],
)
def test_one_bad_line_and_nothing_counts(text: str | bytes, line: int, problem: str) -> None:
    with pytest.raises(ReturnsUnreadable) as refused:
        returned(text)
    assert refused.value.facts == {"line": line, "problem": problem}
