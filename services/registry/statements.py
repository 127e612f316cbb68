"""What PostgreSQL is told in order to merge a piece of an extract; `merging` says when.

A person's data are a function of the records about her and of nothing else: laid over each other in the order of the
days on which they were last stated, the latest on top, a worker's decision above what was stated on its day.
"""

from __future__ import annotations

from services.registry.copying import LOCALE, RECORD_COLUMNS
from services.registry.reading import SEALED_FIELDS

# Facts as they stand in a record, and how each becomes the column of the same name in `persons`.
DATE, TRUTH, WORD, LEVEL = "date", "boolean", "text", "integer"
COLUMNS = {
    "sex": WORD,
    "birth_on": DATE,
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


# A death counts once it is reported, unless she was seen alive later or was born later: then a worker decides, and
# until then nobody is treated as dead.
DIED_ON = "CASE WHEN m.death_is_contested THEN NULL ELSE m.died_on END"
OF_FACTS = {column: f"(m.facts ->> '{column}')::{form}" for column, form in COLUMNS.items()} | {"died_on": DIED_ON}
NEW = OF_FACTS | {column: f"m.{column}" for column in SEALED_FIELDS}
CHANGED = {
    column: f"CASE WHEN m.facts ? '{column}' THEN {value} ELSE p.{column} END" for column, value in OF_FACTS.items()
} | {
    column: f"CASE WHEN m.{column.rsplit('_', 1)[0]}_index IS NULL THEN p.{column} ELSE m.{column} END"
    for column in SEALED_FIELDS
}
# Sealed anew each time, so that equal values differ; their indexes stand beside them.
COMPARED = tuple(column for column in CHANGED if not column.endswith("_sealed"))

# Of whom something is known already: a person, or what was said before of somebody who waits.
KNOWN = """
SELECT id_number_index FROM persons WHERE id_number_index = ANY(CAST(:indexes AS bytea[]))
UNION
SELECT id_number_index FROM registry_records WHERE id_number_index = ANY(CAST(:indexes AS bytea[]))
UNION
SELECT id_number_index FROM former_id_numbers WHERE id_number_index = ANY(CAST(:indexes AS bytea[]))
"""

NOTHING_KNOWN = """
SELECT NOT EXISTS (SELECT FROM persons) AND NOT EXISTS (SELECT FROM registry_records)
    AND NOT EXISTS (SELECT FROM former_id_numbers)
"""

# What is said under a number that was hers before is said of her; not where the same piece says it under hers.
UNDER_FORMER_NUMBERS = """
WITH former AS (
    SELECT i.id, p.id_number_index, p.id_number_sealed
    FROM registry_incoming i JOIN former_id_numbers f USING (id_number_index, city) JOIN persons p ON p.id = f.person_id
), twice AS (
    DELETE FROM registry_incoming i USING former f
    WHERE i.id = f.id AND EXISTS (SELECT FROM registry_incoming o WHERE o.id_number_index = f.id_number_index)
    RETURNING i.id
), renamed AS (
    UPDATE registry_incoming i SET id_number_index = f.id_number_index, id_number_sealed = f.id_number_sealed
    FROM former f WHERE i.id = f.id AND i.id NOT IN (SELECT id FROM twice)
)
SELECT count(*) FROM twice
"""

SEALED = ", ".join(SEALED_FIELDS)
# Rows that say once more, and later, what the same register said last: nothing follows from them but their date. Where
# somebody is reported dead, a later sign of life matters.
RESTATE = """
WITH repeated AS (
    DELETE FROM registry_incoming i USING registry_records r, persons p
    WHERE r.id_number_index = i.id_number_index AND r.digest = i.digest AND r.city = :city
        AND p.id_number_index = i.id_number_index AND p.city = :city AND p.name = i.name
        AND NOT EXISTS (
            SELECT FROM registry_records o
            WHERE o.id_number_index = i.id_number_index AND o.city = :city
                AND (o.facts ? 'died_on' OR o.decided_at IS NOT NULL
                    OR o.id <> r.id AND o.kind = r.kind AND o.stated_on >= r.stated_on)
        )
    RETURNING r.id, i.stated_on, i.import_id
), restated AS (
    UPDATE registry_records r SET stated_on = repeated.stated_on, import_id = repeated.import_id
    FROM repeated WHERE r.id = repeated.id AND r.stated_on < repeated.stated_on
)
SELECT (SELECT count(*) FROM repeated), (SELECT count(*) FROM registry_incoming)
"""

STORE = f"""
INSERT INTO registry_records ({", ".join(RECORD_COLUMNS)})
SELECT {", ".join(RECORD_COLUMNS)} FROM registry_incoming
ON CONFLICT (id_number_index, digest, city)
DO UPDATE SET stated_on = excluded.stated_on, import_id = excluded.import_id
WHERE registry_records.stated_on < excluded.stated_on
"""

# Who the rows are about. Only the household register brings new people; of two names for one ID number the one that was
# there first stays, and what is said under the other one is held back.
SUBJECTS = """
INSERT INTO registry_subjects
    (id, id_number_index, id_number_sealed, person_id, name, is_new, is_waiting, is_held)
SELECT i.id, i.id_number_index, i.id_number_sealed, p.id AS person_id, coalesce(p.name, i.name) AS name,
    p.id IS NULL AND :kind = 'household' AS is_new, p.id IS NULL AND :kind <> 'household' AS is_waiting,
    coalesce(i.name <> p.name, FALSE) AND NOT EXISTS (
        SELECT FROM registry_other_names o
        WHERE o.id_number_index = i.id_number_index AND o.name = i.name AND o.city = :city
    ) AS is_held
FROM registry_incoming i LEFT JOIN persons p ON p.id_number_index = i.id_number_index AND p.city = :city
"""
SUBJECT = """
INSERT INTO registry_subjects
    (id, id_number_index, id_number_sealed, person_id, name, is_new, is_waiting, is_held)
SELECT id, id_number_index, id_number_sealed, id, name, FALSE, FALSE, FALSE FROM persons WHERE id = :person_id
"""

SEALED_OF_RECORD = ", ".join(f"r.{column}" for column in SEALED_FIELDS)
SAID = f"""
INSERT INTO registry_said
    (id_number_index, kind, source, name, is_hers, facts, stated_on, decided_at, import_id, digest, is_latest, {SEALED})
SELECT id_number_index, kind, source, name, is_hers, facts, stated_on, decided_at, import_id, digest,
    -- A worker's decisions are about different things; none of them takes another one back.
    decided_at IS NOT NULL OR row_number() OVER (
        PARTITION BY id_number_index, kind, source, is_hers ORDER BY stated_on DESC, import_id
    ) = 1 AS is_latest, {SEALED}
FROM (
    SELECT s.id_number_index, r.kind, r.source, r.name, r.name = s.name OR EXISTS (
            SELECT FROM registry_other_names o
            WHERE o.id_number_index = r.id_number_index AND o.name = r.name AND o.city = :city
        ) AS is_hers, r.facts, r.stated_on, r.decided_at, r.import_id, r.digest, {SEALED_OF_RECORD}
    FROM registry_subjects s JOIN registry_records r ON r.id_number_index = s.id_number_index AND r.city = :city
    WHERE NOT s.is_waiting
) said
"""

# Of two extracts of one day neither is the later one: the one imported first stays on top, and there is a finding.
LATEST_FIRST = "stated_on DESC, decided_at DESC NULLS LAST, import_id"
LATEST_LAST = "stated_on, decided_at NULLS FIRST, import_id DESC"
LAST_SEALED = ", ".join(
    f"(array_agg({column} ORDER BY {LATEST_FIRST})"
    f" FILTER (WHERE {column.rsplit('_', 1)[0]}_index IS NOT NULL))[1] AS {column}"
    for column in SEALED_FIELDS
)
SEALED_OF_KNOWN = ", ".join(f"k.{column}" for column in SEALED_FIELDS)
MERGED = f"""
INSERT INTO registry_merged (id_number_index, facts, died_on, alive_on, {SEALED}, death_is_contested)
WITH known AS (
    SELECT id_number_index, registry_laid_over(facts ORDER BY {LATEST_LAST}) AS facts,
        -- What a source no longer says of a death was a mistake of its own.
        (array_agg((facts ->> 'died_on')::date ORDER BY {LATEST_FIRST})
            FILTER (WHERE is_latest AND facts ? 'died_on'))[1] AS died_on,
        -- What a worker had before her when she decided that somebody is dead is no sign of life any more.
        greatest(
            max(stated_on) FILTER (WHERE is_unseen AND facts @> '{{"alive": true}}'),
            max((facts ->> 'ability_assessed_on')::date) FILTER (WHERE is_unseen)
        ) AS alive_on,
        {LAST_SEALED}
    FROM (
        SELECT s.*, is_latest AND (d.decided_on IS NULL OR stated_on > d.decided_on) AS is_unseen
        FROM registry_said s LEFT JOIN (
            SELECT id_number_index, max(stated_on) AS decided_on FROM registry_said
            WHERE decided_at IS NOT NULL AND facts ->> 'died_on' IS NOT NULL GROUP BY id_number_index
        ) d USING (id_number_index)
    ) said
    WHERE is_hers GROUP BY id_number_index
)
SELECT k.id_number_index, k.facts, k.died_on, k.alive_on, {SEALED_OF_KNOWN},
    coalesce(k.died_on < k.alive_on OR k.died_on < coalesce((k.facts ->> 'birth_on')::date, p.birth_on), FALSE)
        AS death_is_contested
FROM known k LEFT JOIN persons p ON p.id_number_index = k.id_number_index
"""

ADD = f"""
INSERT INTO persons
    (id, city, name, id_number_sealed, id_number_index, locale, is_demonstration, created_at, {", ".join(NEW)})
SELECT s.id, :city, s.name, s.id_number_sealed, s.id_number_index, '{LOCALE}', FALSE, :now, {", ".join(NEW.values())}
FROM registry_subjects s JOIN registry_merged m USING (id_number_index)
WHERE s.is_new
ON CONFLICT (id_number_index) DO NOTHING
"""

# How many changed; of how many something that was known was replaced, not only added to; who counts as dead now.
CHANGE = f"""
WITH changed AS (
    UPDATE persons p SET {", ".join(f"{column} = {value}" for column, value in CHANGED.items())}
    FROM registry_subjects s JOIN registry_merged m USING (id_number_index)
    WHERE p.id = s.person_id AND NOT s.is_held
        AND ({", ".join(f"p.{column}" for column in COMPARED)})
            IS DISTINCT FROM ({", ".join(CHANGED[column] for column in COMPARED)})
    RETURNING {
    " OR ".join(f"old.{column} IS DISTINCT FROM new.{column} AND old.{column} IS NOT NULL" for column in COMPARED)
} AS is_replaced,
        old.died_on IS NULL AND new.died_on IS NOT NULL AS is_dead
)
SELECT count(*), count(*) FILTER (WHERE is_replaced), count(*) FILTER (WHERE is_dead) FROM changed
"""

COUNT = "SELECT count(*) FILTER (WHERE is_waiting), count(*) FILTER (WHERE is_held), count(*) FROM registry_subjects"
