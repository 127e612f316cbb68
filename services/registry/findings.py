"""Finding what does not fit together in what the sources say, for workers to decide. Nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.actor import Actor, Capability, require
from services.database import new_id
from services.registry.tables import RegistryFindingRow
from services.worker_tasks import NewTask, TaskKind, open_tasks


class FindingKind(StrEnum):
    """What does not fit together."""

    # one ID number, different names: what is said under the second name is held back
    NAME_DIFFERS = "name_differs"
    # sources state different birth dates
    BIRTH_ON_DIFFERS = "birth_on_differs"
    # the household register states another birth date than the ID number holds
    BIRTH_ON_DIFFERS_FROM_ID_NUMBER = "birth_on_differs_from_id_number"
    # reported dead, but later registered as living or assessed: she counts as living until it is decided
    DEAD_AND_ALIVE = "dead_and_alive"
    DEATH_DATES_DIFFER = "death_dates_differ"
    DEATH_BEFORE_BIRTH = "death_before_birth"
    # the bank has the card under another name
    CARD_HOLDER_DIFFERS = "card_holder_differs"
    # rows of one extract, or of two extracts of one day, say different things of one person
    SOURCE_CONTRADICTS_ITSELF = "source_contradicts_itself"
    # somebody new has the name, sex and birth date of somebody known whom this extract names no more
    KNOWN_UNDER_OTHER_NUMBER = "known_under_other_number"


@dataclass(frozen=True)
class Finding:
    """An open finding. `facts` holds lines, sources and dates; `person_id` is None where nobody is known by the ID
    number."""

    id: UUID
    kind: FindingKind
    person_id: UUID | None
    facts: dict[str, Any]
    found_at: datetime


# Each statement gives: id_number_index, what the conflict consists of (for its fingerprint), facts.
# A source counts with what it said last, and only under her name unless names are the matter.
# What a worker had before her when she decided is no question any more: where a decision states a fact, whatever was
# stated of that fact up to its day, whichever question it answered; otherwise what she saw of a question of this kind.
# The last day alone is asked for, once for all: asked for each statement, a piece of an extract would take the square
# of its size.
SEEN_BY_FACT = """
    SELECT id_number_index, max(stated_on) AS seen_on FROM registry_said
    WHERE decided_at IS NOT NULL AND facts ? '{fact}' GROUP BY id_number_index
"""
SEEN_BY_KIND = """
    SELECT id_number_index, max(settled_on) AS seen_on FROM registry_findings
    WHERE kind = '{kind}' AND status = 'settled' AND has_changed GROUP BY id_number_index
"""
# The fact that a question is about, where it is about one.
FACTS = {
    FindingKind.BIRTH_ON_DIFFERS: "birth_on",
    FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER: "birth_on",
    FindingKind.DEAD_AND_ALIVE: "died_on",
    FindingKind.DEATH_DATES_DIFFER: "died_on",
    FindingKind.DEATH_BEFORE_BIRTH: "died_on",
    FindingKind.CARD_HOLDER_DIFFERS: "card_holder_matches",
}
OPEN_QUESTIONS = {
    FindingKind.NAME_DIFFERS: """
        SELECT id_number_index, string_agg(DISTINCT name, '/' ORDER BY name),
            jsonb_build_object('sources', jsonb_agg(DISTINCT jsonb_build_array(kind, source, stated_on)))
        FROM {said} said WHERE is_latest AND NOT is_hers GROUP BY id_number_index
    """,
    FindingKind.BIRTH_ON_DIFFERS: """
        SELECT id_number_index, string_agg(DISTINCT born, '/' ORDER BY born) || '/' || birth_on::text,
            jsonb_build_object('birth_on', birth_on,
                'others', jsonb_agg(DISTINCT jsonb_build_array(kind, source, stated_on, born)))
        FROM (
            SELECT s.*, p.birth_on, coalesce(facts ->> 'birth_on', facts ->> 'stated_birth_on') AS born
            FROM {said} s JOIN persons p USING (id_number_index) WHERE is_latest AND is_hers
        ) said
        WHERE born::date <> birth_on
        GROUP BY id_number_index, birth_on
    """,
    FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER: """
        SELECT id_number_index, facts ->> 'birth_on', jsonb_build_object('source', source, 'stated_on', stated_on)
        FROM {said} said
        WHERE is_latest AND is_hers AND decided_at IS NULL AND facts @> '{{"birth_fits_number": false}}'
    """,
    FindingKind.DEAD_AND_ALIVE: """
        SELECT id_number_index, died_on::text, jsonb_build_object('died_on', died_on, 'alive_on', alive_on)
        FROM registry_merged WHERE died_on < alive_on
    """,
    FindingKind.DEATH_DATES_DIFFER: """
        SELECT id_number_index, string_agg(DISTINCT facts ->> 'died_on', '/' ORDER BY facts ->> 'died_on'),
            jsonb_build_object('said', jsonb_agg(jsonb_build_array(kind, source, stated_on, facts ->> 'died_on')))
        FROM {said} said WHERE is_latest AND is_hers AND facts ->> 'died_on' IS NOT NULL
        GROUP BY id_number_index HAVING count(DISTINCT facts ->> 'died_on') > 1
    """,
    FindingKind.DEATH_BEFORE_BIRTH: """
        SELECT id_number_index, m.died_on::text, jsonb_build_object('died_on', m.died_on, 'birth_on', p.birth_on)
        FROM registry_merged m JOIN persons p USING (id_number_index) WHERE m.died_on < p.birth_on
    """,
    FindingKind.CARD_HOLDER_DIFFERS: """
        SELECT id_number_index, source || coalesce(facts ->> 'card_last_four', ''),
            jsonb_build_object('source', source, 'stated_on', stated_on)
        FROM {said} said
        WHERE is_latest AND is_hers AND decided_at IS NULL AND facts @> '{{"card_holder_matches": false}}'
    """,
    # Sealed values differ each time; their indexes are compared.
    FindingKind.SOURCE_CONTRADICTS_ITSELF: """
        WITH doubles AS (
            SELECT id_number_index, kind, source, stated_on
            FROM {said} said WHERE decided_at IS NULL
            GROUP BY id_number_index, kind, source, stated_on HAVING count(*) > 1
        )
        SELECT id_number_index, kind || source || stated_on::text,
            jsonb_build_object('source', source, 'kind', kind, 'stated_on', stated_on,
                'facts', array_agg(DISTINCT said.key))
        FROM doubles
            JOIN {said} a USING (id_number_index, kind, source, stated_on)
            JOIN {said} b USING (id_number_index, kind, source, stated_on),
            LATERAL (
                SELECT one.key FROM jsonb_each(a.facts) one JOIN jsonb_each(b.facts) other USING (key)
                WHERE one.value <> other.value
                UNION ALL SELECT 'address' WHERE a.address_index <> b.address_index
                UNION ALL SELECT 'phone' WHERE a.phone_index <> b.phone_index
            ) said
        WHERE a.digest < b.digest AND (a.is_latest OR b.is_latest)
        GROUP BY id_number_index, kind, source, stated_on
    """,
}

DOUBLE_ROWS = """
SELECT id_number_index, string_agg(encode(digest, 'hex'), '/' ORDER BY digest),
    jsonb_build_object('lines', jsonb_agg(line ORDER BY line), 'names_differ', count(DISTINCT name) > 1)
FROM registry_doubled GROUP BY id_number_index HAVING count(DISTINCT digest) > 1
"""


OF_NEW_PEOPLE = """
SELECT id_number_index, facts ->> 'birth_on', jsonb_build_object('source', source, 'stated_on', stated_on)
FROM registry_records WHERE id_number_index = ANY(CAST(:indexes AS bytea[])) AND import_id = :import_id
"""


# Ids sort by time: whoever is new here came after the import began. Nobody counted the new people yet: PostgreSQL would
# take them for few and look through everybody for each of them.
ANYBODY_BEFORE = "SELECT EXISTS (SELECT FROM persons WHERE id < :import_id)"
BY_HASH = "SET LOCAL enable_nestloop = off"
AS_BEFORE = "SET LOCAL enable_nestloop = on"
ALIKE = """
WITH new AS MATERIALIZED (
    SELECT id_number_index, name, sex, birth_on FROM persons
    WHERE id > :import_id AND city = :city AND died_on IS NULL
)
SELECT new.id_number_index, known.id
FROM new JOIN persons known USING (name, sex, birth_on)
WHERE known.id < :import_id AND known.city = :city AND known.died_on IS NULL
"""
KNOWN_UNDER_OTHER_NUMBER = """
SELECT alike.new_index, alike.known_id::text,
    jsonb_build_object('other', alike.known_id, 'source', i.source, 'stated_on', i.extract_on)
FROM unnest(CAST(:indexes AS bytea[]), CAST(:known_ids AS uuid[])) AS alike (new_index, known_id)
    JOIN persons known ON known.id = alike.known_id
    JOIN registry_imports i ON i.id = :import_id
WHERE NOT EXISTS (
    SELECT FROM registry_records r
    WHERE r.id_number_index = known.id_number_index AND r.city = i.city AND r.kind = i.kind AND r.import_id = i.id
)
"""


class Findings:
    """Adds findings of one import; counts those that were not known before."""

    def __init__(self, session: Session, *, city: str, import_id: UUID, now: datetime) -> None:
        self._session, self._city, self._import_id, self._now = session, city, import_id, now
        self.added = 0

    def of_double_rows(self) -> None:
        """Where two rows of the extract say different things of one ID number."""
        self._add(FindingKind.SOURCE_CONTRADICTS_ITSELF, DOUBLE_ROWS)

    def of_new_people(self, indexes: list[bytes]) -> None:
        """Those of whom nothing was known before and whose birth date is not the one of their ID number. Nothing else
        can be wrong with somebody new."""
        if indexes:
            self._add(FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER, OF_NEW_PEOPLE, indexes)

    def of_changed_numbers(self) -> None:
        """Those who are new, and may be somebody known whose ID number has changed. Two whom the same extract names are
        two people."""
        connection = self._session.connection()
        if not connection.scalar(text(ANYBODY_BEFORE), {"import_id": self._import_id}):
            return
        connection.execute(text(BY_HASH))
        alike = connection.execute(text(ALIKE), {"import_id": self._import_id, "city": self._city}).all()
        connection.execute(text(AS_BEFORE))
        if alike:
            indexes, known_ids = [row[0] for row in alike], [row[1] for row in alike]
            self._add(FindingKind.KNOWN_UNDER_OTHER_NUMBER, KNOWN_UNDER_OTHER_NUMBER, indexes, known_ids=known_ids)

    def of_known_people(self) -> None:
        """Everything that does not fit together about the people in the rows that were just merged."""
        for kind, statement in OPEN_QUESTIONS.items():
            self._add(kind, statement.format(said=_unseen(kind)))

    def _add(self, kind: FindingKind, statement: str, indexes: list[bytes] | None = None, **of: object) -> None:
        of_import = {"indexes": indexes, "import_id": self._import_id} | of
        found = self._session.connection().execute(text(statement), of_import).all()
        if not found:
            return
        people = self._people([row[0] for row in found])
        rows = [
            {
                "id": new_id(),
                "city": self._city,
                "kind": kind.value,
                "id_number_index": index,
                "person_id": people.get(index),
                "fingerprint": sha256(str(conflict).encode()).hexdigest(),
                "facts": facts,
                "status": "open",
                "found_at": self._now,
                "import_id": self._import_id,
            }
            for index, conflict, facts in found
        ]
        adding = insert(RegistryFindingRow)
        or_opening = adding.on_conflict_do_update(
            index_elements=["id_number_index", "kind", "fingerprint", "city"],
            set_={"status": "open", "found_at": adding.excluded.found_at, "facts": adding.excluded.facts},
            where=(RegistryFindingRow.status == "settled") & RegistryFindingRow.has_changed,
        ).returning(RegistryFindingRow.id, RegistryFindingRow.person_id, RegistryFindingRow.facts)
        added = self._session.execute(or_opening, rows).all()
        tasks = [
            NewTask(person_id, finding_id, {"finding": kind.value} | _other_record(facts))
            for finding_id, person_id, facts in added
        ]
        open_tasks(self._session, kind=TaskKind.DOUBTFUL_MATCH, city=self._city, tasks=tasks, now=self._now)
        self.added += len(added)

    def _people(self, indexes: list[bytes]) -> dict[bytes, UUID]:
        asked = text("SELECT id_number_index, id FROM persons WHERE id_number_index = ANY(:indexes)")
        return {
            bytes(index): person_id
            for index, person_id in self._session.connection().execute(asked, {"indexes": indexes})
        }


def _other_record(facts: dict[str, Any]) -> dict[str, str]:
    return {"other": facts["other"]} if "other" in facts else {}


def _unseen(kind: FindingKind) -> str:
    """What was said and may be a question of this kind: decisions, and what no worker has seen."""
    seen = SEEN_BY_FACT.format(fact=FACTS[kind]) if kind in FACTS else SEEN_BY_KIND.format(kind=kind)
    return f"""(
        SELECT one.* FROM registry_said one LEFT JOIN ({seen}) seen USING (id_number_index)
        WHERE decided_at IS NOT NULL OR seen_on IS NULL OR seen_on < stated_on
    )"""


def list_open_findings(session: Session, actor: Actor, *, city: str) -> tuple[Finding, ...]:
    """What waits for a worker's decision, oldest first, for operators and the system. Raises NotAllowed."""
    require(actor, Capability.IMPORT_REGISTERS, person_id=None)
    rows = session.scalars(
        select(RegistryFindingRow)
        .where(RegistryFindingRow.city == city, RegistryFindingRow.status == "open")
        .order_by(RegistryFindingRow.id)
    )
    return tuple(Finding(row.id, FindingKind(row.kind), row.person_id, row.facts, row.found_at) for row in rows)


def is_in_doubt(session: Session, person_id: UUID) -> bool:
    """Whether an open finding concerns this person; for services that decide about her."""
    asked = select(RegistryFindingRow.id).where(
        RegistryFindingRow.person_id == person_id, RegistryFindingRow.status == "open"
    )
    return session.scalar(asked.limit(1)) is not None


def people_in_doubt(session: Session, *, city: str) -> frozenset[UUID]:
    """Everybody whom an open finding concerns, for services that decide about a whole city at once."""
    asked = select(RegistryFindingRow.person_id).where(
        RegistryFindingRow.city == city, RegistryFindingRow.status == "open", RegistryFindingRow.person_id.is_not(None)
    )
    return frozenset(person_id for person_id in session.scalars(asked) if person_id is not None)
