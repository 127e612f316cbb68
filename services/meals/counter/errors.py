"""Why something could not be done at a counter."""

from __future__ import annotations

from services.errors import ServiceError
from services.meals.errors import CanteenUnknown


class ServingNotPossible(ServiceError):
    """The booking is not one that can be served, or taken back, now. `status`: how it stands."""

    code = "serving_not_possible"


class MealNotOver(ServiceError):
    """The meal is still being served. `served_until_at`."""

    code = "meal_not_over"


__all__ = ["CanteenUnknown", "MealNotOver", "ServingNotPossible"]
