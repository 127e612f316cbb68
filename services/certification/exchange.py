"""The file in which offices tell each other whom they have seen alive: its column contract, and reading it row by row.

The form is that of the registers' extracts (docs/registry.md) with a heading and columns of its own
(docs/certification.md); the same readers of cells check it, and what is wrong is reported by line and never quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, TypeVar

from services.certification.kinds import SignalKind
from services.certification.parameters import Agreement, parameters
from services.people import ID_NUMBER
from services.registry import ExtractUnusable, Rejection
from services.registry import cells as read
from services.registry.cells import CellWrong
from services.registry.files import HEADER_LINE, HEADING_LINE, UTF_8_MARK, examine, split_cells
from services.sealing import Vault

HEADING = "#certification=proofs,source=OFFICE,as_of=YYYY-MM-DD"
OUR_NAME = "civil_affairs"
COLUMNS = {"id_number": "身份证号", "name": "姓名", "evidence": "证据", "seen_on": "日期", "confidence": "可信度"}
OPTIONAL = {"confidence"}
EVIDENCE = {kind.value: kind for kind in SignalKind} | {
    "退休待遇资格认证": SignalKind.PENSION_CERTIFICATION,
    "能力评估": SignalKind.ABILITY_ASSESSMENT,
    "就诊": SignalKind.HOSPITAL_VISIT,
    "接种疫苗": SignalKind.VACCINATION,
    "用卡": SignalKind.CARD_ACTIVITY,
}
SURE = 100

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Seen:
    """One row that was taken: who was seen, how and when. `index`: the blind index of her ID number."""

    line: int
    index: bytes
    name: str
    kind: SignalKind
    seen_on: date
    confidence: int


class ProofFile:
    """An open file whose bytes, heading and columns were found to be in order."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the whole file once. Raises ExtractUnusable, naming the line and what was expected."""
        self._file = file
        file.seek(0)
        self._encoding, self.digest = examine(file)
        lines = self._lines()
        self.source, self.as_of = _heading(next(lines, (HEADING_LINE, ""))[1])
        self.agreement: Agreement = _agreement(self.source, self.as_of)
        self._places = _places(next(lines, (HEADER_LINE, ""))[1])

    def rows(self, vault: Vault) -> Iterator[Seen | Rejection]:
        """Each row, read whole or rejected."""
        for number, text in self._lines():
            if number <= HEADER_LINE or not text.strip(", \t"):
                continue
            try:
                yield self._seen(number, self._cells(text), vault)
            except _RowWrong as wrong:
                yield Rejection(number, wrong.code, wrong.column)

    def _cells(self, text: str) -> dict[str, str]:
        try:
            written = split_cells(text)
        except ValueError:
            raise _RowWrong("quotes_wrong") from None
        if len(written) != len(self._places):
            raise _RowWrong("number_of_cells_wrong")
        cells = {name: _read(name, read.plain, cell) for name, cell in zip(self._places, written, strict=True)}
        for name, cell in cells.items():
            if not cell and name not in OPTIONAL:
                raise _RowWrong("missing", name)
        return cells

    def _seen(self, line: int, cell: dict[str, str], vault: Vault) -> Seen:
        id_number = _read("id_number", read.id_number, cell["id_number"])
        kind = EVIDENCE.get(cell["evidence"])
        if kind is None:
            raise _RowWrong("choice_wrong", "evidence")
        if kind not in self.agreement.states:
            raise _RowWrong("not_agreed", "evidence")
        seen_on = date.fromisoformat(_read("seen_on", read.day, cell["seen_on"]))
        if seen_on > self.as_of:
            raise _RowWrong("after_extract", "seen_on")
        return Seen(
            line,
            vault.index(id_number, context=ID_NUMBER),
            _read("name", read.name, cell["name"]),
            kind,
            seen_on,
            _confidence(cell.get("confidence", "")),
        )

    def _lines(self) -> Iterator[tuple[int, str]]:
        self._file.seek(0)
        for number, line in enumerate(self._file, start=1):
            if number == HEADING_LINE:
                line = line.removeprefix(UTF_8_MARK)
            yield number, line.decode(self._encoding).rstrip("\r\n")


class _RowWrong(Exception):
    def __init__(self, code: str, column: str | None = None) -> None:
        self.code, self.column = code, column
        super().__init__(code)


def _read(column: str, reader: Callable[[str], Read], cell: str) -> Read:
    try:
        return reader(cell)
    except CellWrong as wrong:
        raise _RowWrong(wrong.code, column) from None


def _confidence(cell: str) -> int:
    if not cell:
        return SURE
    if not (cell.isascii() and cell.isdigit() and len(cell) <= len(str(SURE)) and int(cell) <= SURE):
        raise _RowWrong("confidence_wrong", "confidence")
    return int(cell)


def _heading(line: str) -> tuple[str, date]:
    wrong = ExtractUnusable(line=HEADING_LINE, problem=f"expected {HEADING}")
    parts = [part.strip().partition("=") for part in line.removeprefix("#").rstrip(", ").split(",")]
    said = {name: value for name, _, value in parts}
    if not line.startswith("#") or len(parts) != len(said) or set(said) != {"certification", "source", "as_of"}:
        raise wrong
    if said["certification"] != "proofs":
        raise wrong
    try:
        return said["source"], date.fromisoformat(read.day(said["as_of"]))
    except CellWrong:
        raise wrong from None


def _agreement(source: str, as_of: date) -> Agreement:
    agreements = parameters().on(as_of).agreements
    if source not in agreements:
        # The word is not shown: where the heading is not ours it may be anything.
        raise ExtractUnusable(
            line=HEADING_LINE, problem=f"no agreement with this source: expected any of {', '.join(sorted(agreements))}"
        )
    return agreements[source]


def _places(header: str) -> tuple[str, ...]:
    try:
        written = [cell.strip() for cell in split_cells(header)]
    except ValueError:
        raise ExtractUnusable(line=HEADER_LINE, problem="a quote that is not closed") from None
    named = {called: name for name, chinese in COLUMNS.items() for called in (name, chinese)}
    names = []
    for place, cell in enumerate(written, start=1):
        if cell not in named:
            problem = f"unknown column in cell {place}: expected any of {', '.join(COLUMNS)}"
            raise ExtractUnusable(line=HEADER_LINE, problem=problem)
        names.append(named[cell])
    if len(names) != len(set(names)):
        raise ExtractUnusable(line=HEADER_LINE, problem="a column appears twice")
    missing = [name for name in COLUMNS if name not in names and name not in OPTIONAL]
    if missing:
        raise ExtractUnusable(line=HEADER_LINE, problem=f"missing columns: {', '.join(missing)}")
    return tuple(names)
