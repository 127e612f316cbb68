"""The temporary tables of one import: rows are copied in, a handful of thousands at a time, and merged from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.registry.binary import HEADER, TRAILER, Rows
from services.registry.copying import RECORD_COLUMNS
from services.registry.reading import Rejection

INCOMING, DOUBLED = "registry_incoming", "registry_doubled"
# What merging keeps for the rows of one piece: who they are about, what all sources said of them, and what follows.
SUBJECTS = """registry_subjects (
    id_number_index bytea, name text, person_id uuid, id uuid, id_number_sealed bytea,
    is_new boolean, is_waiting boolean, is_held boolean
)"""
SAID = """registry_said (
    id_number_index bytea, kind text, source text, name text, is_hers boolean, facts jsonb, address_sealed bytea,
    address_index bytea, phone_sealed bytea, phone_index bytea, stated_on date, decided_at timestamptz,
    import_id uuid, digest bytea, is_latest boolean
)"""
MERGED = """registry_merged (
    id_number_index bytea, facts jsonb, address_sealed bytea, address_index bytea, phone_sealed bytea,
    phone_index bytea, died_on date, alive_on date, death_is_contested boolean
)"""
OF_MERGING = tuple(table.split(" ", 1)[0] for table in (SUBJECTS, SAID, MERGED))
SAID_DIFFERENTLY = "row_contradicted"

# Rows that say different things of one ID number: which of them is right is not for us to guess.
REMOVE_CONTRADICTED = f"""
DELETE FROM {DOUBLED} WHERE id_number_index IN (
    SELECT id_number_index FROM {DOUBLED} GROUP BY id_number_index HAVING count(DISTINCT digest) > 1
) RETURNING line
"""
REMOVE_REPEATED = f"""
DELETE FROM {DOUBLED} USING (
    SELECT id_number_index, min(line) AS first FROM {DOUBLED} GROUP BY id_number_index HAVING count(*) > 1
) several
WHERE several.id_number_index = {DOUBLED}.id_number_index AND line > first
"""


class Staging:
    """The temporary tables, made anew; they last until the end of the transaction."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()
        self._run(f"DROP TABLE IF EXISTS {', '.join((INCOMING, DOUBLED, *OF_MERGING))}")
        like_records = "AS SELECT {} FROM registry_records WHERE FALSE"
        columns = ", ".join(RECORD_COLUMNS)
        for table, rows in ((INCOMING, columns), (DOUBLED, f"{columns}, 0 AS line")):
            self._run(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP {like_records.format(rows)}")
        for table in (SUBJECTS, SAID, MERGED):
            self._run(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP")

    def copy(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Add rows in PostgreSQL's binary form to a table, one of ours or one that lasts. Raises DBAPIError."""
        driver: Any = self._connection.connection.driver_connection
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        try:
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                for part in (HEADER, rows.content, TRAILER):
                    copy.write(part)
        except psycopg.Error as error:
            raise DBAPIError(statement, None, error, hide_parameters=True) from None

    def settle_doubled(self) -> tuple[list[Rejection], int]:
        """Leave one row of each ID number in DOUBLED; those that contradict each other, and how many were repeated."""
        lines = self._connection.execute(text(REMOVE_CONTRADICTED)).scalars()
        contradicted = [Rejection(line, SAID_DIFFERENTLY) for line in lines]
        return contradicted, self._run(REMOVE_REPEATED)

    def take_doubled(self) -> int:
        """Move what is left in DOUBLED to INCOMING; how many rows that were."""
        return self._run(f"INSERT INTO {INCOMING} SELECT {', '.join(RECORD_COLUMNS)} FROM {DOUBLED}")

    def empty(self) -> None:
        """Make room for the next piece."""
        self._run(f"TRUNCATE {', '.join((INCOMING, *OF_MERGING))}")

    def _run(self, statement: str) -> int:
        return self._connection.execute(text(statement)).rowcount
