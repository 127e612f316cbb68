"""The canteen's side: what to cook and bring tomorrow, who is served, what was not picked up, the month's settlement.

Whoever works at a canteen may do this for her own canteen, and nobody for another.
"""

from services.meals.counter.closing import close_meal
from services.meals.counter.cook_list import get_counter_day, get_delivery_rounds
from services.meals.counter.day_views import (
    CookList,
    CounterDay,
    DeliveryRound,
    DeliveryStop,
    MindedPortions,
    SpecialMeal,
)
from services.meals.counter.errors import CanteenUnknown, MealNotOver, ServingNotPossible
from services.meals.counter.printing import day_as_pdf
from services.meals.counter.serving import find_at_till, get_till, serve_meal, sync_servings, take_back_serving
from services.meals.counter.settlement import Settlement, SettlementDay, get_settlement, settlement_csv
from services.meals.counter.till_views import OfflineServing, Served, ServingOutcome, Till, TillBooking

__all__ = [
    "CanteenUnknown",
    "CookList",
    "CounterDay",
    "DeliveryRound",
    "DeliveryStop",
    "MealNotOver",
    "MindedPortions",
    "OfflineServing",
    "Served",
    "ServingNotPossible",
    "ServingOutcome",
    "Settlement",
    "SettlementDay",
    "SpecialMeal",
    "Till",
    "TillBooking",
    "close_meal",
    "day_as_pdf",
    "find_at_till",
    "get_counter_day",
    "get_delivery_rounds",
    "get_settlement",
    "get_till",
    "serve_meal",
    "settlement_csv",
    "sync_servings",
    "take_back_serving",
]
