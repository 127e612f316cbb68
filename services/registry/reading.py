"""From the lines of an extract to sealed records: each row is checked against the contract and either read whole or
rejected with its line, column and code."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from services.database import new_id
from services.people import ADDRESS, ID_NUMBER, PHONE
from services.registry.cells import CellWrong, plain, refuse_dangerous
from services.registry.contracts import BIRTH_IN_NUMBER, Column, Facts, Kind, RowWrong
from services.registry.files import Extract, split_cells
from services.sealing import Vault

CONTENT = "registry_records.content"
# Facts that are sealed where they are stored, and what they are sealed for.
SEALED = {"phone": PHONE, "address": ADDRESS}

_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True)
class Rejection:
    """A row that was not taken: its line, the code of the reason, and the column where it is one column's fault."""

    line: int
    code: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A row that was taken, ready to be stored. `digest` is the same for rows of the same content and no others."""

    line: int
    id: UUID
    id_number_index: bytes
    id_number_sealed: bytes
    name: str
    digest: bytes
    facts: str


class Reader:
    """Reads the rows of one extract."""

    def __init__(self, extract: Extract, vault: Vault) -> None:
        self._extract, self._vault = extract, vault
        places = zip(extract.contract.columns, extract.places, strict=True)
        self._columns: list[tuple[Column, int]] = [(column, place) for column, place in places if place is not None]

    def read(self) -> Iterator[Record | Rejection]:
        """Every row of the extract, taken or rejected, in order."""
        for number, text in self._extract.rows():
            try:
                yield self._record(number, self._values(text))
            except RowWrong as wrong:
                yield Rejection(number, wrong.code, wrong.column or None)

    def _values(self, text: str) -> Facts:
        try:
            cells = split_cells(text)
        except ValueError:
            raise RowWrong("", "quotes_wrong") from None
        if len(cells) != len(self._columns):
            raise RowWrong("", "number_of_cells_wrong")
        cells, suspicious = plain(text, cells)
        values: Facts = {}
        for column, place in self._columns:
            cell = cells[place]
            if cell:
                try:
                    if suspicious:
                        refuse_dangerous(cell)
                    values[column.fact or column.name] = column.read(cell)
                except CellWrong as wrong:
                    raise RowWrong(column.name, wrong.code) from None
            elif column.required:
                raise RowWrong(column.name, "missing")
        return values

    def _record(self, number: int, values: Facts) -> Record:
        id_number, name = str(values.pop("id_number")), str(values.pop("name"))
        self._extract.contract.complete(values, self._extract.heading.extract_on)
        if self._extract.contract.kind is Kind.HOUSEHOLD:
            values["birth_fits_number"] = str(values["birth_on"]).replace("-", "") == id_number[BIRTH_IN_NUMBER]
        content = _json({"id_number": id_number, "name": name} | values)
        vault = self._vault
        return Record(
            number,
            new_id(),
            vault.index(id_number, context=ID_NUMBER),
            vault.seal(id_number, context=ID_NUMBER),
            name,
            vault.index(content, context=CONTENT),
            _json(self._sealed(values)),
        )

    def _sealed(self, values: Facts) -> Facts:
        sealed: Facts = {}
        for fact, value in values.items():
            context = SEALED.get(fact)
            if context is None:
                sealed[fact] = value
            else:
                sealed[f"{fact}_sealed"] = _base64(self._vault.seal(str(value), context=context))
                sealed[f"{fact}_index"] = _base64(self._vault.index(str(value), context=context))
        return sealed


def _base64(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode("ascii")
