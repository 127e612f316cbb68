"""Days, times, money and meals as people say them, in the language of the page.

How a language writes a date is in its catalogue, as Babel patterns: the order of the parts is wording too.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from services.clock import CITY_TIME, local_day
from services.meals import Meal
from webapp.site import now

FEN_IN_A_YUAN = 100
MORNING_ENDS, NOON_ENDS, AFTERNOON_ENDS = 11, 14, 18


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        day=day_words,
        short_day=short_day_words,
        moment=moment_words,
        time_of_day=time_of_day_words,
        money=money_words,
        meal=meal_words,
        dishes=dishes_words,
        nearness=nearness_words,
    )
    app.jinja_env.globals.update(greeting=greeting)


def money_words(fen: int) -> str:
    """An amount: "12 yuan", "12.50 yuan"."""
    pattern = "#,##0" if fen % FEN_IN_A_YUAN == 0 else "#,##0.00"
    return _("%(amount)s yuan", amount=format_decimal(fen / FEN_IN_A_YUAN, format=pattern, locale=get_locale()))


def short_day_words(day: date) -> str:
    """A day by its name where it has one: today, tomorrow, the day after, otherwise its weekday."""
    names = {0: _("today"), 1: _("tomorrow"), 2: _("the day after tomorrow")}
    away = (day - local_day(now())).days
    return names.get(away) or format_date(day, "EEEE", locale=get_locale())


def day_words(day: date) -> str:
    """A day with its date: "tomorrow, Tuesday 24 November"."""
    # Translators: a Babel date pattern: weekday, day and month in your language's order.
    dated = format_date(day, _("EEEE d MMMM"), locale=get_locale())
    away = (day - local_day(now())).days
    if away in (0, 1, 2):
        return _("%(name)s, %(date)s", name=short_day_words(day), date=dated)
    return dated


def time_of_day_words(at: time) -> str:
    """A time of the city's clocks: "4 p.m."."""
    # Translators: Babel time patterns, for full hours and for others.
    return format_time(at, _("h a") if at.minute == 0 else _("h:mm a"), locale=get_locale())


def moment_words(at: datetime) -> str:
    """A day and a time: "today 4 p.m."."""
    return _("%(day)s %(time)s", day=_day_and_month(at), time=time_of_day_words(at.astimezone(CITY_TIME).time()))


def meal_words(meal: Meal) -> str:
    """Breakfast, lunch or dinner."""
    return {Meal.BREAKFAST: _("breakfast"), Meal.LUNCH: _("lunch"), Meal.DINNER: _("dinner")}[meal]


def dishes_words(dishes: tuple[str, ...]) -> str:
    """The dishes of a menu in one line."""
    # Translators: what stands between two dishes.
    return _(", ").join(dishes)


def nearness_words(nearness: str) -> str:
    """How near a canteen is to where she lives."""
    return {
        "community": _("in your community"),
        "street": _("in your street"),
        "district": _("in your district"),
        "city": _("in another district"),
    }[nearness]


def greeting() -> str:
    """What one says at this time of day."""
    hour = now().astimezone(CITY_TIME).hour
    if hour < MORNING_ENDS:
        return _("Good morning")
    if hour < NOON_ENDS:
        return _("Good day")
    return _("Good afternoon") if hour < AFTERNOON_ENDS else _("Good evening")


def _day_and_month(at: datetime) -> str:
    day = local_day(at)
    if timedelta(0) <= day - local_day(now()) <= timedelta(days=1):
        return short_day_words(day)
    # Translators: a Babel date pattern without weekday.
    return format_date(day, _("d MMMM"), locale=get_locale())
