"""How the assistant speaks to somebody: its pace and its loudness. She changes them by saying 说慢点 or 大声点, or by
touch, and they are kept for her on every device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from services import audit
from services.actor import Actor, Capability, require
from services.database.tables import Table, new_id
from services.people import PersonRow

# By how much speech is stretched, and by how much its waves are raised. The last pace is the slowest at which the
# voices are still understood.
PACES = (1.0, 1.15, 1.3, 1.5)
LOUDNESSES = (1.0, 1.5, 2.25)


class SpeakingMannerRow(Table):
    """How the assistant speaks to one person."""

    __tablename__ = "speaking_manners"
    __table_args__ = (
        UniqueConstraint("person_id"),
        CheckConstraint("pace BETWEEN 0.7 AND 1.5", name="pace"),
        CheckConstraint("loudness BETWEEN 1 AND 3", name="loudness"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    pace: Mapped[float]
    loudness: Mapped[float]
    changed_at: Mapped[datetime]


class SpeakingWish(StrEnum):
    """What she wants of the voice."""

    SLOWER = "slower"
    LOUDER = "louder"
    AS_AT_FIRST = "as_at_first"


@dataclass(frozen=True)
class SpeakingManner:
    """`pace` stretches time: 1.3 is slower. `loudness` raises the waves: 2 is louder."""

    pace: float
    loudness: float


AT_FIRST = SpeakingManner(PACES[0], LOUDNESSES[0])


def manner_of(session: Session, actor: Actor, *, person_id: UUID) -> SpeakingManner:
    """How to speak to her. Raises NotAllowed."""
    require(actor, Capability.TALK, person_id=person_id)
    found = session.execute(
        select(SpeakingMannerRow.pace, SpeakingMannerRow.loudness).where(SpeakingMannerRow.person_id == person_id)
    ).one_or_none()
    return SpeakingManner(*found) if found is not None else AT_FIRST


def change_manner(
    session: Session, actor: Actor, *, person_id: UUID, wish: SpeakingWish, now: datetime
) -> SpeakingManner:
    """How to speak to her from now on: one step further, or the same where there is no further step. Raises
    NotAllowed."""
    before = manner_of(session, actor, person_id=person_id)
    manner = {
        SpeakingWish.SLOWER: SpeakingManner(_next(PACES, before.pace), before.loudness),
        SpeakingWish.LOUDER: SpeakingManner(before.pace, _next(LOUDNESSES, before.loudness)),
        SpeakingWish.AS_AT_FIRST: AT_FIRST,
    }[wish]
    if manner == before:
        return before
    city = session.get_one(PersonRow, person_id).city
    values = {"pace": manner.pace, "loudness": manner.loudness, "changed_at": now}
    row = insert(SpeakingMannerRow).values(id=new_id(), city=city, person_id=person_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))
    audit.record(
        session, actor, "speaking_changed", city=city, person_id=person_id, subject_id=None, now=now, wish=wish.value
    )
    session.flush()
    return manner


def _next(steps: tuple[float, ...], now: float) -> float:
    return next((step for step in steps if step > now), steps[-1])
