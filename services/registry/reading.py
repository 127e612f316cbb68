"""From the lines of an extract to sealed records: each row is checked against the contract and either read whole or
rejected with its line, column and code.

Many rows are read at once, column by column: what all cells of a column need is done for all of them in one go. A
city's extract has most of its cells many times over, so what was read from a cell is kept, together with the pieces
that records are put together from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import compress, groupby
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
BETWEEN = b", "
FITS, FITS_NOT = b'"birth_fits_number": true' + BETWEEN, b'"birth_fits_number": false' + BETWEEN

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
    """Rows that were taken, ready to be stored; only the ID numbers never are. All lists are in the order of the blind
    indexes, and ids ascend with them: neighbours in an index of the database then come one after the other.

    Texts are in UTF-8, `facts` is JSON. Digests are the same for rows of the same content from the same source and no
    others. `sealed` and `people` are in PostgreSQL's binary form: `SEALED_FIELDS`, and `OPEN_FIELDS` of what makes a
    new person. `births_fit`: whether the birth date of the household register is the one that the ID number holds.
    """

    lines: Sequence[int]
    ids: Sequence[bytes]
    id_numbers: Sequence[str]
    id_number_indexes: Sequence[bytes]
    id_numbers_sealed: Sequence[bytes]
    names: Sequence[bytes]
    digests: Sequence[bytes]
    facts: Sequence[bytes]
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
    """What cells side by side say: the values, their place in the JSON of a record, and the fields of a person in
    binary form. `fault`: what is wrong with the first of them with which something is."""

    values: tuple[Value, ...]
    json: bytes
    fields: bytes
    fault: Fault | None


# By the place of a row: what is wrong with it. What is found first stays.
Faults = dict[int, Fault]


class Reader:
    """Reads the rows of one extract."""

    def __init__(self, form: Form, vault: Vault) -> None:
        heading = form.heading
        self._vault, self._extract_on = vault, heading.extract_on.isoformat()
        self._brings_people = heading.kind is Kind.HOUSEHOLD
        self._who_says = f"{heading.kind}, {heading.source}, ".encode()
        self._contract = CONTRACTS[heading.kind]
        self._cells = sum(place is not None for place in form.places)
        columns = [_OfColumn(column, place) for column, place in zip(self._contract.columns, form.places, strict=True)]
        self._id_number, self._name = columns[:2]
        self._sealed = [each for each in columns if each.fact in SEALED]
        self._open = [_Beside(group) for group in _side_by_side(columns[2:])]
        self._place_of = {
            each.fact: (group, place)
            for group, beside in enumerate(self._open)
            for place, each in enumerate(beside.columns)
        }

    def read(self, lines: Iterable[tuple[int, str]]) -> tuple[Records, list[Rejection]]:
        """The rows that were taken, and those that were rejected in their order. `lines` are numbered and have no line
        end."""
        numbers, columns, rejections = self._split(lines)
        faults: Faults = {}
        id_numbers, names = self._id_number.values(columns, faults), self._name.values(columns, faults)
        written = [each.written(columns, faults) for each in self._open]
        secret = [each.values(columns, faults) for each in self._sealed]
        told = self._told(written, id_numbers, self._checked(written, faults))
        rejections += [Rejection(numbers[row], each.code, each.column or None) for row, each in faults.items()]
        indexes = self._vault.index_all([number.encode() for number in id_numbers], context=ID_NUMBER)
        taken = sorted((row for row in range(len(numbers)) if row not in faults), key=indexes.__getitem__)
        read: list[Sequence[Any]] = [numbers, indexes, id_numbers, names, *told, *secret]
        records = self._seal(*([column[row] for row in taken] for column in read))
        return records, sorted(rejections, key=attrgetter("line"))

    def _split(self, lines: Iterable[tuple[int, str]]) -> tuple[list[int], list[list[str]], list[Rejection]]:
        """The numbers of the lines that have as many cells as they should, their cells by column, and the others."""
        numbered, expected = list(lines), self._cells
        together = ",".join([text for _, text in numbered])
        if '"' not in together and {text.count(",") for _, text in numbered} == {expected - 1}:
            flat = together.split(",")
            return [number for number, _ in numbered], [flat[place::expected] for place in range(expected)], []
        numbers, flat, rejections = [], [], []
        for number, text in numbered:
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

    def _said(self, written: list[list[Written]], fact: str) -> list[Any]:
        """What each row says of a fact."""
        group, place = self._place_of[fact]
        return [each.values[place] for each in written[group]]

    def _checked(self, written: list[list[Written]], faults: Faults) -> list[bytes]:
        """The JSON of what follows from each row; notes the rows whose facts do not go together."""
        check, extract_on = self._contract.check, self._extract_on
        said = [self._said(written, fact) for fact in self._contract.checked]
        follows = []
        for row, values in enumerate(zip(*said, strict=True)):
            none: tuple[str, ...] = ()
            if row not in faults:
                try:
                    none = check(extract_on, *values)
                except RowWrong as wrong:
                    faults[row] = Fault(wrong.column, wrong.code)
            follows.append(_json_of_none(none))
        return follows

    def _told(
        self, written: list[list[Written]], id_numbers: Sequence[str], follows: list[bytes]
    ) -> tuple[list[bytes], list[bytes], list[bool]]:
        """Of each row: the JSON of its facts, what makes a new person, whether the birth date is the ID number's."""
        pieces = [*([each.json for each in column] for column in written), follows]
        people, births_fit = [b""] * len(follows), [True] * len(follows)
        if self._brings_people:
            people = list(map(b"".join, zip(*([each.fields for each in column] for column in written), strict=True)))
            born = [day and day.replace("-", "") for day in self._said(written, "birth_on")]
            births_fit = [day == number[BIRTH_IN_NUMBER] for day, number in zip(born, id_numbers, strict=True)]
            pieces.append([FITS if fits else FITS_NOT for fits in births_fit])
        return [b"".join(row).removesuffix(BETWEEN) for row in zip(*pieces, strict=True)], people, births_fit

    def _seal(
        self,
        lines: Sequence[int],
        indexes: Sequence[bytes],
        id_numbers: Sequence[str],
        names: Sequence[str],
        facts: Sequence[bytes],
        people: Sequence[bytes],
        births_fit: Sequence[bool],
        *secret: Sequence[str | None],
    ) -> Records:
        vault = self._vault
        numbers, who = [number.encode() for number in id_numbers], [name.encode() for name in names]
        sealed = [self._sealed_fields(values, of.fact) for of, values in zip(self._sealed, secret, strict=True)]
        in_secret = (_json_of_secret(of.fact, values) for of, values in zip(self._sealed, secret, strict=True))
        says, between = [self._who_says] * len(lines), [BETWEEN] * len(lines)
        contents = zip(says, numbers, between, who, between, facts, *in_secret, strict=True)
        return Records(
            lines,
            sorted(uuid7().bytes for _ in lines),
            id_numbers,
            indexes,
            vault.seal_all(numbers, context=ID_NUMBER),
            who,
            vault.index_all(list(map(b"".join, contents)), context=CONTENT),
            [b"{" + json + b"}" for json in facts],
            list(map(b"".join, zip(*sealed, strict=True))) if sealed else [NEITHER * len(SEALED)] * len(lines),
            people,
            births_fit,
        )

    def _sealed_fields(self, values: Sequence[str | None], fact: str) -> Iterable[bytes]:
        """Each value sealed and its index, as fields."""
        said = [value.encode() for value in values if value is not None]
        context = SEALED[fact]
        sealed, indexes = self._vault.seal_all(said, context=context), self._vault.index_all(said, context=context)
        pairs = (framed(each) + INDEX_LENGTH + index for each, index in zip(sealed, indexes, strict=True))
        return pairs if len(said) == len(values) else (NEITHER if value is None else next(pairs) for value in values)


class _OfColumn:
    """Reads one column's cells."""

    def __init__(self, column: Column, place: int | None) -> None:
        self.fact, self.varies = column.fact or column.name, column.varies
        self._column, self._place = column, place
        self._of_field = BINARY.get(OPEN_FIELDS.get(self.fact, ""))

    def cells(self, columns: Sequence[Sequence[str]]) -> Sequence[str]:
        """The column's cells; empty ones where the file lacks the column."""
        return [""] * len(columns[0]) if self._place is None else columns[self._place]

    def values(self, columns: Sequence[Sequence[str]], faults: Faults) -> Sequence[Any]:
        """What each cell of the column holds, None where it is empty."""
        cells = self.cells(columns)
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

    def json(self, value: Value) -> bytes:
        """The place of a value in the JSON of a record."""
        return b"" if value is None else f'"{self.fact}": {_json(value)}'.encode() + BETWEEN

    def field(self, value: Value) -> bytes:
        """The field of a person, if this is one."""
        if self._of_field is None:
            return b""
        return binary.NULL if value is None else self._of_field(value)


class _Beside(dict[tuple[str, ...], Written]):
    """Reads open columns that stand side by side, and keeps what their cells say together: most combinations of a
    city's places come thousands of times."""

    def __init__(self, columns: Sequence[_OfColumn]) -> None:
        super().__init__()
        self.columns, self._has_faults = columns, False

    def written(self, columns: Sequence[Sequence[str]], faults: Faults) -> list[Written]:
        """What each row says there."""
        written = list(map(self.__getitem__, zip(*(each.cells(columns) for each in self.columns), strict=True)))
        if self._has_faults:
            for row, each in enumerate(written):
                if each.fault is not None:
                    faults.setdefault(row, each.fault)
        return written

    def __missing__(self, cells: tuple[str, ...]) -> Written:
        if len(self) >= MOST_KEPT:
            self.clear()
        written = self[cells] = self._read(cells)
        return written

    def _read(self, cells: tuple[str, ...]) -> Written:
        try:
            values = tuple(column.value(cell) for column, cell in zip(self.columns, cells, strict=True))
        except RowWrong as wrong:
            self._has_faults = True
            return Written((None,) * len(cells), b"", b"", Fault(wrong.column, wrong.code))
        pairs = list(zip(self.columns, values, strict=True))
        json = b"".join(column.json(value) for column, value in pairs)
        return Written(values, json, b"".join(column.field(value) for column, value in pairs), None)


def _side_by_side(columns: Sequence[_OfColumn]) -> Iterator[list[_OfColumn]]:
    """The open columns in order: each that varies by itself, those between them together."""
    is_open = (each for each in columns if each.fact not in SEALED)
    for varies, beside in groupby(is_open, key=attrgetter("varies")):
        group = list(beside)
        yield from ([each] for each in group) if varies else [group]


@cache
def _json_of_none(facts: tuple[str, ...]) -> bytes:
    return b"".join(f'"{fact}": null'.encode() + BETWEEN for fact in facts)


def _json_of_secret(fact: str, values: Sequence[str | None]) -> list[bytes]:
    """What is sealed, as it would follow the other facts: digests are made of it."""
    begins = f', "{fact}": '
    return [b"" if value is None else f"{begins}{encode_basestring(value)}".encode() for value in values]
