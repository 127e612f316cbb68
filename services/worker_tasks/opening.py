"""Opening tasks, one or many thousands at a time: screening a city finds everybody who has no card at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.clock import local_day
from services.database.tables import new_id
from services.worker_tasks.kinds import TaskKind
from services.working_days import working_days_after

# People are told of a change and its reason within five working days (domain 2.1), so nothing may wait longer.
WORKING_DAYS = 5

# What is waiting keeps its id, its day and its place in the list; new facts are laid over the old ones.
OPEN = text("""
INSERT INTO worker_tasks
    (id, city, kind, person_id, subject_id, district, community, facts, status, opened_at, due_on)
SELECT wanted.id, :city, :kind, wanted.person_id, wanted.subject_id, persons.district, persons.community,
    wanted.facts::jsonb, 'open', :now, :due_on
FROM unnest(CAST(:ids AS uuid[]), CAST(:person_ids AS uuid[]), CAST(:subject_ids AS uuid[]), CAST(:facts AS text[]))
    AS wanted (id, person_id, subject_id, facts)
    LEFT JOIN persons ON persons.id = wanted.person_id
ON CONFLICT (kind, subject_id) WHERE status = 'open'
DO UPDATE SET facts = worker_tasks.facts || excluded.facts
RETURNING subject_id, id
""")


@dataclass(frozen=True)
class NewTask:
    """One matter for a worker. `person_id` is None where nobody is known by the ID number; `facts` are plain values:
    codes, ids, amounts, ISO dates."""

    person_id: UUID | None
    subject_id: UUID
    facts: Mapping[str, Any] = field(default_factory=dict)


def open_task(
    session: Session,
    *,
    kind: TaskKind,
    city: str,
    person_id: UUID | None,
    subject_id: UUID,
    facts: Mapping[str, Any],
    now: datetime,
    due_on: date | None = None,
) -> UUID:
    """Have a worker look; the id of the task. Where the matter waits already, its facts are merged and its id comes
    back. The person's district and community decide who sees it; without `due_on` it is due in five working days."""
    task = NewTask(person_id, subject_id, facts)
    return open_tasks(session, kind=kind, city=city, tasks=[task], now=now, due_on=due_on)[subject_id]


def open_tasks(
    session: Session,
    *,
    kind: TaskKind,
    city: str,
    tasks: Iterable[NewTask],
    now: datetime,
    due_on: date | None = None,
) -> dict[UUID, UUID]:
    """Many tasks of one kind in one statement; their ids by subject. Of two with one subject the later facts stand."""
    wanted: dict[UUID, NewTask] = {}
    for task in tasks:
        earlier = wanted.get(task.subject_id)
        facts = {**(earlier.facts if earlier else {}), **task.facts}
        wanted[task.subject_id] = NewTask(task.person_id, task.subject_id, facts)
    if not wanted:
        return {}
    opened = session.connection().execute(
        OPEN,
        {
            "city": city,
            "kind": kind.value,
            "now": now,
            "due_on": due_on or working_days_after(local_day(now), WORKING_DAYS),
            "ids": [new_id() for _ in wanted],
            "person_ids": [task.person_id for task in wanted.values()],
            "subject_ids": list(wanted),
            "facts": [json.dumps(dict(task.facts), default=str, ensure_ascii=False) for task in wanted.values()],
        },
    )
    return {subject_id: task_id for subject_id, task_id in opened}
