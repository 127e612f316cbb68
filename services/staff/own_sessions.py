"""Where one of the staff is signed in, and signing out everywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.staff.sessions import SESSION_LASTS, idle_of, token_hash
from services.staff.tables import StaffRow, StaffSessionRow


@dataclass(frozen=True)
class OpenStaffSession:
    """A browser in which she is signed in; `seen_at` is exact to a minute."""

    id: UUID
    opened_at: datetime
    seen_at: datetime
    is_this_one: bool


def list_own_sessions(session: Session, actor: Actor, *, token: str, now: datetime) -> tuple[OpenStaffSession, ...]:
    """Where she who acts is signed in, what was used last coming first. `token`: that of the browser that asks. Raises
    NotAllowed."""
    _require(actor)
    row, mine = session.get_one(StaffRow, actor.staff_id), token_hash(token)
    rows = session.scalars(
        select(StaffSessionRow)
        .where(
            StaffSessionRow.staff_id == row.id,
            StaffSessionRow.proven_at > now - SESSION_LASTS,
            StaffSessionRow.seen_at > now - idle_of(row),
            StaffSessionRow.ended_at.is_(None),
        )
        .order_by(StaffSessionRow.seen_at.desc(), StaffSessionRow.id.desc())
    )
    return tuple(
        OpenStaffSession(it.id, it.proven_at or it.opened_at, it.seen_at, it.token_hash == mine) for it in rows
    )


def end_other_own_sessions(session: Session, actor: Actor, *, token: str, now: datetime) -> int:
    """Sign her out everywhere but in the browser of `token`, and in how many she was. Raises NotAllowed."""
    others = [it.id for it in list_own_sessions(session, actor, token=token, now=now) if not it.is_this_one]
    if others:
        city = session.get_one(StaffRow, actor.staff_id).city
        session.execute(update(StaffSessionRow).where(StaffSessionRow.id.in_(others)).values(ended_at=now))
        audit.record(
            session,
            actor,
            "staff_sessions_ended",
            city=city,
            person_id=None,
            subject_id=actor.staff_id,
            now=now,
            count=len(others),
        )
        session.flush()
    return len(others)


def _require(actor: Actor) -> None:
    require(
        actor,
        Capability.OWN_SESSIONS,
        person_id=None,
        community=actor.community,
        district=actor.district,
        workplace_id=actor.workplace_id,
    )
