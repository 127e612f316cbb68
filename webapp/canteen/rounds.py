"""Where the meals of one menu go, by street. Apart from the day's page, since each reading of addresses is recorded."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.meals.counter import get_delivery_rounds, get_till, serve_meal
from webapp.access import canteens_only, current_staff_actor
from webapp.meals.wish import uuid_of
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("canteen_rounds", __name__, url_prefix="/staff/canteen/rounds")


@blueprint.get("/<uuid:menu_id>")
@canteens_only
def rounds(menu_id: UUID) -> AnyResponse:
    """A list of doors for each street, to be taken along."""
    session, actor, at = database_session(), current_staff_actor(), now()
    found = get_delivery_rounds(session, actor, menu_id=menu_id, now=at)
    menu = get_till(session, actor, menu_id=menu_id, now=at).menu
    serving_ids = {stop.booking_id: uuid4() for each in found for stop in each.stops}
    return show("canteen/rounds.html", menu=menu, rounds=found, serving_ids=serving_ids, today=local_day(at))


@blueprint.post("/<uuid:menu_id>/brought")
@canteens_only
def brought(menu_id: UUID) -> AnyResponse:
    """A meal is at its door. The id of the form makes a double press one serving."""
    served = serve_meal(
        database_session(),
        current_staff_actor(),
        booking_id=uuid_of(request.form.get("booking", "")),
        serving_id=uuid_of(request.form.get("serving", "")),
        now=now(),
    )
    assert served.booking is not None
    flash(_("Number %(number)d has its meal.", number=served.booking.pick_up_number), "done")
    return redirect(url_for("canteen_rounds.rounds", menu_id=menu_id), 303)
