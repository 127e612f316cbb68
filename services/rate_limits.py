"""Counters in the database, so that a limit holds over several site processes and over a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import UniqueConstraint, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.database.tables import Table, new_id
from services.sealing import vault_of


class RateLimitRow(Table):
    """How often something happened in one window of time."""

    __tablename__ = "rate_limits"
    __table_args__ = (UniqueConstraint("subject", "window_starts_at"),)

    subject: Mapped[bytes]
    window_starts_at: Mapped[datetime]
    happened: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class RateLimit:
    """At most `most` times in `window`, counted under `name`."""

    name: str
    most: int
    window: timedelta


def seconds_to_wait(session: Session, limit: RateLimit, *, subject: str, city: str, now: datetime) -> int:
    """Count one more and answer 0, or, beyond the limit, the seconds until the window ends.

    The subject (a phone number, an address) is stored as a blind index. The count is part of the caller's transaction:
    callers answer with a value rather than raise, so that it is committed.
    """
    length = int(limit.window.total_seconds())
    started = int(now.timestamp()) // length * length
    starts_at = datetime.fromtimestamp(started, UTC)
    ends_at = starts_at + limit.window
    row = insert(RateLimitRow).values(
        id=new_id(),
        city=city,
        subject=vault_of(session).index(subject, context=limit.name),
        window_starts_at=starts_at,
        ends_at=ends_at,
        happened=1,
    )
    counted = session.scalar(
        row.on_conflict_do_update(
            index_elements=["subject", "window_starts_at"], set_={"happened": RateLimitRow.happened + 1}
        ).returning(RateLimitRow.happened)
    )
    assert counted is not None
    return 0 if counted <= limit.most else max(1, int((ends_at - now).total_seconds()))


def forget_old(session: Session, *, now: datetime) -> None:
    """Remove counters of windows that are over."""
    session.execute(delete(RateLimitRow).where(RateLimitRow.ends_at < now))
