"""What she must not eat and how her food has to be: she says it once, every kitchen minds it, every page warns her."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.meals import Allergen, Diet, get_dietary_marks, set_dietary_marks
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("diets", __name__, url_prefix="/meals/diet")


@blueprint.get("")
def marks() -> Response:
    """Her marks, to be ticked."""
    found = get_dietary_marks(database_session(), current_actor(), person_id=current_person().id)
    return show("meals/diet.html", marks=found, diets=tuple(Diet), allergens=tuple(Allergen))


@blueprint.post("")
def set_marks() -> AnyResponse:
    """Keep what is ticked; what is not, is not."""
    diets, allergies = request.form.getlist("diet"), request.form.getlist("allergy")
    if not set(diets) <= set(Diet) or not set(allergies) <= set(Allergen):
        abort(400)
    set_dietary_marks(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        diets=tuple(diet for diet in Diet if diet in diets),
        allergies=tuple(allergen for allergen in Allergen if allergen in allergies),
        now=now(),
    )
    flash(_("Done. The canteens see it, and we warn you when a meal does not suit you."), "done")
    return redirect(url_for("diets.marks"), 303)
