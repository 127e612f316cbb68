"""Records and new people as rows in PostgreSQL's binary form, ready to be copied into the tables where they stay.

What is the same in all rows of an import is put together once.
"""

from __future__ import annotations

from datetime import datetime
from struct import Struct
from uuid import UUID

from services.registry.binary import JSONB_VERSION, framed, length, of_day, of_moment, of_text, of_truth
from services.registry.files import Heading
from services.registry.reading import OPEN_FIELDS, SEALED_FIELDS, Records

RECORD_COLUMNS = (
    "id", "id_number_index", "digest", "city", "kind", "source", "stated_on", "import_id", "id_number_sealed", "name",
    "facts", *SEALED_FIELDS,
)  # fmt: skip
PERSON_COLUMNS = (
    "id", "id_number_index", "city", "locale", "is_demonstration", "created_at", "id_number_sealed", "name",
    *SEALED_FIELDS, *OPEN_FIELDS,
)  # fmt: skip
LOCALE = "zh_Hans"

FIELD_COUNT = Struct(">h").pack
ID_LENGTH, DIGEST_LENGTH = length(16), length(32)
LINE = Struct(">ii").pack


class Copying:
    """Writes the rows of one import. It can be sent to other processes."""

    def __init__(self, heading: Heading, *, city: str, import_id: UUID, now: datetime) -> None:
        self._of_records = b"".join(
            (
                of_text(city),
                of_text(heading.kind.value),
                of_text(heading.source),
                of_day(heading.extract_on.isoformat()),
                framed(import_id.bytes),
            )
        )
        self._of_people = b"".join((of_text(city), of_text(LOCALE), of_truth(False), of_moment(now)))

    def records(self, records: Records) -> list[bytes]:
        """Rows of `RECORD_COLUMNS`."""
        return self._records(records, FIELD_COUNT(len(RECORD_COLUMNS)))

    def numbered(self, records: Records) -> list[bytes]:
        """The same with one column more at the end: the line."""
        rows = self._records(records, FIELD_COUNT(len(RECORD_COLUMNS) + 1))
        return [row + LINE(4, line) for row, line in zip(rows, records.lines, strict=True)]

    def people(self, records: Records) -> list[bytes]:
        """Rows of `PERSON_COLUMNS`: who was not known before the household register named them."""
        begins, of_people = FIELD_COUNT(len(PERSON_COLUMNS)) + ID_LENGTH, self._of_people
        return [
            b"".join((begins, id_, DIGEST_LENGTH, index, of_people, who, sealed, person))
            for id_, index, who, sealed, person in zip(
                records.ids, records.id_number_indexes, _who(records), records.sealed, records.people, strict=True
            )
        ]

    def _records(self, records: Records, count: bytes) -> list[bytes]:
        begins, of_records = count + ID_LENGTH, self._of_records
        return [
            b"".join(
                (
                    begins, id_, DIGEST_LENGTH, index, DIGEST_LENGTH, digest, of_records, who,
                    length(len(JSONB_VERSION) + len(json)), JSONB_VERSION, json, sealed,
                )
            )
            for id_, index, digest, who, json, sealed in zip(
                records.ids, records.id_number_indexes, records.digests, _who(records), records.facts, records.sealed,
                strict=True,
            )
        ]  # fmt: skip


def _who(records: Records) -> list[bytes]:
    """The fields of the sealed ID number and of the name, which stand side by side in both tables."""
    return [
        framed(number) + framed(name) for number, name in zip(records.id_numbers_sealed, records.names, strict=True)
    ]
