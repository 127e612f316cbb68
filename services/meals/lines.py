"""The rows of the lines: who stands where, leaving, and asking for turns to be given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.calendar import slots
from services.job_queue import GIVE_MEAL_TURNS, defer_once
from services.meals.tables import MealWaitRow


def give_turns_soon(session: Session) -> None:
    """Have what came free given to those who wait for it, once this transaction has committed."""
    defer_once(session, GIVE_MEAL_TURNS)


def waits_of(session: Session, person_id: UUID, from_day: date) -> Sequence[MealWaitRow]:
    """Where she stands in line for meals from a day on."""
    return session.scalars(
        select(MealWaitRow)
        .where(MealWaitRow.person_id == person_id, MealWaitRow.status == "waiting", MealWaitRow.day >= from_day)
        .order_by(MealWaitRow.day, MealWaitRow.id)
    ).all()


def held_wait(session: Session, wanted: Select[MealWaitRow]) -> MealWaitRow | None:
    """The wanted place in line, held until commit and read anew."""
    return session.scalar(
        wanted.with_for_update(of=MealWaitRow, key_share=True).execution_options(populate_existing=True)
    )


def count_ahead(session: Session, row: MealWaitRow) -> int:
    """How many stand before her in the line."""
    asked = select(func.count()).where(
        MealWaitRow.menu_id == row.menu_id, MealWaitRow.status == "waiting", MealWaitRow.number < row.number
    )
    return session.scalar(asked) or 0


def leave_line_for(session: Session, waiting_id: UUID | None, *, also_changed: Iterable[UUID], now: datetime) -> None:
    """Take her out of the line in which she stands for a meal, if she does, because she books it now. She is held;
    `also_changed` are the slots that change besides."""
    if waiting_id is None:
        return
    row = held_wait(session, select(MealWaitRow).where(MealWaitRow.id == waiting_id))
    if row is not None and row.status == "waiting":
        slots.hold_slots(session, [*also_changed, row.menu.slot_id])
        leave(session, row, "left", now)


def leave(session: Session, row: MealWaitRow, status: str, now: datetime) -> None:
    """Go out of the line without a portion; the row is held."""
    row.status, row.ended_at = status, now
    if slots.leave_line(session, row.menu.slot_id):
        # Portions that were kept for her may suffice for the next.
        give_turns_soon(session)
    session.flush()
