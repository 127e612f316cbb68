"""The table of what happens in a community."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from services.database.tables import Table


class ActivityRow(Table):
    """One activity on one day, as staff entered it. `places_left` is None where nobody counts. One that does not take
    place is kept, with when that was known."""

    __tablename__ = "community_activities"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends"),
        CheckConstraint("places_left >= 0", name="places_left"),
        Index("ix_community_activities_coming", "city", "community", "starts_at"),
    )

    community: Mapped[str]
    district: Mapped[str | None]
    title: Mapped[str]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    places_left: Mapped[int | None]
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[datetime]
    called_off_at: Mapped[datetime | None]
