"""Meals that nobody came for, as a sign: who lives alone and did not come three times in a row may need help.

The machine only asks a community worker to look; she calls or goes there and says what she found (principle 12).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from services.actor import Actor
from services.calendar.slots import SlotRow
from services.clock import local_day
from services.meals.tables import MealBookingRow, MenuRow
from services.people import PersonRow
from services.worker_tasks import TaskKind, close_task, open_task, tasks_of

MISSED_IN_A_ROW = 3
CAME_AFTER_ALL = "came_after_all"


def worry_about(session: Session, person_ids: Iterable[UUID], *, now: datetime) -> list[UUID]:
    """Have a worker look after each of these who lives alone and has missed her last three meals; whom. It is due
    today: somebody may lie on the floor."""
    alone = select(PersonRow.id, PersonRow.city).where(
        PersonRow.id.in_(set(person_ids)), PersonRow.lives_alone.is_(True)
    )
    worried = []
    for person_id, city in session.execute(alone).all():
        missed = missed_in_a_row(session, person_id, since=_last_looked_after(session, person_id))
        if len(missed) >= MISSED_IN_A_ROW:
            open_task(
                session,
                kind=TaskKind.MEALS_NOT_PICKED_UP,
                city=city,
                person_id=person_id,
                subject_id=person_id,
                facts={"missed": len(missed), "first_on": missed[-1].day, "last_on": missed[0].day},
                now=now,
                due_on=local_day(now),
            )
            worried.append(person_id)
    return worried


def withdraw_worry(session: Session, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Close the task where it turned out that she did come: a till that was cut off says so later."""
    if len(missed_in_a_row(session, person_id, since=None)) < MISSED_IN_A_ROW:
        close_task(
            session,
            actor,
            kind=TaskKind.MEALS_NOT_PICKED_UP,
            subject_id=person_id,
            decision=CAME_AFTER_ALL,
            reason=None,
            now=now,
        )


def missed_in_a_row(session: Session, person_id: UUID, *, since: datetime | None) -> list[MealBookingRow]:
    """Her missed meals back to the last that she came for, the latest first; with `since` only those marked later."""
    rows = session.scalars(
        select(MealBookingRow)
        .join(MenuRow, MenuRow.id == MealBookingRow.menu_id)
        .join(SlotRow, SlotRow.id == MenuRow.slot_id)
        .where(MealBookingRow.person_id == person_id, MealBookingRow.status.in_(("served", "not_picked_up")))
        .order_by(SlotRow.starts_at.desc())
        .options(lazyload(MealBookingRow.menu))
    )
    missed = []
    for row in rows:
        if row.status == "served" or (since is not None and row.settled_at is not None and row.settled_at <= since):
            break
        missed.append(row)
    return missed


def _last_looked_after(session: Session, person_id: UUID) -> datetime | None:
    """When a worker last decided about her missed meals: what she knew then is no news."""
    tasks = tasks_of(session, Actor.system(), person_id=person_id)
    decided = [task.decided_at for task in tasks if task.kind is TaskKind.MEALS_NOT_PICKED_UP and task.decided_at]
    return max(decided, default=None)
