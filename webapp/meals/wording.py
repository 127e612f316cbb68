"""What is in a meal, how far a canteen is and which weekdays an order has, as people say them."""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from services.meals import (
    Allergen,
    Canteen,
    CanteenKind,
    Diet,
    DietWarnings,
    MealBooking,
    MealTrouble,
    MealWay,
    QuotedMeal,
)

METRES_IN_A_KILOMETRE = 1000
ROUNDED_TO_METRES = 100
MONDAY = date(2024, 1, 1)
WORKING_WEEK, WHOLE_WEEK = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7)
# A drawing for each dish, by the first of these characters that its name holds; what swims or lays an egg goes before
# what it is cooked with.
DISH_ICONS = (
    ("汤粥奶浆", "soup"),
    ("虾蟹贝", "shrimp"),
    ("鱼鲈", "fish"),
    ("蛋", "egg"),
    ("鸡鸭鹅", "drumstick"),
    ("肉牛排骨腩肝", "beef"),
    ("豆", "bean"),
    ("饭馒包花卷面粉", "wheat"),
)
VEGETABLES = "carrot"
ALLERGEN_ICONS = {Allergen.PEANUT: "nut", Allergen.SEAFOOD: "fish", Allergen.EGG: "egg"}
WITHOUT_ICONS = {Allergen.PEANUT: "nut-off", Allergen.SEAFOOD: "fish-off", Allergen.EGG: "egg-off"}
DIET_ICONS = {Diet.SOFT_FOOD: "feather", Diet.LOW_SALT: "leaf"}


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        diet=diet_words,
        allergen=allergen_words,
        allergen_icon=ALLERGEN_ICONS.__getitem__,
        without_icon=WITHOUT_ICONS.__getitem__,
        diet_icon=DIET_ICONS.__getitem__,
        dish_icon=dish_icon,
        distance=distance_words,
        map_distance=map_distance_words,
        canteen_kind=canteen_kind_words,
        how_to_get_it=how_to_get_it_words,
        meal_way=meal_way_words,
        weekdays=weekdays_words,
        weekday=weekday_words,
        diet_warnings=warning_words,
        why_not_booked=why_not_words,
        booking_state=booking_state_words,
        meal_trouble=meal_trouble_words,
    )


def diet_words(diet: Diet) -> str:
    """How a meal is cooked."""
    return {Diet.SOFT_FOOD: _("soft food"), Diet.LOW_SALT: _("low in salt")}[diet]


def meal_trouble_words(trouble: MealTrouble) -> str:
    """What was wrong with a meal."""
    return {
        MealTrouble.NOT_BROUGHT: _("It was not brought, or there was none for me"),
        MealTrouble.COLD_OR_LATE: _("It was cold or late"),
        MealTrouble.NOT_FRESH: _("It was not fresh or not clean"),
        MealTrouble.WRONG_MEAL: _("It was not what I ordered"),
        MealTrouble.UNFRIENDLY: _("They were unfriendly"),
        MealTrouble.WANTED_MONEY: _("They wanted more money"),
        MealTrouble.OTHER: _("Something else"),
    }[trouble]


def allergen_words(allergen: Allergen) -> str:
    """What some must not eat."""
    return {Allergen.PEANUT: _("peanut"), Allergen.SEAFOOD: _("seafood"), Allergen.EGG: _("egg")}[allergen]


def canteen_kind_words(canteen: Canteen) -> str:
    """Where the meals of a place come from."""
    return {
        CanteenKind.SENIOR_CANTEEN: _("Senior canteen. It cooks itself."),
        CanteenKind.MEAL_POINT: _("Meal point. A canteen cooks for it."),
        CanteenKind.SMART_MEAL_LOCKER: _("Meal locker. A central kitchen cooks for it; you take your meal out."),
        CanteenKind.RESTAURANT: _("Restaurant. It cooks for seniors too."),
    }[canteen.kind]


def meal_way_words(canteen: Canteen, delivery: bool) -> str:
    """How she comes by her meal, in a few words."""
    return {
        MealWay.DELIVERED: _("brought to your home"),
        MealWay.EATEN_THERE: _("eaten there"),
        MealWay.TAKEN_OUT: _("taken out of the locker"),
    }[canteen.way(delivery=delivery)]


def how_to_get_it_words(canteen: Canteen, can_be_delivered: bool) -> str:
    """In which ways a meal of a place can be had."""
    if can_be_delivered:
        return _("Can be brought to your home.")
    is_taken_out = canteen.way(delivery=False) is MealWay.TAKEN_OUT
    return _("To take out yourself only.") if is_taken_out else _("To eat there only.")


def dish_icon(dish: str) -> str:
    """The drawing beside a dish.

    >>> dish_icon("虾仁蒸水蛋"), dish_icon("玉米排骨汤"), dish_icon("蒜蓉菜心")
    ('shrimp', 'soup', 'carrot')
    """
    return next((name for signs, name in DISH_ICONS if any(sign in dish for sign in signs)), VEGETABLES)


def distance_words(metres: int) -> str:
    """About how far, to the hundred metres: it is reckoned from the middle of her community."""
    rounded = max(ROUNDED_TO_METRES, round(metres / ROUNDED_TO_METRES) * ROUNDED_TO_METRES)
    if rounded < METRES_IN_A_KILOMETRE:
        return _("about %(metres)d metres", metres=rounded)
    kilometres = format_decimal(rounded / METRES_IN_A_KILOMETRE, format="#,##0.#", locale=get_locale())
    return _("about %(kilometres)s kilometres", kilometres=kilometres)


def map_distance_words(metres: int) -> str:
    """How much the scale of the map is."""
    if metres < METRES_IN_A_KILOMETRE:
        return _("%(metres)d metres", metres=metres)
    return ngettext("%(num)d kilometre", "%(num)d kilometres", metres // METRES_IN_A_KILOMETRE)


def weekday_words(weekday: int) -> str:
    """Monday is 1."""
    return format_date(MONDAY + timedelta(days=weekday - 1), "EEEE", locale=get_locale())


def weekdays_words(weekdays: tuple[int, ...]) -> str:
    """Weekdays together: "Monday to Friday", "every day", or one after the other."""
    if tuple(sorted(weekdays)) == WORKING_WEEK:
        return _("Monday to Friday")
    if tuple(sorted(weekdays)) == WHOLE_WEEK:
        return _("every day")
    # Translators: what stands between two weekdays.
    return _(", ").join(weekday_words(weekday) for weekday in sorted(weekdays))


def warning_words(warnings: DietWarnings) -> list[str]:
    """What speaks against a meal for her, a sentence each."""
    said = []
    if warnings.contains:
        what = _(", ").join(allergen_words(allergen) for allergen in warnings.contains)
        said.append(_("Careful: there is %(what)s in it, and you said that you must not eat that.", what=what))
    if warnings.not_cooked:
        how = _(", ").join(diet_words(diet) for diet in warnings.not_cooked)
        said.append(_("Careful: it is not made as you need it (%(how)s).", how=how))
    return said


def why_not_words(meal: QuotedMeal) -> str:
    """Why a meal of a week is not booked along with the others."""
    return {
        "already_booked": _("Booked already."),
        "meal_full": _("Full: no portions left."),
        "orders_closed": _("Too late: orders have ended."),
        "meal_day_not_offered": _("There is no menu."),
        "delivery_not_offered": _("It is not brought to your home."),
        "already_waiting": _("You stand in line for it."),
        "price_changed": _("The price has changed."),
    }.get(meal.state, _("It cannot be had."))


def booking_state_words(booking: MealBooking) -> str | None:
    """What became of a booking; None while its meal is still to come."""
    return {
        "served": _("You have had this meal."),
        "not_picked_up": _("Not picked up."),
    }.get(booking.status)
