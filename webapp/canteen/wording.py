"""Marks and states of bookings, in the few words that fit a kitchen's list."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from services.meals import DietaryMarks
from webapp.meals.wording import allergen_words, diet_words


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(kitchen_marks=marks_words, counter_state=state_words)


def marks_words(marks: DietaryMarks) -> str:
    """What the kitchen minds for somebody: "soft food, no egg". Empty where there is nothing."""
    without = [_("no %(what)s", what=allergen_words(allergen)) for allergen in marks.allergies]
    return _(", ").join([diet_words(diet) for diet in marks.diets] + without)


def state_words(status: str) -> str:
    """How a booking stands at the counter."""
    return {
        "booked": _("not yet"),
        "served": _("served"),
        "not_picked_up": _("not picked up"),
        "cancelled": _("cancelled"),
    }[status]
