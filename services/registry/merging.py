"""Bringing people up to date with a piece of an extract, inside PostgreSQL and for everybody in it at once.

Extracts may arrive in any order; `statements` says how what all sources said becomes what is known.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.registry import statements
from services.registry.binary import Rows
from services.registry.contracts import Kind
from services.registry.copying import PERSON_COLUMNS, RECORD_COLUMNS
from services.registry.staging import Staging

# How bytes begin in the text of an array, where a backslash is written twice.
ESCAPED_HEX = r"\\x"


@dataclass(frozen=True)
class Merged:
    """How many rows did what: brought a new person, changed one, wait for one, are held back, or changed nothing.

    Of the changed: `replaced` are those of whom something that was known became something else, `died` those who count
    as dead from now on.
    """

    new: int = 0
    changed: int = 0
    waiting: int = 0
    held: int = 0
    unchanged: int = 0
    replaced: int = 0
    died: int = 0

    def __add__(self, other: Merged) -> Merged:
        return Merged(*(mine + hers for mine, hers in zip(astuple(self), astuple(other), strict=True)))


class Merging:
    """Merges the rows of one import, piece by piece."""

    def __init__(self, session: Session, staging: Staging, *, city: str, kind: Kind, now: datetime) -> None:
        self._connection, self._staging = session.connection(), staging
        self._is_household = kind is Kind.HOUSEHOLD
        self._of_import = {"city": city, "kind": kind.value, "now": now}
        # A city's first extract: whoever stands in it twice is kept apart, so nobody is known from an earlier piece.
        self._nobody_is_known = self._connection.execute(text(statements.NOTHING_KNOWN)).scalar_one()

    def known(self, indexes: list[bytes]) -> set[bytes]:
        """Which of these people, or what was said of them, was known before this import."""
        if self._nobody_is_known:
            return set()
        # Reading all of a large table is never right here, whatever PostgreSQL believes of a table that grows.
        self._run("SET LOCAL enable_seqscan = off")
        # psycopg would take longer to write the array than PostgreSQL to look everybody up.
        array = f"{{{','.join([f'{ESCAPED_HEX}{index.hex()}' for index in indexes])}}}"
        found = self._connection.execute(text(statements.KNOWN), {"indexes": array}).scalars().all()
        self._run("SET LOCAL enable_seqscan = on")
        return {bytes(index) for index in found}

    def add(self, records: Rows, people: Rows) -> None:
        """Store what is said of people of whom nothing was known, and add those people."""
        self._staging.copy("registry_records", RECORD_COLUMNS, records)
        if self._is_household:
            self._staging.copy("persons", PERSON_COLUMNS, people)

    def merge(self) -> Merged:
        """Store the rows in the temporary table `registry_incoming`, and bring the people in them up to date."""
        self._run("ANALYZE registry_incoming (id_number_index, digest)")
        twice = self._connection.execute(text(statements.UNDER_FORMER_NUMBERS)).scalar_one()
        repeated, all_rows = self._connection.execute(text(statements.RESTATE), self._of_import).one()
        if repeated == all_rows:
            return Merged(unchanged=repeated + twice)
        self._run(statements.STORE)
        self._run(statements.SUBJECTS)
        new, (changed, replaced, died) = self._bring_up_to_date()
        waiting, held, rows = self._connection.execute(text(statements.COUNT)).one()
        unchanged = rows - new - changed - waiting - held + repeated + twice
        return Merged(new, changed, waiting, held, unchanged, replaced, died)

    def merge_person(self, person_id: UUID) -> None:
        """Bring one person up to date with what is stored of her."""
        self._connection.execute(text(statements.SUBJECT), {"person_id": person_id})
        self._bring_up_to_date()

    def _bring_up_to_date(self) -> tuple[int, tuple[int, int, int]]:
        # Only what is joined by: statistics of the JSON columns take longer than they save.
        self._run("ANALYZE registry_subjects (id_number_index)")
        for table, statement in (("said", statements.SAID), ("merged", statements.MERGED)):
            self._run(statement)
            self._run(f"ANALYZE registry_{table} (id_number_index)")
        new = self._run(statements.ADD)
        changed, replaced, died = self._connection.execute(text(statements.CHANGE), self._of_import).one()
        return new, (changed, replaced, died)

    def learn_sizes(self) -> None:
        """Let PostgreSQL know how many different people the records are about: it would guess that they are few, and
        read all records for each piece."""
        self._run("ANALYZE registry_records (id_number_index)")

    def _run(self, statement: str) -> int:
        return self._connection.execute(text(statement), self._of_import).rowcount
