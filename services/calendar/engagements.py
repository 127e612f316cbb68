"""Who is where when: the time of a worker, of a room, of a person, held for one subject at a time.

An exclusion constraint of the database keeps the periods of a resource apart, whatever happens at the same moment and
whoever forgets to look first. A period reaches until the next one may begin: the way to the next home is part of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.database import Table, ask, new_id
from services.errors import ServiceError

NO_OVERLAP = "ex_engagements_no_overlap"
NO_GAP = timedelta(0)
HOLD = text("""
SELECT pg_advisory_xact_lock(key)
FROM (SELECT hashtextextended(id::text, 0) AS key FROM unnest(CAST(:ids AS uuid[])) AS id ORDER BY key OFFSET 0) AS keys
""")


class Engaged(ServiceError):
    """Somebody or something has another engagement then. `resource_ids`: who or what, by id."""

    code = "engaged"

    def __init__(self, resource_ids: Iterable[UUID]) -> None:
        self.resource_ids = tuple(sorted(resource_ids))
        super().__init__(resource_ids=self.resource_ids)


@dataclass(frozen=True, order=True)
class Period:
    """From a moment until another, which is not part of it."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Period) -> bool:
        """Whether the two have a moment in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class EngagementRow(Table):
    """A resource that is engaged with a subject. `period` ends when the next one may begin."""

    __tablename__ = "engagements"
    __table_args__ = (ExcludeConstraint(("resource_id", "="), ("period", "&&"), name=NO_OVERLAP, using="gist"),)

    resource_id: Mapped[UUID]
    period: Mapped[Any] = mapped_column(TSTZRANGE)
    subject_id: Mapped[UUID] = mapped_column(index=True)


# Worded once, since every visit that is booked or looked for asks them.
ENGAGED_WITH = select(EngagementRow.resource_id).where(EngagementRow.subject_id == bindparam("subject_id"))
ENGAGED_BETWEEN = select(EngagementRow.resource_id, EngagementRow.period).where(
    EngagementRow.resource_id.in_(bindparam("resource_ids", expanding=True)),
    EngagementRow.period.overlaps(bindparam("between", type_=TSTZRANGE)),
    EngagementRow.subject_id.is_distinct_from(bindparam("without", type_=Uuid)),
)
ENGAGE = insert(EngagementRow).on_conflict_do_nothing(constraint=NO_OVERLAP).returning(EngagementRow.resource_id)


def engage(
    session: Session,
    *,
    city: str,
    resource_ids: Iterable[UUID],
    starts_at: datetime,
    ends_at: datetime,
    gap: timedelta = NO_GAP,
    subject_id: UUID,
) -> None:
    """Engage all of these with the subject until `ends_at` and for the gap after it; whom it was engaged with before is
    free. Raises Engaged, and the caller's transaction must then not be committed."""
    wanted = set(resource_ids)
    before = set(ask(session, ENGAGED_WITH, {"subject_id": subject_id}).scalars())
    _hold(session, wanted | before)
    if before:
        release(session, subject_id=subject_id)
    period = Range(starts_at, ends_at + gap, bounds="[)")
    rows = [
        {"id": new_id(), "city": city, "resource_id": resource_id, "period": period, "subject_id": subject_id}
        for resource_id in sorted(wanted)
    ]
    taken = set(ask(session, ENGAGE, rows).scalars())
    if taken < wanted:
        raise Engaged(wanted - taken)


def release(session: Session, *, subject_id: UUID) -> None:
    """Free everybody and everything that is engaged with the subject. Again nothing happens."""
    session.execute(delete(EngagementRow).where(EngagementRow.subject_id == subject_id))


def engagements_of(
    session: Session,
    resource_ids: Iterable[UUID],
    *,
    starts_at: datetime,
    ends_at: datetime,
    without: UUID | None = None,
) -> dict[UUID, list[Period]]:
    """What each of these is engaged with between two moments; who is free all the time is absent. `without`: a subject
    whose own engagements do not count."""
    between = Range(starts_at, ends_at, bounds="[)")
    asked = {"resource_ids": list(resource_ids), "between": between, "without": without}
    periods: dict[UUID, list[Period]] = defaultdict(list)
    for resource_id, period in ask(session, ENGAGED_BETWEEN, asked):
        periods[resource_id].append(Period(period.lower, period.upper))
    return dict(periods)


def _hold(session: Session, resource_ids: Iterable[UUID]) -> None:
    """Wait for those who are just engaging the same resources.

    The constraint alone would keep periods apart, too. But two that free and take the same times crosswise would wait
    for each other, and one of them would be thrown out for no fault of its own: so all wait in one order.
    """
    ask(session, HOLD, {"ids": list(resource_ids)})
