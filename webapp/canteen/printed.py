"""The words of a canteen's day on paper, in the language of whoever prints it."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _

from services.meals import Allergen, Diet, Meal
from services.meals.counter.printing import PrintedWords
from webapp.meals.wording import allergen_words, diet_words
from webapp.staff.days import full_moment_words
from webapp.words import day_words, meal_words


def printed_words(day: date, *, now: datetime) -> PrintedWords:
    """Headings, and how this day, meals and marks are called."""
    return PrintedWords(
        title=_("What to cook and to bring"),
        day=day_words(day),
        made=_("Printed %(when)s", when=full_moment_words(now)),
        # Translators: {page} stays as it is, and so does {street} below.
        page=_("Page {page}"),
        meals={meal: meal_words(meal) for meal in Meal},
        diets={diet: diet_words(diet) for diet in Diet},
        allergies={allergen: _("no %(what)s", what=allergen_words(allergen)) for allergen in Allergen},
        portions=_("Number of portions"),
        to_eat_there=_("eaten there"),
        to_deliver=_("to be brought"),
        dishes=_("Dishes"),
        to_mind=_("To be minded"),
        nobody_to_mind=_("Nobody needs anything special."),
        not_final=_("Orders still come in: print it again later."),
        no_meals=_("There are no menus for this day."),
        rounds=_("Delivery round: {street}"),
        no_street=_("Street not known"),
        number=_("Pick-up number"),
        name=_("Who"),
        quantity=_("Portions"),
        who=_("Pick-up number and name"),
        marks=_("What to mind"),
        address=_("Address"),
        phone=_("Telephone"),
        to_pay=_("She pays"),
    )
