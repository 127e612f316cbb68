"""The bookings that were made: the list, one of them, cancelling it, complaining. Changing leads back to choosing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.meals import (
    MealTrouble,
    cancel_meal,
    complain_about_meal,
    get_booking,
    list_meal_bookings,
    list_standing_orders,
    list_waiting,
)
from services.messages import sending_is_delayed
from webapp.access import current_actor, current_person
from webapp.meals.wish import Wish
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

# As long after booking a person may still be looking for the text message that confirms it.
TEXT_IS_EXPECTED = timedelta(hours=1)

blueprint = Blueprint("bookings", __name__, url_prefix="/meals/bookings")


@blueprint.get("")
def bookings() -> Response:
    """Her meals from today on, soonest first; where she stands in line; what is booked by itself."""
    session, actor, person, today = database_session(), current_actor(), current_person(), local_day(now())
    return show(
        "meals/bookings.html",
        bookings=list_meal_bookings(session, actor, person_id=person.id, from_day=today),
        waiting=list_waiting(session, actor, person_id=person.id, from_day=today),
        orders=list_standing_orders(session, actor, person_id=person.id),
    )


@blueprint.get("/<uuid:booking_id>")
def booking(booking_id: UUID) -> Response:
    """One booking: its number, or that it is brought; and each point of it with what changes it."""
    found = get_booking(database_session(), current_actor(), booking_id=booking_id)
    is_new = now() - (found.changed_at or found.booked_at) < TEXT_IS_EXPECTED
    return show(
        "meals/booking.html",
        booking=found,
        wish=Wish.of_booking(found),
        can_be_cancelled=found.can_be_cancelled(now()),
        can_be_complained_about=found.can_be_complained_about(now()),
        text_is_late=is_new and sending_is_delayed(database_session()),
    )


@blueprint.get("/<uuid:booking_id>/cancel")
def cancel(booking_id: UUID) -> AnyResponse:
    """Ask once more before cancelling."""
    found = get_booking(database_session(), current_actor(), booking_id=booking_id)
    if found.status != "booked":
        return redirect(url_for("bookings.booking", booking_id=booking_id), 303)
    return show("meals/cancel.html", booking=found, can_be_cancelled=found.can_be_cancelled(now()))


@blueprint.post("/<uuid:booking_id>/cancel")
def cancel_it(booking_id: UUID) -> AnyResponse:
    """Cancel. The booking's page then offers to book the same again."""
    cancel_meal(database_session(), current_actor(), booking_id=booking_id, now=now())
    flash(_("The meal is cancelled. You pay nothing for it."), "done")
    return redirect(url_for("bookings.booking", booking_id=booking_id), 303)


@blueprint.get("/<uuid:booking_id>/complaint")
def complaint(booking_id: UUID) -> AnyResponse:
    """What was wrong? One press sends it."""
    found = get_booking(database_session(), current_actor(), booking_id=booking_id)
    if not found.can_be_complained_about(now()):
        return redirect(url_for("bookings.booking", booking_id=booking_id), 303)
    return show("meals/complaint.html", booking=found, troubles=list(MealTrouble))


@blueprint.post("/<uuid:booking_id>/complaint")
def complain_it(booking_id: UUID) -> AnyResponse:
    """Complain; a community worker looks into it."""
    about = request.form.get("about", "")
    if about not in set(MealTrouble):
        abort(400)
    complain_about_meal(database_session(), current_actor(), booking_id=booking_id, about=MealTrouble(about), now=now())
    flash(_("Your complaint has arrived. A community worker looks into it and calls you."), "done")
    return redirect(url_for("bookings.booking", booking_id=booking_id), 303)
