"""Opening an extract: is it text, in which encoding, what does its heading say, which columns has it.

Whatever is wrong here concerns the whole file: `ExtractUnusable` names the line and what was expected, and nothing of
the file is imported.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import BinaryIO

from services.errors import ServiceError
from services.registry.cells import CellWrong, day
from services.registry.contracts import CONTRACTS, Contract, Kind

MOST_LINE_BYTES = 16_384
BLOCK_BYTES = 2 << 20
UTF_8_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
HEADING = "#registry=KIND,source=NAME,extract_on=YYYY-MM-DD"
HEADING_LINE, HEADER_LINE = 1, 2
SOURCE = re.compile(r"[\w()（）·.-]{1,60}")
OTHER_DELIMITERS = {"\t": "tabs", ";": "semicolons", "，": "full-width commas", "|": "bars"}


class ExtractUnusable(ServiceError):
    """The file cannot be imported at all. `problem` says why, `line` where; neither repeats what a row holds."""

    code = "extract_unusable"

    def __str__(self) -> str:
        line = self.facts.get("line")
        return f"{f'line {line}: ' if line else ''}{self.facts['problem']}"


@dataclass(frozen=True)
class Heading:
    """What the first line says of the extract."""

    kind: Kind
    source: str
    extract_on: date


@dataclass(frozen=True)
class Form:
    """How the rows of one extract are to be read.

    `places` has, for each column of the contract, which cell of a row it is, or None where the file lacks it. There is
    no other column, so that each row has as many cells as there are numbers.
    """

    heading: Heading
    places: tuple[int | None, ...]


@dataclass(frozen=True)
class Block:
    """Some whole lines of an extract as they stand in the file, and the number of the first of them."""

    first_line: int
    data: bytes

    def rows(self, encoding: str) -> Iterator[tuple[int, str]]:
        """Each line with its number, without the end of the line; empty ones are passed over."""
        for number, line in enumerate(self.data.decode(encoding).split("\n"), start=self.first_line):
            if line.strip(", \t\r"):
                yield number, line.rstrip("\r")


class Extract:
    """An open extract whose bytes, heading and columns were found to be in order. `bytes`: how long it is."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the whole file once. Raises ExtractUnusable."""
        self._file = file
        self.bytes = file.seek(0, os.SEEK_END)
        file.seek(0)
        self.encoding, self.digest = examine(file)
        lines = self._lines()
        self.heading = _heading(next(lines, (HEADING_LINE, ""))[1])
        self.contract: Contract = CONTRACTS[self.heading.kind]
        places = _places(next(lines, (HEADER_LINE, ""))[1], self.contract)
        self.form = Form(self.heading, places)

    def rows(self) -> Iterator[tuple[int, str]]:
        """Each further line with its number, without the end of the line; empty ones are passed over."""
        for block in self.blocks():
            yield from block.rows(self.encoding)

    def blocks(self, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
        """The lines after the header in pieces of about so many bytes, each of whole lines."""
        self._file.seek(0)
        for _ in range(HEADER_LINE):
            self._file.readline()
        number = HEADER_LINE + 1
        while data := self._file.read(block_bytes):
            data += self._file.readline()
            yield Block(number, data)
            number += data.count(b"\n")

    def _lines(self) -> Iterator[tuple[int, str]]:
        self._file.seek(0)
        for number, line in enumerate(self._file, start=1):
            if number == 1:
                line = line.removeprefix(UTF_8_MARK)
            yield number, line.decode(self.encoding).rstrip("\r\n")


def examine(file: BinaryIO) -> tuple[str, bytes]:
    """The encoding of a file, UTF-8 or GB18030, and its SHA-256. Raises ExtractUnusable.

    No byte of a line's end, a comma or a quote is ever part of a Chinese character in either of them, so that lines can
    be looked at one by one.
    """
    digest = _digest_of_sound_utf_8(file)
    if digest is not None:
        return "utf-8", digest
    file.seek(0)
    return _examine_lines(file)


def _digest_of_sound_utf_8(file: BinaryIO) -> bytes | None:
    """The SHA-256 of a file in UTF-8 with which nothing is wrong; None where lines must be looked at one by one."""
    digest = sha256()
    while data := file.read(BLOCK_BYTES):
        data += file.readline(MOST_LINE_BYTES + 1)
        digest.update(data)
        if b"\0" in data or max(map(len, data.split(b"\n"))) >= MOST_LINE_BYTES or not _decodes(data, "utf-8"):
            return None
    return digest.digest()


def _examine_lines(file: BinaryIO) -> tuple[str, bytes]:
    digest = sha256()
    first_wrong = {"utf-8": 0, "gb18030": 0}
    lines_of_utf_8 = lines_of_others = 0
    number = 0
    marked = False
    while line := file.readline(MOST_LINE_BYTES + 1):
        number += 1
        digest.update(line)
        if number == 1:
            marked = line.startswith(UTF_8_MARK)
        _refuse_other_than_text(line, number)
        if line.isascii():
            continue
        if _decodes(line, "utf-8"):
            lines_of_utf_8 += 1
        else:
            lines_of_others += 1
            first_wrong["utf-8"] = first_wrong["utf-8"] or number
        if not first_wrong["gb18030"] and not _decodes(line, "gb18030"):
            first_wrong["gb18030"] = number
    if not first_wrong["utf-8"]:
        return "utf-8", digest.digest()
    # GB18030 takes almost any bytes: text in UTF-8 that was damaged would become other characters without a complaint.
    if marked or lines_of_utf_8 > lines_of_others or first_wrong["gb18030"]:
        raise ExtractUnusable(line=first_wrong["utf-8"], problem="not text in UTF-8 or GB18030; is the file damaged?")
    return "gb18030", digest.digest()


def split_cells(line: str) -> list[str]:
    """The cells of one line (RFC 4180, but a cell never goes on in the next line). Raises ValueError."""
    if '"' not in line:
        return line.split(",")
    try:
        (cells,) = csv.reader(io.StringIO(line, newline=""), strict=True)
    except csv.Error:
        raise ValueError("quotes") from None
    return cells


def _refuse_other_than_text(line: bytes, number: int) -> None:
    if number == 1 and line.startswith(UTF_16_MARKS):
        raise ExtractUnusable(line=number, problem="this is UTF-16; save the file as UTF-8 or GB18030")
    if b"\0" in line:
        raise ExtractUnusable(line=number, problem="a NUL byte: expected a text file")
    if len(line) > MOST_LINE_BYTES:
        raise ExtractUnusable(line=number, problem=f"longer than {MOST_LINE_BYTES} bytes: expected one row to a line")


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _heading(line: str) -> Heading:
    wrong = ExtractUnusable(line=HEADING_LINE, problem=f"expected {HEADING}, KIND one of {', '.join(CONTRACTS)}")
    parts = [part.strip().partition("=") for part in line.removeprefix("#").rstrip(", ").split(",")]
    said = {name: value for name, _, value in parts}
    if not line.startswith("#") or len(parts) != len(said) or set(said) != {"registry", "source", "extract_on"}:
        raise wrong
    try:
        heading = Heading(Kind(said["registry"]), said["source"], date.fromisoformat(day(said["extract_on"])))
    except (ValueError, CellWrong):
        raise wrong from None
    if heading.kind not in CONTRACTS:
        raise wrong
    if not SOURCE.fullmatch(heading.source):
        raise ExtractUnusable(
            line=HEADING_LINE, problem="expected as source the office's name: letters and digits, without spaces"
        )
    return heading


def _places(header: str, contract: Contract) -> tuple[int | None, ...]:
    try:
        names = [cell.strip() for cell in split_cells(header)]
    except ValueError:
        raise ExtractUnusable(line=HEADER_LINE, problem="a quote that is not closed") from None
    if len(names) == 1:
        for delimiter, called in OTHER_DELIMITERS.items():
            if delimiter in names[0]:
                raise ExtractUnusable(line=HEADER_LINE, problem=f"expected commas between cells, found {called}")
    column_of = {name: column for column in contract.columns for name in (column.name, column.chinese)}
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        column = column_of.get(name)
        if column is None:
            allowed = ", ".join(column.name for column in contract.columns)
            # The name is not shown: where the header is missing it is a cell of somebody's row.
            raise ExtractUnusable(
                line=HEADER_LINE, problem=f"unknown column in cell {place + 1}: expected any of {allowed}"
            )
        if column.name in found:
            raise ExtractUnusable(line=HEADER_LINE, problem=f"column {column.name} appears twice")
        found[column.name] = place
    missing = [column.name for column in contract.columns if column.required and column.name not in found]
    if missing:
        raise ExtractUnusable(line=HEADER_LINE, problem=f"missing columns: {', '.join(missing)}")
    return tuple(found.get(column.name) for column in contract.columns)
