"""From what all sources said to what is known of a person, for everybody in an extract at once, inside PostgreSQL.

A person's data are a function of the records about her and of nothing else: laid over each other in the order of the
days on which they were last stated, the latest on top. So extracts may arrive in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.registry.contracts import Kind

# Facts as they stand in a record, and how each becomes the column of the same name in `persons`.
DATE, TRUTH, WORD, LEVEL, SEALED = "date", "boolean", "text", "integer", "sealed"
COLUMNS = {
    "sex": WORD,
    "birth_on": DATE,
    "phone_sealed": SEALED,
    "phone_index": SEALED,
    "address_sealed": SEALED,
    "address_index": SEALED,
    "hukou": WORD,
    "hukou_district": WORD,
    "hukou_changed_on": DATE,
    "resident": TRUTH,
    "district": WORD,
    "street": WORD,
    "community": WORD,
    "income_class": WORD,
    "three_withouts": TRUTH,
    "special_care": TRUTH,
    "bereaved_single_child_family": TRUTH,
    "lives_alone": TRUTH,
    "ability_level": LEVEL,
    "can_look_after_self": TRUTH,
    "ability_assessed_on": DATE,
    "has_card": TRUTH,
    "card_last_four": WORD,
    "card_holder_matches": TRUTH,
}


def _fact(column: str, kind: str) -> str:
    said = f"(m.facts ->> '{column}')"
    return f"decode({said}, 'base64')" if kind == SEALED else f"{said}::{kind}"


# A death counts once it is reported, unless she was seen alive later or was born later: then a worker decides, and
# until then nobody is treated as dead.
DIED_ON = "CASE WHEN m.death_is_contested THEN NULL ELSE m.died_on END"
NEW = {column: _fact(column, kind) for column, kind in COLUMNS.items()} | {"died_on": DIED_ON}
CHANGED = {column: f"CASE WHEN m.facts ? '{column}' THEN {value} ELSE p.{column} END" for column, value in NEW.items()}
# Sealed anew each time, so that equal values differ; their indexes stand beside them.
COMPARED = tuple(column for column in CHANGED if not column.endswith("_sealed"))

STORE = """
INSERT INTO registry_records
    (id, city, kind, source, id_number_index, id_number_sealed, name, digest, facts, stated_on, import_id)
SELECT id, :city, :kind, :source, id_number_index, id_number_sealed, name, digest, facts, :extract_on, :import_id
FROM registry_incoming
ON CONFLICT (id_number_index, kind, source, digest, city)
DO UPDATE SET stated_on = excluded.stated_on, import_id = excluded.import_id
WHERE registry_records.stated_on < excluded.stated_on
"""

# Who the extract is about. Only the household register brings new people; of two names for one ID number the one that
# was there first stays, and what is said under the other one is held back.
SUBJECTS = """
CREATE TEMPORARY TABLE registry_subjects ON COMMIT DROP AS
SELECT i.id, i.id_number_index, i.id_number_sealed, p.id AS person_id, coalesce(p.name, i.name) AS name,
    p.id IS NULL AND :kind = 'household' AS is_new, p.id IS NULL AND :kind <> 'household' AS is_waiting,
    coalesce(i.name <> p.name, FALSE) AS is_held
FROM registry_incoming i LEFT JOIN persons p ON p.id_number_index = i.id_number_index AND p.city = :city
"""

SAID = """
CREATE TEMPORARY TABLE registry_said ON COMMIT DROP AS
SELECT s.id_number_index, r.kind, r.source, r.name, r.name = s.name AS is_hers, r.facts, r.stated_on, r.import_id,
    r.digest, row_number() OVER (
        PARTITION BY s.id_number_index, r.kind, r.source, r.name = s.name ORDER BY r.stated_on DESC, r.import_id
    ) = 1 AS is_latest
FROM registry_subjects s JOIN registry_records r ON r.id_number_index = s.id_number_index AND r.city = :city
WHERE NOT s.is_waiting
"""

# Of two extracts of one day neither is the later one: the one imported first stays on top, and there is a finding.
MERGED = """
CREATE TEMPORARY TABLE registry_merged ON COMMIT DROP AS
WITH known AS (
    SELECT id_number_index, registry_laid_over(facts ORDER BY stated_on, import_id DESC) AS facts,
        -- What a source no longer says of a death was a mistake of its own.
        (array_agg((facts ->> 'died_on')::date ORDER BY stated_on DESC, import_id)
            FILTER (WHERE is_latest AND facts ? 'died_on'))[1] AS died_on,
        greatest(
            max(stated_on) FILTER (WHERE is_latest AND facts @> '{"alive": true}'),
            max((facts ->> 'ability_assessed_on')::date) FILTER (WHERE is_latest)
        ) AS alive_on
    FROM registry_said WHERE is_hers GROUP BY id_number_index
)
SELECT k.id_number_index, k.facts, k.died_on, k.alive_on,
    coalesce(k.died_on < k.alive_on OR k.died_on < coalesce((k.facts ->> 'birth_on')::date, p.birth_on), FALSE)
        AS death_is_contested
FROM known k LEFT JOIN persons p ON p.id_number_index = k.id_number_index
"""

ADD = f"""
INSERT INTO persons
    (id, city, name, id_number_sealed, id_number_index, locale, is_demonstration, created_at, {", ".join(NEW)})
SELECT s.id, :city, s.name, s.id_number_sealed, s.id_number_index, 'zh_Hans', FALSE, :now, {", ".join(NEW.values())}
FROM registry_subjects s JOIN registry_merged m USING (id_number_index)
WHERE s.is_new
ON CONFLICT (id_number_index) DO NOTHING
"""

CHANGE = f"""
UPDATE persons p SET {", ".join(f"{column} = {value}" for column, value in CHANGED.items())}
FROM registry_subjects s JOIN registry_merged m USING (id_number_index)
WHERE p.id = s.person_id AND NOT s.is_held
    AND ({", ".join(f"p.{column}" for column in COMPARED)})
        IS DISTINCT FROM ({", ".join(CHANGED[column] for column in COMPARED)})
"""

COUNT = "SELECT count(*) FILTER (WHERE is_waiting), count(*) FILTER (WHERE is_held), count(*) FROM registry_subjects"


@dataclass(frozen=True)
class Merged:
    """How many rows of an extract did what: brought a new person, changed one, wait for one, are held back, or changed
    nothing."""

    new: int
    changed: int
    waiting: int
    held: int
    unchanged: int


def merge(session: Session, *, city: str, kind: Kind, now: datetime, **of_extract: Any) -> Merged:
    """Store the records in the temporary table `registry_incoming` and bring the people in them up to date."""
    with_all = {"city": city, "kind": kind.value, "now": now, **of_extract}

    def run(statement: str) -> int:
        return session.connection().execute(text(statement), with_all).rowcount

    run(STORE)
    for table, statement in (("registry_subjects", SUBJECTS), ("registry_said", SAID), ("registry_merged", MERGED)):
        run(statement)
        # Only what is joined by: statistics of the JSON columns take longer than they save.
        run(f"ANALYZE {table} (id_number_index)")
    new, changed = run(ADD), run(CHANGE)
    waiting, held, rows = session.connection().execute(text(COUNT)).one()
    return Merged(new, changed, waiting, held, rows - new - changed - waiting - held)
