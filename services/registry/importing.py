"""The use case: import an extract, once, whole, and in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, ActorKind, NotAllowed
from services.clock import local_day
from services.database import new_id
from services.registry.contracts import Kind
from services.registry.files import HEADING_LINE, Extract, ExtractUnusable
from services.registry.findings import Findings
from services.registry.merging import merge
from services.registry.reading import Reader, Record, Rejection
from services.registry.tables import RegistryImportRow
from services.sealing import vault_of

STEP = 50_000
# Sorting and joining a city's people in memory, not on disk; there is one import at a time.
WORK_MEMORY = "256MB"
SAID_DIFFERENTLY = "row_contradicted"

INCOMING = """
CREATE TEMPORARY TABLE registry_incoming (
    line integer, id uuid, id_number_index bytea, id_number_sealed bytea, name text, digest bytea, facts jsonb
) ON COMMIT DROP
"""
TEMPORARY = ("registry_incoming", "registry_subjects", "registry_said", "registry_merged")
COPY = "COPY registry_incoming (line, id, id_number_index, id_number_sealed, name, digest, facts) FROM STDIN"
# Rows that say different things of one ID number: which of them is right is not for us to guess.
REMOVE_CONTRADICTED = """
DELETE FROM registry_incoming WHERE id_number_index IN (
    SELECT id_number_index FROM registry_incoming GROUP BY id_number_index HAVING count(DISTINCT digest) > 1
) RETURNING line
"""
REMOVE_REPEATED = """
DELETE FROM registry_incoming USING (
    SELECT id_number_index, min(line) AS first FROM registry_incoming GROUP BY id_number_index HAVING count(*) > 1
) several
WHERE several.id_number_index = registry_incoming.id_number_index AND line > first
"""


@dataclass(frozen=True)
class Counts:
    """What became of the rows; together they are all rows of the extract. `findings` counts new ones.

    `waiting`: about people whom no household extract has named yet. `held`: under another name than the person of this
    ID number has.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    waiting: int = 0
    held: int = 0
    rejected: int = 0
    findings: int = 0


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `imported_before_at`: when the same file was imported already; then nothing was done, and the
    counts are those of that time."""

    kind: Kind
    source: str
    extract_on: date
    counts: Counts
    rejections: tuple[Rejection, ...] = ()
    imported_before_at: datetime | None = None


def import_extract(
    session: Session,
    actor: Actor,
    file: BinaryIO,
    *,
    city: str,
    now: datetime,
    tell: Callable[[int], None] = lambda rows: None,
) -> ImportReport:
    """Import an extract from a file that can be read twice. `tell` is called with the number of rows read so far.

    Rows that break the contract are rejected and reported, the others are imported. The same file again changes
    nothing. Raises ExtractUnusable and NotAllowed; only the system imports.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="import_registry")
    extract = Extract(file)
    heading = extract.heading
    if heading.extract_on > local_day(now):
        raise ExtractUnusable(line=HEADING_LINE, problem="extract_on is a day that is still to come")
    connection = session.connection()
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('registry'))"))
    connection.execute(text(f"SET LOCAL work_mem = '{WORK_MEMORY}'"))
    earlier = session.scalar(
        select(RegistryImportRow).where(RegistryImportRow.city == city, RegistryImportRow.file_digest == extract.digest)
    )
    if earlier is not None:
        return ImportReport(
            heading.kind, heading.source, heading.extract_on, Counts(**earlier.counts), (), earlier.imported_at
        )
    row = RegistryImportRow(
        id=new_id(),
        city=city,
        kind=heading.kind.value,
        source=heading.source,
        extract_on=heading.extract_on,
        file_digest=extract.digest,
        counts={},
        imported_at=now,
    )
    session.add(row)
    session.flush()
    rejections = _copy(session, _told(Reader(extract, vault_of(session)).read(), tell))
    counts, contradicted = _take_in(session, row, now)
    rejections = sorted([*rejections, *contradicted], key=lambda each: each.line)
    report = ImportReport(
        heading.kind,
        heading.source,
        heading.extract_on,
        Counts(**counts, rejected=len(rejections)),
        tuple(rejections),
    )
    row.counts = asdict(report.counts)
    audit.record(
        session, actor, "registry_imported", city=city, person_id=None, subject_id=row.id, now=now, **row.counts
    )
    session.flush()
    return report


def _told(rows: Iterable[Record | Rejection], tell: Callable[[int], None]) -> Iterator[Record | Rejection]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % STEP == 0:
            tell(number)


def _copy(session: Session, rows: Iterable[Record | Rejection]) -> list[Rejection]:
    """Copy what was taken to the temporary table; what was rejected."""
    connection = session.connection()
    connection.execute(text(f"DROP TABLE IF EXISTS {', '.join(TEMPORARY)}"))
    connection.execute(text(INCOMING))
    rejections = []
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            if isinstance(row, Rejection):
                rejections.append(row)
            else:
                copy.write_row(
                    (row.line, row.id, row.id_number_index, row.id_number_sealed, row.name, row.digest, row.facts)
                )
    connection.execute(text("ANALYZE registry_incoming (id_number_index)"))
    return rejections


def _take_in(session: Session, row: RegistryImportRow, now: datetime) -> tuple[dict[str, int], list[Rejection]]:
    """Bring the people up to date with what was copied, and note what does not fit together."""
    connection = session.connection()
    findings = Findings(session, city=row.city, import_id=row.id, now=now)
    findings.of_double_rows()
    contradicted = [
        Rejection(line, SAID_DIFFERENTLY) for line in connection.execute(text(REMOVE_CONTRADICTED)).scalars()
    ]
    repeated = connection.execute(text(REMOVE_REPEATED)).rowcount
    merged = merge(
        session,
        city=row.city,
        kind=Kind(row.kind),
        source=row.source,
        extract_on=row.extract_on,
        import_id=row.id,
        now=now,
    )
    findings.of_what_was_said()
    counts = asdict(merged) | {"findings": findings.added}
    counts["unchanged"] += repeated
    return counts, contradicted
