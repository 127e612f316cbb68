"""Meals for seniors: canteens, menus by day, what a meal costs her, booking and cancelling."""

from services.meals.booking import book_meal, cancel_meal, get_booking, list_meal_bookings, quote_meal
from services.meals.errors import (
    AlreadyBooked,
    BookingUnknown,
    DeliveryNotOffered,
    MealDayInThePast,
    MealDayNotOffered,
    MealFull,
    MenuUnknown,
    OrdersClosed,
    PriceChanged,
    QuantityWrong,
    TooLateToCancel,
)
from services.meals.menus import list_days, list_menus, suggest_menu
from services.meals.views import (
    Canteen,
    Meal,
    MealBooking,
    MealChoice,
    MealDay,
    MealQuote,
    Menu,
    MenuChoice,
    PriceSplit,
)

__all__ = [
    "AlreadyBooked",
    "BookingUnknown",
    "Canteen",
    "DeliveryNotOffered",
    "Meal",
    "MealBooking",
    "MealChoice",
    "MealDay",
    "MealDayInThePast",
    "MealDayNotOffered",
    "MealFull",
    "MealQuote",
    "Menu",
    "MenuChoice",
    "MenuUnknown",
    "OrdersClosed",
    "PriceChanged",
    "PriceSplit",
    "QuantityWrong",
    "TooLateToCancel",
    "book_meal",
    "cancel_meal",
    "get_booking",
    "list_days",
    "list_meal_bookings",
    "list_menus",
    "quote_meal",
    "suggest_menu",
]
