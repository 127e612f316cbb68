"""Tasks follow their people: who comes to another community is seen by its workers from then on."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

FOLLOW = text("""
UPDATE worker_tasks SET district = persons.district, community = persons.community
FROM persons
WHERE worker_tasks.status = 'open' AND persons.id = worker_tasks.person_id
    AND (worker_tasks.district, worker_tasks.community) IS DISTINCT FROM (persons.district, persons.community)
""")


HAND_OVER = text("UPDATE worker_tasks SET person_id = :to WHERE person_id = :from")


def hand_over(session: Session, from_person: UUID, *, to: UUID) -> None:
    """Let all tasks about one record of a person be about another one, of which it turned out to be a double."""
    session.connection().execute(HAND_OVER, {"from": from_person, "to": to})


def follow_people(session: Session) -> int:
    """Bring the place of every open task up to date; how many have moved. After an import of the household register."""
    return session.connection().execute(FOLLOW).rowcount
