"""What a standing order is, and what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.meals.tables import StandingOrderRow
from services.meals.views import Canteen, Meal, PriceSplit, canteen_view


@dataclass(frozen=True)
class StandingOrder:
    """What she wants every week. `weekdays` are ISO numbers, 1 is Monday; `highest_price_fen` is the most that she
    pays for one of these meals, all portions and delivery together: a dearer one is not booked, and she is told.
    `ended_at` is None while it stands."""

    id: UUID
    person_id: UUID
    canteen: Canteen
    meal: Meal
    weekdays: tuple[int, ...]
    quantity: int
    delivery: bool
    highest_price_fen: int
    from_day: date
    placed_at: datetime
    ended_at: datetime | None

    @property
    def stands(self) -> bool:
        """Whether meals are still booked for it."""
        return self.ended_at is None


@dataclass(frozen=True)
class StandingQuote:
    """What a standing order would do. `with_subsidy` is what a meal costs her while the city pays its part, `without`
    on days on which it does not; the second is what to agree to as the highest price. `first_day`: the first day
    that would be booked; None while no menu of such a day is there yet."""

    canteen: Canteen
    with_subsidy: PriceSplit
    without: PriceSplit
    can_be_delivered: bool
    first_day: date | None


def standing_view(row: StandingOrderRow) -> StandingOrder:
    """The standing order of a row."""
    return StandingOrder(
        id=row.id,
        person_id=row.person_id,
        canteen=canteen_view(row.canteen),
        meal=Meal(row.meal),
        weekdays=tuple(row.weekdays),
        quantity=row.quantity,
        delivery=row.delivery,
        highest_price_fen=row.highest_price_fen,
        from_day=row.from_day,
        placed_at=row.placed_at,
        ended_at=row.ended_at,
    )
