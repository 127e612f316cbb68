"""Slots: so many places at one place and time, given out until none is left, and a line of those who wait.

Meals use them, and so can visits, appointments and tomb-sweeping: what is booked, by whom and for how much is theirs.
Every giving out is one statement, so that the database decides who comes first; the constraint makes more than there
is impossible. While somebody stands in line nobody goes past it: what comes free is for those who wait.

Whoever changes several slots in one transaction holds them first (`hold_slots`); then two such never wait for each
other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, Integer, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import ReturningUpdate

from services.database import Table, ask


class SlotRow(Table):
    """Places at one place and time. `last_number` is the last that was drawn with a place (a pick-up number),
    `last_waiting_number` the last place in line; `waiting` is how many stand in it."""

    __tablename__ = "slots"
    __table_args__ = (
        Index("ix_slots_place_id_starts_at", "place_id", "starts_at"),
        CheckConstraint("taken BETWEEN 0 AND places", name="taken"),
        CheckConstraint("waiting >= 0", name="waiting"),
        CheckConstraint("starts_at < ends_at", name="times"),
    )

    kind: Mapped[str]
    place_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    last_waiting_number: Mapped[int] = mapped_column(default=0)

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self.places - self.taken


@dataclass(frozen=True)
class Places:
    """How a slot stands after a change."""

    places: int
    taken: int
    waiting: int
    last_number: int
    last_waiting_number: int

    @property
    def left(self) -> int:
        """Places for somebody who comes now: none while others wait for what is free."""
        return 0 if self.waiting else self.free

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self.places - self.taken


COUNTS = [SlotRow.places, SlotRow.taken, SlotRow.waiting, SlotRow.last_number, SlotRow.last_waiting_number]


def _change(*conditions: ColumnElement[bool], **values: ColumnElement[int]) -> ReturningUpdate[*tuple[int, ...]]:
    """The one statement that changes a slot where it can be changed so; worded once, since a rush runs it by the
    thousand."""
    return update(SlotRow).where(SlotRow.id == bindparam("slot_id"), *conditions).values(values).returning(*COUNTS)


QUANTITY = bindparam("quantity", type_=Integer)
NOBODY_WAITS, ENOUGH_LEFT = SlotRow.waiting == 0, SlotRow.taken + QUANTITY <= SlotRow.places
TAKEN_BY_ONE_MORE = {"taken": SlotRow.taken + QUANTITY, "last_number": SlotRow.last_number + 1}
TAKE = _change(NOBODY_WAITS, ENOUGH_LEFT, **TAKEN_BY_ONE_MORE)
TAKE_FROM_LINE = _change(ENOUGH_LEFT, **TAKEN_BY_ONE_MORE, waiting=SlotRow.waiting - 1)
TAKE_MORE = _change(NOBODY_WAITS, ENOUGH_LEFT, taken=SlotRow.taken + QUANTITY)
GIVE_BACK = _change(taken=SlotRow.taken - QUANTITY)
JOIN_LINE = _change(waiting=SlotRow.waiting + 1, last_waiting_number=SlotRow.last_waiting_number + 1)
LEAVE_LINE = _change(waiting=SlotRow.waiting - 1)


def take(session: Session, slot_id: UUID, quantity: int) -> Places | None:
    """Take places and draw the number that goes with them (`last_number`); None where too few are left or somebody
    waits for them. Until commit nobody else changes this slot, so this comes as late as it can."""
    return _changed(session, TAKE, slot_id=slot_id, quantity=quantity)


def take_from_line(session: Session, slot_id: UUID, quantity: int) -> Places | None:
    """The same for the one in line whose turn it is; she leaves the line."""
    return _changed(session, TAKE_FROM_LINE, slot_id=slot_id, quantity=quantity)


def take_more(session: Session, slot_id: UUID, quantity: int) -> bool:
    """Take further places for somebody who has some already and keeps her number; whether there were enough."""
    return _changed(session, TAKE_MORE, slot_id=slot_id, quantity=quantity) is not None


def give_back(session: Session, slot_id: UUID, quantity: int) -> bool:
    """Give places back; whether somebody waits for them."""
    slot = _changed(session, GIVE_BACK, slot_id=slot_id, quantity=quantity)
    return slot is not None and slot.waiting > 0


def join_line(session: Session, slot_id: UUID) -> Places:
    """Stand at the end of the line; its place there is `last_waiting_number`. Until commit nobody else changes this
    slot."""
    slot = _changed(session, JOIN_LINE, slot_id=slot_id)
    assert slot is not None
    return slot


def leave_line(session: Session, slot_id: UUID) -> bool:
    """Go out of the line without a place; whether somebody else waits."""
    slot = _changed(session, LEAVE_LINE, slot_id=slot_id)
    return slot is not None and slot.waiting > 0


def hold_slots(session: Session, slot_ids: Iterable[UUID]) -> None:
    """Wait for, and then keep until commit, the sole right to change these slots; they are read anew."""
    wanted = select(SlotRow).where(SlotRow.id.in_(set(slot_ids))).order_by(SlotRow.id).with_for_update(key_share=True)
    session.scalars(wanted.execution_options(populate_existing=True)).all()


def _changed(session: Session, change: ReturningUpdate[*tuple[int, ...]], *, slot_id: UUID, **of: int) -> Places | None:
    """The slot after the change; None where the conditions do not hold any more. Who has the object sees it, too."""
    found = ask(session, change, of | {"slot_id": slot_id}).one_or_none()
    if found is None:
        return None
    known = session.identity_map.get(identity_key(SlotRow, slot_id))
    if known is not None:
        for column, value in found._mapping.items():
            set_committed_value(known, column, value)
    return Places(*found)
