"""From the lines of an extract to sealed records: each row is checked against the contract and either read whole or
rejected with its line, column and code.

Many rows are read at once, column by column: what all cells of a column need is done for all of them in one go. A
city's extract has most of its cells many times over, so what was read from a cell is kept, together with the pieces
that records are put together from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import compress
from json.encoder import JSONEncoder, encode_basestring
from operator import attrgetter
from typing import Any, NamedTuple

from uuid_utils import uuid7

from services.people import ADDRESS, ID_NUMBER, PHONE
from services.registry import binary
from services.registry.binary import framed, length
from services.registry.cells import CellWrong, Value, plain
from services.registry.contracts import BIRTH_IN_NUMBER, CONTRACTS, Column, Kind, RowWrong
from services.registry.files import Form, split_cells
from services.sealing import Vault

CONTENT = "registry_records.content"
# Facts that are sealed where they are stored, and what they are sealed for.
SEALED = {"address": ADDRESS, "phone": PHONE}
MOST_KEPT = 100_000
BETWEEN = ", "
FITS, FITS_NOT = f'"birth_fits_number": true{BETWEEN}', f'"birth_fits_number": false{BETWEEN}'

# What a record has in PostgreSQL's binary form: what is sealed, and of the household register the open facts that a new
# person is made of, in the order of the columns; with the type of each.
SEALED_FIELDS = tuple(f"{fact}_{form}" for fact in SEALED for form in ("sealed", "index"))
OPEN_FIELDS = {
    "sex": "text",
    "birth_on": "date",
    "hukou": "text",
    "hukou_district": "text",
    "hukou_changed_on": "date",
    "died_on": "date",
    "resident": "boolean",
    "district": "text",
    "street": "text",
    "community": "text",
}
BINARY = {"text": binary.of_text, "date": binary.of_day, "boolean": binary.of_truth}

INDEX_LENGTH = length(32)
NEITHER = binary.NULL + binary.NULL

_json = JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Rejection:
    """A row that was not taken: its line, the code of the reason, and the column where it is one column's fault."""

    line: int
    code: str
    column: str | None = None


@dataclass(frozen=True, repr=False)
class Records:
    """Rows that were taken, ready to be stored; only the ID numbers never are. All lists are in the same order.

    Digests are the same for rows of the same content from the same source and no others. `sealed` and `people` are in
    PostgreSQL's binary form: `SEALED_FIELDS`, and `OPEN_FIELDS` of what makes a new person. `births_fit`: whether the
    birth date of the household register is the one that the ID number holds.
    """

    lines: Sequence[int]
    ids: Sequence[bytes]
    id_numbers: Sequence[str]
    id_number_indexes: Sequence[bytes]
    id_numbers_sealed: Sequence[bytes]
    names: Sequence[str]
    digests: Sequence[bytes]
    facts: Sequence[str]
    sealed: Sequence[bytes]
    people: Sequence[bytes]
    births_fit: Sequence[bool]

    def __repr__(self) -> str:
        return f"Records(lines={self.lines})"

    def chosen(self, which: Sequence[bool]) -> Records:
        """Those of the rows, in the same order."""
        return Records(*(list(compress(getattr(self, each.name), which)) for each in fields(self)))


class Fault(NamedTuple):
    """What is wrong with a row: the code, and the column where it is one column's fault."""

    column: str
    code: str


class Written(NamedTuple):
    """What a cell says: the value, its place in the JSON of a record, and the field of a person in binary form.
    `fault`: what is wrong with it."""

    value: Value
    json: str
    field: bytes
    fault: Fault | None = None


# By the place of a row: what is wrong with it. What is found first stays.
Faults = dict[int, Fault]


class Reader:
    """Reads the rows of one extract."""

    def __init__(self, form: Form, vault: Vault) -> None:
        heading = form.heading
        self._vault, self._extract_on = vault, heading.extract_on.isoformat()
        self._brings_people = heading.kind is Kind.HOUSEHOLD
        self._who_says = f"{heading.kind}, {heading.source}"
        self._contract = CONTRACTS[heading.kind]
        self._cells = sum(place is not None for place in form.places)
        columns = [_OfColumn(column, place) for column, place in zip(self._contract.columns, form.places, strict=True)]
        self._id_number, self._name = columns[:2]
        self._open = [each for each in columns[2:] if each.fact not in SEALED]
        self._sealed = [each for each in columns if each.fact in SEALED]

    def read(self, lines: Iterable[tuple[int, str]]) -> tuple[Records, list[Rejection]]:
        """The rows that were taken and those that were rejected, each in order. `lines` are numbered and have no line
        end."""
        numbers, columns, rejections = self._split(lines)
        faults: Faults = {}
        id_numbers, names = self._id_number.values(columns, faults), self._name.values(columns, faults)
        written = {each.fact: each.written(columns, faults) for each in self._open}
        secret = [each.values(columns, faults) for each in self._sealed]
        told = self._told(written, id_numbers, self._checked(written, faults))
        rejections += [Rejection(numbers[row], each.code, each.column or None) for row, each in faults.items()]
        read: list[Sequence[Any]] = [numbers, id_numbers, names, *told, *secret]
        if faults:
            is_taken = [row not in faults for row in range(len(numbers))]
            read = [list(compress(column, is_taken)) for column in read]
        return self._seal(*read), sorted(rejections, key=attrgetter("line"))

    def _split(self, lines: Iterable[tuple[int, str]]) -> tuple[list[int], list[list[str]], list[Rejection]]:
        """The numbers of the lines that have as many cells as they should, their cells by column, and the others."""
        numbers, flat, rejections, expected = [], [], [], self._cells
        for number, text in lines:
            try:
                cells = split_cells(text)
            except ValueError:
                rejections.append(Rejection(number, "quotes_wrong"))
                continue
            if len(cells) != expected:
                rejections.append(Rejection(number, "number_of_cells_wrong"))
                continue
            numbers.append(number)
            flat += cells
        return numbers, [flat[place::expected] for place in range(expected)], rejections

    def _checked(self, written: dict[str, list[Written]], faults: Faults) -> list[str]:
        """The JSON of what follows from each row; notes the rows whose facts do not go together."""
        check, extract_on = self._contract.check, self._extract_on
        columns = ([each.value for each in written[fact]] for fact in self._contract.checked)
        follows = []
        for row, values in enumerate(zip(*columns, strict=True)):
            none: tuple[str, ...] = ()
            if row not in faults:
                try:
                    none = check(extract_on, *values)
                except RowWrong as wrong:
                    faults[row] = Fault(wrong.column, wrong.code)
            follows.append(_json_of_none(none))
        return follows

    def _told(
        self, written: dict[str, list[Written]], id_numbers: Sequence[str], follows: list[str]
    ) -> tuple[list[str], list[bytes], list[bool]]:
        """Of each row: the JSON of its facts, what makes a new person, whether the birth date is the ID number's."""
        pieces = [*([each.json for each in column] for column in written.values()), follows]
        people, births_fit = [b""] * len(follows), [True] * len(follows)
        if self._brings_people:
            of_people = ([each.field for each in written[fact]] for fact in OPEN_FIELDS)
            people = [b"".join(row) for row in zip(*of_people, strict=True)]
            born = [str(each.value).replace("-", "") for each in written["birth_on"]]
            births_fit = [day == number[BIRTH_IN_NUMBER] for day, number in zip(born, id_numbers, strict=True)]
            pieces.append([FITS if fits else FITS_NOT for fits in births_fit])
        return ["".join(row).removesuffix(BETWEEN) for row in zip(*pieces, strict=True)], people, births_fit

    def _seal(
        self,
        lines: Sequence[int],
        id_numbers: Sequence[str],
        names: Sequence[str],
        facts: Sequence[str],
        people: Sequence[bytes],
        births_fit: Sequence[bool],
        *secret: Sequence[str | None],
    ) -> Records:
        vault, who_says, sealed = self._vault, self._who_says, [b""] * len(lines)
        contents = [
            f"{who_says}, {number}, {name}, {json}" for number, name, json in zip(id_numbers, names, facts, strict=True)
        ]
        for column, values in zip(self._sealed, secret, strict=True):
            contents = [
                content if value is None else f'{content}, "{column.fact}": {encode_basestring(value)}'
                for content, value in zip(contents, values, strict=True)
            ]
            sealed = list(map(bytes.__add__, sealed, self._sealed_fields(values, SEALED[column.fact])))
        return Records(
            lines,
            [uuid7().bytes for _ in lines],
            id_numbers,
            vault.index_all(id_numbers, context=ID_NUMBER),
            vault.seal_all(id_numbers, context=ID_NUMBER),
            names,
            vault.index_all(contents, context=CONTENT),
            [f"{{{json}}}" for json in facts],
            sealed if self._sealed else [NEITHER * len(SEALED)] * len(lines),
            people,
            births_fit,
        )

    def _sealed_fields(self, values: Sequence[str | None], context: str) -> Iterable[bytes]:
        """Each value sealed and its index, as fields."""
        said = [value for value in values if value is not None]
        sealed, indexes = self._vault.seal_all(said, context=context), self._vault.index_all(said, context=context)
        pairs = (framed(each) + INDEX_LENGTH + index for each, index in zip(sealed, indexes, strict=True))
        return pairs if len(said) == len(values) else (NEITHER if value is None else next(pairs) for value in values)


class _OfColumn:
    """Reads one column's cells."""

    def __init__(self, column: Column, place: int | None) -> None:
        self.fact = column.fact or column.name
        self._column, self._place = column, place
        self._kept = _Kept(self)
        self.field = BINARY.get(OPEN_FIELDS.get(self.fact, ""))

    def values(self, columns: Sequence[Sequence[str]], faults: Faults) -> Sequence[Any]:
        """What each cell of the column holds, None where it is empty."""
        if self._place is None:
            return [None] * len(columns[0])
        cells = columns[self._place]
        are_plain = self._column.are_plain(cells) if self._column.are_plain else [False] * len(cells)
        if all(are_plain):
            return cells
        values: list[Any] = list(cells)
        for row, is_plain in enumerate(are_plain):
            if not is_plain:
                try:
                    values[row] = self.value(cells[row])
                except RowWrong as wrong:
                    faults.setdefault(row, Fault(wrong.column, wrong.code))
        return values

    def written(self, columns: Sequence[Sequence[str]], faults: Faults) -> list[Written]:
        """What each cell of the column says, in all forms."""
        if self._place is None:
            return [self._kept[""]] * len(columns[0])
        written = list(map(self._kept.__getitem__, columns[self._place]))
        if self._kept.has_faults:
            for row, each in enumerate(written):
                if each.fault is not None:
                    faults.setdefault(row, each.fault)
        return written

    def value(self, cell: str) -> Value:
        """What the cell holds, None if it is empty. Raises RowWrong."""
        try:
            cell = plain(cell)
            if cell:
                return self._column.read(cell)
        except CellWrong as wrong:
            raise RowWrong(self._column.name, wrong.code) from None
        if self._column.required:
            raise RowWrong(self._column.name, "missing")
        return None


class _Kept(dict[str, Written]):
    """What the cells of a column say, each read when it is asked for first."""

    def __init__(self, column: _OfColumn) -> None:
        super().__init__()
        self._column, self.has_faults = column, False

    def __missing__(self, cell: str) -> Written:
        if len(self) >= MOST_KEPT:
            self.clear()
        written = self[cell] = self._read(cell)
        return written

    def _read(self, cell: str) -> Written:
        of_field = self._column.field
        nothing = binary.NULL if of_field else b""
        try:
            value = self._column.value(cell)
        except RowWrong as wrong:
            self.has_faults = True
            return Written(None, "", nothing, Fault(wrong.column, wrong.code))
        if value is None:
            return Written(None, "", nothing)
        return Written(value, f'"{self._column.fact}": {_json(value)}{BETWEEN}', of_field(value) if of_field else b"")


@cache
def _json_of_none(facts: tuple[str, ...]) -> str:
    return "".join(f'"{fact}": null{BETWEEN}' for fact in facts)
