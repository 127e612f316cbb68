"""Closing a meal: what was not picked up is marked, and may be a sign that somebody needs help."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload, sessionmaker

from services import audit
from services.actor import Actor
from services.calendar.slots import SlotRow
from services.database import unit_of_work
from services.meals.counter.cook_list import cook_list
from services.meals.counter.day_views import CookList
from services.meals.counter.errors import MealNotOver
from services.meals.counter.missed_meals import worry_about
from services.meals.counter.places import menu_at
from services.meals.tables import MealBookingRow, MenuRow

# As long after the last plate the machine waits for a canteen to close its meal, and for a till to find its way back to
# us, before it does so itself.
CLOSED_BY_ITSELF_AFTER = timedelta(hours=2)


def close_meal(session: Session, actor: Actor, *, menu_id: UUID, now: datetime) -> CookList:
    """Mark everything of this meal that was not served as not picked up, and let a worker look after whoever lives
    alone and did not come three times in a row. A closed meal comes back as it is; the system closes what nobody
    closed. Raises NotAllowed, MenuUnknown, MealNotOver."""
    menu_at(session, actor, menu_id)
    menu = session.scalars(
        select(MenuRow)
        .where(MenuRow.id == menu_id)
        .with_for_update(of=MenuRow, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if now < menu.slot.ends_at:
        raise MealNotOver(served_until_at=menu.slot.ends_at)
    if menu.closed_at is None:
        menu.closed_at = now
        missed = _mark_missed(session, menu, now)
        worried = worry_about(session, [row.person_id for row in missed], now=now)
        audit.record(
            session,
            actor,
            "meal_closed",
            city=menu.city,
            person_id=None,
            subject_id=menu.id,
            now=now,
            not_picked_up=len(missed),
            worried_about=len(worried),
        )
        session.flush()
    return cook_list(session, menu, now)


def close_due_meals(sessions: sessionmaker[Session], *, city: str, now: datetime) -> int:
    """Close every meal that is long over and that nobody closed; how many. One a transaction."""
    with sessions() as session:
        due = session.scalars(
            select(MenuRow.id)
            .join(SlotRow, SlotRow.id == MenuRow.slot_id)
            .where(MenuRow.city == city, MenuRow.closed_at.is_(None), SlotRow.ends_at <= now - CLOSED_BY_ITSELF_AFTER)
            .order_by(SlotRow.ends_at, MenuRow.id)
        ).all()
    for menu_id in due:
        with unit_of_work(sessions) as session:
            close_meal(session, Actor.system(), menu_id=menu_id, now=now)
    return len(due)


def _mark_missed(session: Session, menu: MenuRow, now: datetime) -> list[MealBookingRow]:
    rows = session.scalars(
        select(MealBookingRow)
        .where(MealBookingRow.menu_id == menu.id, MealBookingRow.status == "booked")
        .order_by(MealBookingRow.id)
        .with_for_update(of=MealBookingRow, key_share=True)
        .options(lazyload(MealBookingRow.menu))
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.status, row.settled_at = "not_picked_up", now
    session.flush()
    return list(rows)
