"""The use case: import an extract, once, whole, and in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import BinaryIO

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.clock import local_day
from services.database import new_id
from services.registry.contracts import Kind
from services.registry.copying import RECORD_COLUMNS, Copying
from services.registry.crew import LARGE_BYTES, Batch, read_extract
from services.registry.files import HEADING_LINE, Extract, ExtractUnusable, Heading
from services.registry.findings import Findings
from services.registry.merging import Merged, Merging
from services.registry.plausibility import Limits, hold_if_implausible
from services.registry.reading import Rejection
from services.registry.staging import DOUBLED, INCOMING, Staging
from services.registry.tables import RegistryImportRow
from services.sealing import vault_of
from services.worker_tasks.following import follow_people

STEP = 50_000
# For an import alone; there is only one at a time.
SETTINGS = {
    "work_mem": "128MB",
    # The pages of an index are read in its order here, and mostly from memory.
    "random_page_cost": "1.1",
    # Translating statements that run for a fraction of a second costs more than it saves.
    "jit": "off",
}

LIVING = text("SELECT count(*) FROM persons WHERE city = :city AND died_on IS NULL")


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


COUNTED = {each.name for each in fields(Counts)}


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
    confirmed: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - it cannot be changed
) -> ImportReport:
    """Import an extract from a file that can be read twice. `tell` is called with the number of rows read so far.

    Rows that break the contract are rejected and reported, the others are imported. The same file again changes
    nothing. Only operators and the system import.

    Where so much would be rejected or changed that the extract is hardly what it says, nothing is done, unless somebody
    has looked and `confirmed` it. Raises ExtractUnusable, ImportHeld and NotAllowed.
    """
    require(actor, Capability.IMPORT_REGISTERS, person_id=None)
    extract = Extract(file)
    heading = extract.heading
    if heading.extract_on > local_day(now):
        raise ExtractUnusable(line=HEADING_LINE, problem="extract_on is a day that is still to come")
    connection = session.connection()
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('registry'))"))
    for setting, value in SETTINGS.items():
        connection.execute(text(f"SET LOCAL {setting} = '{value}'"))
    earlier = session.scalar(
        select(RegistryImportRow).where(RegistryImportRow.city == city, RegistryImportRow.file_digest == extract.digest)
    )
    if earlier is not None:
        return ImportReport(
            heading.kind, heading.source, heading.extract_on, Counts(**earlier.counts), (), earlier.imported_at
        )
    # What is held leaves nothing behind, whatever the caller does then.
    with session.begin_nested():
        report, row = _import(session, extract, city=city, now=now, tell=tell, limits=None if confirmed else limits)
    # Who lives in another community now is seen by its workers.
    follow_people(session)
    audit.record(
        session,
        actor,
        "registry_imported",
        city=city,
        person_id=None,
        subject_id=row.id,
        now=now,
        confirmed=confirmed,
        **row.counts,
    )
    session.flush()
    return report


def _import(
    session: Session,
    extract: Extract,
    *,
    city: str,
    now: datetime,
    tell: Callable[[int], None],
    limits: Limits | None,
) -> tuple[ImportReport, RegistryImportRow]:
    heading = extract.heading
    living = session.scalar(LIVING, {"city": city}) or 0
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
    importing = _Import(session, row, now, tell)
    counts, rejections = importing.take_in(extract)
    row.counts = asdict(counts)
    if limits is not None:
        rows = sum(row.counts.values()) - counts.findings
        merged, unfit = importing.merged, counts.rejected + counts.held
        hold_if_implausible(
            rows=rows, living=living, unfit=unfit, replaced=merged.replaced, died=merged.died, limits=limits
        )
    return ImportReport(heading.kind, heading.source, heading.extract_on, counts, rejections), row


class _Import:
    """One import: reads pieces, and merges while further ones are being read."""

    def __init__(self, session: Session, row: RegistryImportRow, now: datetime, tell: Callable[[int], None]) -> None:
        self._vault, self._tell = vault_of(session), tell
        heading = Heading(Kind(row.kind), row.source, row.extract_on)
        self._copying = Copying(heading, city=row.city, import_id=row.id, now=now)
        self._staging = Staging(session)
        self._merging = Merging(session, self._staging, city=row.city, kind=heading.kind, now=now)
        self._findings = Findings(session, city=row.city, import_id=row.id, now=now)
        self._brings_people = heading.kind is Kind.HOUSEHOLD
        self.merged = Merged()
        self._pieces, self._is_large = 0, False

    def take_in(self, extract: Extract) -> tuple[Counts, tuple[Rejection, ...]]:
        """Bring the people up to date with the extract, and note what does not fit together."""
        rejections: list[Rejection] = []
        self._is_large = extract.bytes >= LARGE_BYTES
        rows = 0
        for batch in read_extract(extract, self._vault, self._copying):
            rejections += batch.rejections
            if batch.doubled:
                self._staging.copy(DOUBLED, (*RECORD_COLUMNS, "line"), batch.doubled)
            self._take_piece(batch)
            rows += batch.rows
            if rows // STEP > (rows - batch.rows) // STEP:
                self._tell(rows)
        self._findings.of_double_rows()
        contradicted, repeated = self._staging.settle_doubled()
        if self._staging.take_doubled():
            self._merge()
        if self._brings_people and self.merged.new:
            self._findings.of_changed_numbers()
        rejections = sorted([*rejections, *contradicted], key=lambda each: each.line)
        self.merged += Merged(unchanged=repeated)
        counts = {name: count for name, count in asdict(self.merged).items() if name in COUNTED}
        return Counts(**counts, rejected=len(rejections), findings=self._findings.added), tuple(rejections)

    def _take_piece(self, batch: Batch) -> None:
        if self._is_large and self._pieces <= 1:
            # Before the first piece of what is there, and after it of what it brought.
            self._merging.learn_sizes()
        self._pieces += 1
        known = self._merging.known(batch.indexes)
        is_first = [index not in known for index in batch.indexes]
        if first := sum(is_first):
            self._merging.add(batch.records.chosen(is_first), batch.people.chosen(is_first))
            self.merged += Merged(new=first) if self._brings_people else Merged(waiting=first)
            self._findings.of_new_people([index for index in batch.unfit if index not in known])
        if known:
            self._staging.copy(INCOMING, RECORD_COLUMNS, batch.records.chosen([not first for first in is_first]))
            self._merge()

    def _merge(self) -> None:
        self.merged += self._merging.merge()
        self._findings.of_known_people()
        self._staging.empty()
