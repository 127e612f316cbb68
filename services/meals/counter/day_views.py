"""What a canteen sees of a day: what to cook, where to bring it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.meals.diets import Allergen, Diet, DietaryMarks
from services.meals.views import Canteen, Menu


@dataclass(frozen=True)
class SpecialMeal:
    """A booking that the kitchen must mind. `masked_name` is what a notice would print."""

    pick_up_number: int
    masked_name: str
    quantity: int
    delivery: bool
    marks: DietaryMarks


@dataclass(frozen=True)
class MindedPortions:
    """Portions that are made alike: what to mind, how many they are, and whose."""

    marks: DietaryMarks
    portions: int
    meals: tuple[SpecialMeal, ...]


@dataclass(frozen=True)
class CookList:
    """What to cook for one meal. Numbers count portions, and only of bookings that were not cancelled. `is_final`: no
    orders come in any more. `diets` and `allergies`: for how many portions each is asked for; those absent for none."""

    menu: Menu
    is_final: bool
    portions: int
    to_eat_there: int
    to_deliver: int
    served: int
    not_picked_up: int
    waiting: int
    diets: Mapping[Diet, int]
    allergies: Mapping[Allergen, int]
    special: tuple[SpecialMeal, ...]
    is_closed: bool = False

    @property
    def still_to_serve(self) -> int:
        """Portions that nobody has had yet."""
        return self.portions - self.served - self.not_picked_up

    @property
    def minded(self) -> tuple[MindedPortions, ...]:
        """`special` by what to mind: what somebody must not eat first, then what most asked for."""
        alike: dict[tuple[tuple[Allergen, ...], tuple[Diet, ...]], list[SpecialMeal]] = defaultdict(list)
        for one in self.special:
            alike[one.marks.allergies, one.marks.diets].append(one)
        groups = [
            MindedPortions(DietaryMarks(diets, allergies), sum(one.quantity for one in meals), tuple(meals))
            for (allergies, diets), meals in alike.items()
        ]
        return tuple(sorted(groups, key=lambda group: (not group.marks.allergies, -group.portions)))


@dataclass(frozen=True)
class CounterDay:
    """One day of a canteen, meal by meal."""

    canteen: Canteen
    day: date
    meals: tuple[CookList, ...]


@dataclass(frozen=True)
class DeliveryStop:
    """One door. Address and phone are whole, since somebody has to find it; each reading is recorded."""

    booking_id: UUID
    pick_up_number: int
    masked_name: str
    quantity: int
    to_pay_fen: int
    marks: DietaryMarks
    status: str
    community: str | None
    address: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True)
class DeliveryRound:
    """The doors of one street, by community and address."""

    street: str | None
    portions: int
    stops: tuple[DeliveryStop, ...]
