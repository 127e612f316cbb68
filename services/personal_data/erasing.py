"""Deleting what no law keeps, when she asks for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services import audit, delegation, meals, people
from services.actor import Actor, Capability
from services.personal_data.held import HELD, Basis, Section


@dataclass(frozen=True)
class Erased:
    """What went: how many entries of each part. `delegates`, `standing_orders`: how many ended. `kept`: why the rest
    stays."""

    gone: dict[Section, int]
    delegates: int
    standing_orders: int
    kept: tuple[Basis, ...]


def erase_what_may_go(
    session: Session, actor: Actor, *, person_id: UUID, session_id: UUID | None = None, now: datetime
) -> Erased:
    """Delete her preferences, what the assistant remembers, her emergency contacts and her signed-in devices but for
    `session_id`, and end who may act for her and what is booked for her by itself. What she has booked stays booked.
    Again, nothing is left to go. Raises NotAllowed."""
    people.require_for(session, actor, Capability.ASK_ABOUT_OWN_DATA, person_id=person_id)
    people.hold(session, person_id)
    delegates = delegation.take_back_all(session, actor, person_id=person_id, now=now)
    orders = meals.list_standing_orders(session, actor, person_id=person_id)
    for order in orders:
        meals.end_standing_order(session, actor, order_id=order.id, cancel_bookings=False, now=now)
    session.flush()
    gone: Counter[Section] = Counter()
    for held in HELD:
        if held.basis is None:
            gone[held.section] += _delete(session, held.table_name, person_id, but=session_id)
    audit.record(
        session,
        actor,
        "own_data_erased",
        city=people.city_of(session, person_id),
        person_id=person_id,
        subject_id=None,
        now=now,
        entries=gone.total(),
        delegates=len(delegates),
        standing_orders=len(orders),
    )
    session.flush()
    session.expire_all()
    kept = tuple(dict.fromkeys(held.basis for held in HELD if held.basis is not None))
    return Erased({section: count for section, count in gone.items() if count}, len(delegates), len(orders), kept)


def _delete(session: Session, table_name: str, person_id: UUID, *, but: UUID | None) -> int:
    held = next(each for each in HELD if each.table_name == table_name)
    rows = delete(held.table).where(held.about(person_id))
    if but is not None:
        rows = rows.where(held.table.c.id != but)
    return len(session.execute(rows.returning(held.table.c.id)).all())
