"""From the lines of an extract to sealed records: each row is checked against the contract and either read whole or
rejected with its line, column and code.

A city's extract has most of its cells many times over, so what was read from a cell is kept, together with the pieces
that records are put together from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json.encoder import JSONEncoder, encode_basestring
from typing import NamedTuple

from uuid_utils import uuid7

from services.people import ADDRESS, ID_NUMBER, PHONE
from services.registry import binary
from services.registry.binary import length
from services.registry.cells import CellWrong, Value, plain
from services.registry.contracts import BIRTH_IN_NUMBER, CONTRACTS, Column, Facts, Kind, RowWrong
from services.registry.files import Form, split_cells
from services.sealing import Vault

CONTENT = "registry_records.content"
# Facts that are sealed where they are stored, and what they are sealed for.
SEALED = {"address": ADDRESS, "phone": PHONE}
MOST_KEPT = 100_000
FITS, FITS_NOT = '"birth_fits_number": true', '"birth_fits_number": false'

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
NOTHING_SEALED = NEITHER * len(SEALED)

_json = JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Rejection:
    """A row that was not taken: its line, the code of the reason, and the column where it is one column's fault."""

    line: int
    code: str
    column: str | None = None


class Record(NamedTuple):
    """A row that was taken, ready to be stored; only `id_number` never is. `digest` is the same for rows of the same
    content from the same source and no others. `sealed` and `person` are in PostgreSQL's binary form: `SEALED_FIELDS`,
    and `OPEN_FIELDS` of what makes a new person.
    """

    line: int
    id: bytes
    id_number: str
    id_number_index: bytes
    id_number_sealed: bytes
    name: str
    digest: bytes
    facts: str
    sealed: bytes
    person: bytes

    def __repr__(self) -> str:
        return f"Record(line={self.line})"

    @property
    def birth_fits_number(self) -> bool:
        """Whether the birth date of the household register is the one that the ID number holds."""
        return not self.facts.endswith(f"{FITS_NOT}}}")


class Written(NamedTuple):
    """What a cell says: the value, its place in the JSON of a record, and the field of a person in binary form."""

    value: Value
    json: str
    field: bytes


class Reader:
    """Reads the rows of one extract."""

    def __init__(self, form: Form, vault: Vault) -> None:
        heading = form.heading
        self._vault, self._extract_on = vault, heading.extract_on.isoformat()
        self._is_household = heading.kind is Kind.HOUSEHOLD
        self._who_says = f"{heading.kind}, {heading.source}"
        contract = CONTRACTS[heading.kind]
        self._complete = contract.complete
        self._cells = sum(place is not None for place in form.places)
        # A column that the file lacks is read from an empty cell behind the last one.
        places = [self._cells if place is None else place for place in form.places]
        self._id_number, self._name, *columns = (
            _OfColumn(column, place) for column, place in zip(contract.columns, places, strict=True)
        )
        self._open = [
            (each.fact, each.place, each.kept, each.read, each.nothing) for each in columns if each.fact not in SEALED
        ]
        self._sealed = [each for each in columns if each.fact in SEALED]

    def read(self, lines: Iterable[tuple[int, str]]) -> Iterator[Record | Rejection]:
        """Every row, taken or rejected, in order. `lines` are numbered and have no line end."""
        for number, text in lines:
            try:
                yield self._record(number, text)
            except RowWrong as wrong:
                yield Rejection(number, wrong.code, wrong.column or None)

    def _split(self, text: str) -> list[str]:
        try:
            cells = split_cells(text)
        except ValueError:
            raise RowWrong("", "quotes_wrong") from None
        if len(cells) != self._cells:
            raise RowWrong("", "number_of_cells_wrong")
        cells.append("")
        return cells

    def _record(self, number: int, text: str) -> Record:
        cells = self._split(text)
        id_number = str(self._id_number.value(cells[self._id_number.place]))
        name = str(self._name.value(cells[self._name.place]))
        facts: Facts = {}
        said: list[str] = []
        person: list[bytes] = []
        for fact, place, kept, read, nothing in self._open:
            cell = cells[place]
            written = kept.get(cell) or read(cell)
            if written is not nothing:
                facts[fact] = written.value
                said.append(written.json)
            person.append(written.field)
        secret = [(each.fact, each.value(cells[each.place])) for each in self._sealed]
        written_down = len(facts)
        self._complete(facts, self._extract_on)
        if len(facts) > written_down:
            said.extend(f'"{fact}": {_json(facts[fact])}' for fact in list(facts)[written_down:])
        if self._is_household:
            said.append(FITS if str(facts["birth_on"]).replace("-", "") == id_number[BIRTH_IN_NUMBER] else FITS_NOT)
        json = ", ".join(said)
        return self._sealed_record(number, id_number, name, json, secret, b"".join(person))

    def _sealed_record(
        self, number: int, id_number: str, name: str, json: str, secret: list[tuple[str, Value]], person: bytes
    ) -> Record:
        vault = self._vault
        content, sealed = f"{self._who_says}, {id_number}, {name}, {json}", b""
        for fact, value in secret:
            if isinstance(value, str):
                content += f', "{fact}": {encode_basestring(value)}'
                context = SEALED[fact]
                said_sealed = vault.seal(value, context=context)
                sealed += length(len(said_sealed)) + said_sealed + INDEX_LENGTH + vault.index(value, context=context)
            else:
                sealed += NEITHER
        return Record(
            number,
            uuid7().bytes,
            id_number,
            vault.index(id_number, context=ID_NUMBER),
            vault.seal(id_number, context=ID_NUMBER),
            name,
            vault.index(content, context=CONTENT),
            f"{{{json}}}",
            sealed or NOTHING_SEALED,
            person,
        )


def _never(cell: str) -> None:
    return None


class _OfColumn:
    """Reads one column's cells, and remembers what it read before.

    `kept` is for callers in a hurry: what `read` would return for a cell, or nothing if it must be asked. `nothing` is
    what it returns for an empty cell.
    """

    def __init__(self, column: Column, place: int) -> None:
        self.fact, self.place = column.fact or column.name, place
        self._column, self._is_plain = column, column.plain.fullmatch if column.plain else _never
        self._field = BINARY.get(OPEN_FIELDS.get(self.fact, ""))
        self.nothing = Written(None, "", binary.NULL if self._field else b"")
        self.kept: dict[str, Written] = {}

    def value(self, cell: str) -> Value:
        """What the cell holds, None if it is empty. Raises RowWrong."""
        if self._is_plain(cell):
            return cell
        try:
            cell = plain(cell)
            if cell:
                return self._column.read(cell)
        except CellWrong as wrong:
            raise RowWrong(self._column.name, wrong.code) from None
        if self._column.required:
            raise RowWrong(self._column.name, "missing")
        return None

    def read(self, cell: str) -> Written:
        """What the cell says, in all forms. Raises RowWrong."""
        value = self.value(cell)
        if len(self.kept) >= MOST_KEPT:
            self.kept.clear()
        written = self.nothing
        if value is not None:
            written = Written(value, f'"{self.fact}": {_json(value)}', self._field(value) if self._field else b"")
        self.kept[cell] = written
        return written
