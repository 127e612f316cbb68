"""Records and new people as rows in PostgreSQL's binary form, ready to be copied into the tables where they stay.

What is the same in all rows of an import is put together once.
"""

from __future__ import annotations

from datetime import datetime
from struct import Struct
from uuid import UUID

from services.registry.binary import JSONB_VERSION, length, of_bytes, of_day, of_moment, of_text, of_truth
from services.registry.files import Heading
from services.registry.reading import OPEN_FIELDS, SEALED_FIELDS, Record

RECORD_COLUMNS = (
    "id", "id_number_index", "digest", "city", "kind", "source", "stated_on", "import_id", "id_number_sealed", "name",
    "facts", *SEALED_FIELDS,
)  # fmt: skip
PERSON_COLUMNS = (
    "id", "id_number_index", "city", "locale", "is_demonstration", "created_at", "id_number_sealed", "name",
    *SEALED_FIELDS, *OPEN_FIELDS,
)  # fmt: skip
LOCALE = "zh_Hans"

# How many fields there are, and those of a fixed length with which a row begins.
_record_begins = Struct(">hi16si32si32s").pack
_person_begins = Struct(">hi16si32s").pack
_line = Struct(">ii").pack


class Copying:
    """Writes the rows of one import. It can be sent to other processes."""

    def __init__(self, heading: Heading, *, city: str, import_id: UUID, now: datetime) -> None:
        self._of_records = b"".join(
            (
                of_text(city),
                of_text(heading.kind.value),
                of_text(heading.source),
                of_day(heading.extract_on.isoformat()),
                of_bytes(import_id.bytes),
            )
        )
        self._of_people = b"".join((of_text(city), of_text(LOCALE), of_truth(False), of_moment(now)))

    def record(self, record: Record) -> bytes:
        """A row of `RECORD_COLUMNS`."""
        return _record_begins(len(RECORD_COLUMNS), *self._index(record), 32, record.digest) + self._rest(record)

    def numbered(self, record: Record) -> bytes:
        """The same with one column more at its end: the line."""
        begins = _record_begins(len(RECORD_COLUMNS) + 1, *self._index(record), 32, record.digest)
        return begins + self._rest(record) + _line(4, record.line)

    def person(self, record: Record) -> bytes:
        """A row of `PERSON_COLUMNS`: who was not known before the household register named her."""
        name = record.name.encode()
        return b"".join(
            (
                _person_begins(len(PERSON_COLUMNS), *self._index(record)),
                self._of_people,
                length(len(record.id_number_sealed)),
                record.id_number_sealed,
                length(len(name)),
                name,
                record.sealed,
                record.person,
            )
        )

    @staticmethod
    def _index(record: Record) -> tuple[int, bytes, int, bytes]:
        return 16, record.id, 32, record.id_number_index

    def _rest(self, record: Record) -> bytes:
        name, facts = record.name.encode(), record.facts.encode()
        return b"".join(
            (
                self._of_records,
                length(len(record.id_number_sealed)),
                record.id_number_sealed,
                length(len(name)),
                name,
                length(len(JSONB_VERSION) + len(facts)),
                JSONB_VERSION,
                facts,
                record.sealed,
            )
        )
