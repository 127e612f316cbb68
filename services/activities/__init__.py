"""社区活动: what happens in a community, entered by its workers and told to the people who live there.

Only rows: what nobody entered does not take place, and nothing is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services import audit, people
from services.activities.tables import ActivityRow
from services.actor import Actor, Capability, NotAllowed, require
from services.clock import local_day, local_moment
from services.database.tables import new_id
from services.errors import ServiceError
from services.people import PersonRow

LONGEST_TITLE, LONGEST_PLACE = 40, 60
MOST_PLACES = 1_000
# So far ahead seniors are told of activities, and workers enter them.
AHEAD = timedelta(days=60)


class ActivityIncomplete(ServiceError):
    """Something is missing or impossible. `field`: `title`, `place`, `day`, `time` or `places_left`."""

    code = "activity_incomplete"


class ActivityUnknown(NotAllowed):
    """There is no such activity, or it is another community's."""

    code = "activity_unknown"


@dataclass(frozen=True)
class Activity:
    """One activity. `ends_at` and `places_left` are None where nobody said."""

    id: UUID
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime | None
    places_left: int | None
    is_called_off: bool

    @property
    def day(self) -> date:
        """The city's day."""
        return local_day(self.starts_at)


def enter_activity(
    session: Session,
    actor: Actor,
    *,
    title: str,
    place: str,
    day: date,
    starts: time,
    ends: time | None = None,
    places_left: int | None = None,
    city: str,
    now: datetime,
) -> Activity:
    """Add an activity of the worker's own community. Raises NotAllowed, ActivityIncomplete."""
    _require_running(actor)
    title, place = title.strip()[:LONGEST_TITLE], place.strip()[:LONGEST_PLACE]
    for name, is_wrong in (
        ("title", not title),
        ("place", not place),
        ("day", not local_day(now) <= day <= local_day(now) + AHEAD),
        ("time", ends is not None and ends <= starts),
        ("places_left", places_left is not None and not 0 <= places_left <= MOST_PLACES),
    ):
        if is_wrong:
            raise ActivityIncomplete(field=name)
    assert actor.community is not None
    row = ActivityRow(
        id=new_id(),
        city=city,
        community=actor.community,
        district=actor.district,
        title=title,
        place=place,
        starts_at=local_moment(day, starts),
        ends_at=local_moment(day, ends) if ends is not None else None,
        places_left=places_left,
        entered_by=actor.staff_id,
        entered_at=now,
    )
    session.add(row)
    _record(session, actor, "activity_entered", row, now)
    return _activity(row)


def call_off_activity(session: Session, actor: Actor, *, activity_id: UUID, now: datetime) -> Activity:
    """It does not take place. Again, nothing happens. Raises NotAllowed, ActivityUnknown."""
    row = _held(session, actor, activity_id)
    if row.called_off_at is None:
        row.called_off_at = now
        _record(session, actor, "activity_called_off", row, now)
    return _activity(row)


def set_places_left(
    session: Session, actor: Actor, *, activity_id: UUID, places_left: int | None, now: datetime
) -> Activity:
    """How many places there still are; None where nobody counts. Raises NotAllowed, ActivityUnknown,
    ActivityIncomplete."""
    row = _held(session, actor, activity_id)
    if places_left is not None and not 0 <= places_left <= MOST_PLACES:
        raise ActivityIncomplete(field="places_left")
    row.places_left = places_left
    _record(session, actor, "activity_places_set", row, now)
    return _activity(row)


def list_community_activities(session: Session, actor: Actor, *, city: str, now: datetime) -> tuple[Activity, ...]:
    """What is still to come in a worker's community, the next first, with what was called off. Raises NotAllowed."""
    _require_running(actor)
    return _coming(session, city, actor.community, actor.district, now)


def list_activities(
    session: Session, actor: Actor, *, person_id: UUID, now: datetime, day: date | None = None
) -> tuple[Activity, ...]:
    """What takes place where she lives, the next first: from now on, or on `day` alone. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_PERSON, person_id=person_id)
    person = session.get_one(PersonRow, person_id)
    found = _coming(session, person.city, person.community, person.district, now)
    return tuple(each for each in found if not each.is_called_off and (day is None or each.day == day))


def _coming(
    session: Session, city: str, community: str | None, district: str | None, now: datetime
) -> tuple[Activity, ...]:
    """Until it is over; without an end until the day is."""
    rows = session.scalars(
        select(ActivityRow)
        .where(
            ActivityRow.city == city,
            *_of_community(community, district),
            ActivityRow.starts_at >= local_moment(local_day(now), time.min),
            ActivityRow.starts_at < now + AHEAD + timedelta(days=1),
        )
        .order_by(ActivityRow.starts_at, ActivityRow.id)
    )
    return tuple(_activity(row) for row in rows if row.ends_at is None or row.ends_at > now)


def _of_community(community: str | None, district: str | None) -> tuple[ColumnElement[bool], ...]:
    """Communities of two districts may share a name."""
    ours = ActivityRow.community == community
    if district is None:
        return (ours,)
    return ours, ActivityRow.district.is_(None) | (ActivityRow.district == district)


def _require_running(actor: Actor) -> None:
    require(actor, Capability.RUN_ACTIVITIES, person_id=None, community=actor.community, district=actor.district)


def _held(session: Session, actor: Actor, activity_id: UUID) -> ActivityRow:
    row = session.get(ActivityRow, activity_id, with_for_update=True)
    if row is None or not actor.works_in(row.community, row.district):
        raise ActivityUnknown(capability=Capability.RUN_ACTIVITIES.value)
    _require_running(actor)
    return row


def _record(session: Session, actor: Actor, deed: str, row: ActivityRow, now: datetime) -> None:
    audit.record(session, actor, deed, city=row.city, person_id=None, subject_id=row.id, now=now)
    session.flush()


def _activity(row: ActivityRow) -> Activity:
    return Activity(
        id=row.id,
        title=row.title,
        place=row.place,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        places_left=row.places_left,
        is_called_off=row.called_off_at is not None,
    )
