"""Whose canteen it is: the one check of every use case at a counter."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, Capability, require
from services.meals.errors import CanteenUnknown, MenuUnknown
from services.meals.tables import CanteenRow, MenuRow


def canteen_at(session: Session, actor: Actor, canteen_id: UUID) -> CanteenRow:
    """The canteen, where the actor works at it. Raises NotAllowed, CanteenUnknown."""
    require(actor, Capability.SERVE_MEALS, person_id=None, workplace_id=canteen_id)
    row = session.get(CanteenRow, canteen_id)
    if row is None:
        raise CanteenUnknown()
    return row


def menu_at(session: Session, actor: Actor, menu_id: UUID) -> MenuRow:
    """The menu, where the actor works at its canteen. Raises NotAllowed, MenuUnknown."""
    row = session.get(MenuRow, menu_id, populate_existing=True)
    if row is None:
        raise MenuUnknown()
    require(actor, Capability.SERVE_MEALS, person_id=None, workplace_id=row.canteen_id)
    return row
