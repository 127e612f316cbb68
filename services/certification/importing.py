"""Taking in what other offices have seen: once per file, in one transaction, noted in the ledger of sharing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.certification.exchange import ProofFile, Seen
from services.certification.kinds import Direction
from services.certification.ledger import enter_sharing
from services.certification.matching import certify_by_data
from services.certification.tables import SharingRow
from services.clock import local_day
from services.registry import ExtractUnusable, Rejection
from services.registry.files import HEADING_LINE
from services.sealing import vault_of

INCOMING = """
CREATE TEMPORARY TABLE certification_incoming (
    line integer, index bytea, name text, kind text, seen_on date, confidence integer, person_id uuid
) ON COMMIT DROP
"""
COPY = "COPY certification_incoming (line, index, name, kind, seen_on, confidence) FROM STDIN"
WHOSE = """
UPDATE certification_incoming i SET person_id = p.id
FROM (
    SELECT id, id_number_index FROM persons WHERE city = :city
    UNION ALL
    SELECT person_id, id_number_index FROM former_id_numbers WHERE city = :city
) p WHERE p.id_number_index = i.index
"""
# Of people who are nobody's concern here nothing is kept.
NOT_OURS = "DELETE FROM certification_incoming WHERE person_id IS NULL"
NAME_DIFFERS = """
DELETE FROM certification_incoming i USING persons p WHERE p.id = i.person_id AND p.name <> i.name RETURNING line
"""
AFTER_DEATH = """
DELETE FROM certification_incoming i USING persons p WHERE p.id = i.person_id AND i.seen_on > p.died_on RETURNING line
"""
# The same sight of one day stated again, in a file before or in this one. One statement for both would compare each row
# with each other one.
KNOWN = """
DELETE FROM certification_incoming i USING certification_signals s
WHERE (s.person_id, s.kind, s.source, s.seen_on) = (i.person_id, i.kind, :source, i.seen_on)
"""
REPEATED = """
DELETE FROM certification_incoming i USING (
    SELECT person_id, kind, seen_on, min(line) AS first FROM certification_incoming
    GROUP BY person_id, kind, seen_on HAVING count(*) > 1
) several
WHERE (several.person_id, several.kind, several.seen_on) = (i.person_id, i.kind, i.seen_on) AND i.line > several.first
"""
STORE = """
INSERT INTO certification_signals (id, city, person_id, kind, source, seen_on, confidence, sharing_id)
SELECT gen_random_uuid(), :city, person_id, kind, :source, seen_on, confidence, :sharing_id
FROM certification_incoming
ON CONFLICT (person_id, kind, source, seen_on) DO NOTHING
"""


@dataclass(frozen=True)
class ProofCounts:
    """What became of the rows; together they are all rows of the file. `not_ours`: about people unknown here, of whom
    nothing was kept."""

    new: int = 0
    unchanged: int = 0
    not_ours: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class ProofImport:
    """What an import did. `certified`: how many it certified. `imported_before_at`: when the same file was imported
    already; then nothing was done, and the counts are those of that time."""

    source: str
    as_of: date
    counts: ProofCounts
    rejections: tuple[Rejection, ...] = ()
    certified: int = 0
    imported_before_at: datetime | None = None


def import_proofs(session: Session, actor: Actor, file: BinaryIO, *, city: str, now: datetime) -> ProofImport:
    """Import a file that can be read twice, and certify whom it certifies, also late.

    Rows that break the contract, state another name than ours, or a life after a death that we know of, are rejected
    and reported; the others are taken. The same file again changes nothing. Raises NotAllowed, ExtractUnusable.
    """
    require(actor, Capability.IMPORT_REGISTERS, person_id=None)
    proofs = ProofFile(file)
    if proofs.as_of > local_day(now):
        raise ExtractUnusable(line=HEADING_LINE, problem="as_of is a day that is still to come")
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('certification'))"))
    earlier = _received_before(session, city, proofs)
    if earlier is not None:
        counts = ProofCounts(**earlier.counts)
        return ProofImport(proofs.source, proofs.as_of, counts, imported_before_at=earlier.at)
    rejections = _copy(session, proofs.rows(vault_of(session)))
    counts, refused = _sort_out(session, proofs, city=city, rejected=len(rejections))
    sharing = enter_sharing(
        session,
        actor,
        Direction.RECEIVED,
        city=city,
        partner=proofs.source,
        agreement=proofs.agreement.agreement,
        as_of_on=proofs.as_of,
        file_digest=proofs.digest,
        counts=asdict(counts),
        now=now,
    )
    session.connection().execute(text(STORE), {"city": city, "source": proofs.source, "sharing_id": sharing.id})
    certified = certify_by_data(session, Actor.system(actor.channel), city=city, now=now)
    audit.record(
        session,
        actor,
        "certification_proofs_imported",
        city=city,
        person_id=None,
        subject_id=sharing.id,
        now=now,
        certified=certified,
        **asdict(counts),
    )
    session.flush()
    rejections = sorted([*rejections, *refused], key=lambda each: each.line)
    return ProofImport(proofs.source, proofs.as_of, counts, tuple(rejections), certified)


def _received_before(session: Session, city: str, proofs: ProofFile) -> SharingRow | None:
    return session.scalar(
        select(SharingRow).where(
            SharingRow.city == city,
            SharingRow.direction == Direction.RECEIVED,
            SharingRow.file_digest == proofs.digest,
        )
    )


def _copy(session: Session, rows: Iterable[Seen | Rejection]) -> list[Rejection]:
    """Copy what was taken to the temporary table; what was rejected."""
    connection = session.connection()
    connection.execute(text("DROP TABLE IF EXISTS certification_incoming"))
    connection.execute(text(INCOMING))
    rejections = []
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            if isinstance(row, Rejection):
                rejections.append(row)
            else:
                copy.write_row((row.line, row.index, row.name, row.kind.value, row.seen_on, row.confidence))
    return rejections


def _sort_out(session: Session, proofs: ProofFile, *, city: str, rejected: int) -> tuple[ProofCounts, list[Rejection]]:
    connection = session.connection()
    given = {"city": city, "source": proofs.source}
    connection.execute(text(WHOSE), given)
    connection.execute(text("ANALYZE certification_incoming"))
    not_ours = connection.execute(text(NOT_OURS)).rowcount
    refused = [Rejection(line, "name_differs", "name") for line in connection.execute(text(NAME_DIFFERS)).scalars()]
    refused += [Rejection(line, "after_death", "seen_on") for line in connection.execute(text(AFTER_DEATH)).scalars()]
    unchanged = sum(connection.execute(text(statement), given).rowcount for statement in (KNOWN, REPEATED))
    new = connection.scalar(text("SELECT count(*) FROM certification_incoming"))
    return ProofCounts(new or 0, unchanged, not_ours, rejected + len(refused)), refused
