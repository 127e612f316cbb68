"""Where canteens are, how far from her, and when they are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.clock import local_day, local_moment
from services.meals.menus import can_be_delivered
from services.meals.nearness import NEARNESS, metres_to, nearness_of
from services.meals.tables import CanteenRow
from services.meals.views import Canteen, canteen_view
from services.people import Person

DAYS_LOOKED_AHEAD = 8


@dataclass(frozen=True)
class CanteenChoice:
    """A canteen as she sees it. `distance_metres` is as the crow flies from the centre of her community, and
    approximate, since we do not know where in it she lives; None where one of the two is not known. `is_open`: now;
    `opens_next_at`: when it opens next, where it is closed now."""

    canteen: Canteen
    nearness: str
    distance_metres: int | None
    is_open: bool
    opens_next_at: datetime | None
    can_be_delivered: bool


def list_canteens(
    session: Session, actor: Actor, *, person_id: UUID, now: datetime, limit: int | None = None
) -> tuple[CanteenChoice, ...]:
    """The canteens of her city, the nearest first, by distance where it is known. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_MEALS, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    rows = session.scalars(select(CanteenRow).where(CanteenRow.city == person.city))
    return tuple(sorted((_choice(person, canteen_view(row), now) for row in rows), key=_distance_first)[:limit])


def is_open_at(canteen: Canteen, now: datetime) -> bool:
    """Whether somebody is there now."""
    day = local_day(now)
    opens_at, closes_at = local_moment(day, canteen.opens_at), local_moment(day, canteen.closes_at)
    return day.isoweekday() in canteen.open_on and opens_at <= now < closes_at


def opens_next_at(canteen: Canteen, now: datetime) -> datetime | None:
    """When it opens the next time after now; None where it never does."""
    days = (local_day(now) + timedelta(days=ahead) for ahead in range(DAYS_LOOKED_AHEAD))
    openings = (local_moment(day, canteen.opens_at) for day in days if day.isoweekday() in canteen.open_on)
    return next((opening for opening in openings if opening > now), None)


def _choice(person: Person, canteen: Canteen, now: datetime) -> CanteenChoice:
    is_open = is_open_at(canteen, now)
    return CanteenChoice(
        canteen=canteen,
        nearness=nearness_of(person, canteen),
        distance_metres=metres_to(person, canteen),
        is_open=is_open,
        opens_next_at=None if is_open else opens_next_at(canteen, now),
        can_be_delivered=can_be_delivered(person, canteen),
    )


def _distance_first(choice: CanteenChoice) -> tuple[int, bool, int, str]:
    # Where she eats most likely is in her own community, whatever the map says of a neighbouring one; beyond it the
    # way counts.
    known = choice.distance_metres is not None
    return (
        0 if choice.nearness == "community" else 1,
        not known,
        choice.distance_metres or NEARNESS.index(choice.nearness),
        choice.canteen.name,
    )
