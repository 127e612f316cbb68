"""The bookings that were made: the list, one of them, cancelling it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.meals import cancel_meal, get_booking, list_meal_bookings
from services.messages import sending_is_delayed
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

# As long after booking a person may still be looking for the text message that confirms it.
TEXT_IS_EXPECTED = timedelta(hours=1)

blueprint = Blueprint("bookings", __name__, url_prefix="/meals/bookings")


@blueprint.get("")
def bookings() -> Response:
    """Her meals from today on, soonest first."""
    person = current_person()
    found = list_meal_bookings(database_session(), current_actor(), person_id=person.id, from_day=local_day(now()))
    return show("meals/bookings.html", bookings=found)


@blueprint.get("/<uuid:booking_id>")
def booking(booking_id: UUID) -> Response:
    """One booking with its pick-up number."""
    found = get_booking(database_session(), current_actor(), booking_id=booking_id)
    is_new = now() - found.booked_at < TEXT_IS_EXPECTED
    return show(
        "meals/booking.html",
        booking=found,
        can_be_cancelled=found.can_be_cancelled(now()),
        text_is_late=is_new and sending_is_delayed(database_session()),
    )


@blueprint.get("/<uuid:booking_id>/cancel")
def cancel(booking_id: UUID) -> AnyResponse:
    """Ask once more before cancelling."""
    found = get_booking(database_session(), current_actor(), booking_id=booking_id)
    if found.status == "cancelled":
        return redirect(url_for("bookings.booking", booking_id=booking_id), 303)
    return show("meals/cancel.html", booking=found, can_be_cancelled=found.can_be_cancelled(now()))


@blueprint.post("/<uuid:booking_id>/cancel")
def cancel_it(booking_id: UUID) -> AnyResponse:
    """Cancel. The booking's page then offers to book the same again."""
    cancel_meal(database_session(), current_actor(), booking_id=booking_id, now=now())
    flash(_("The meal is cancelled. You pay nothing for it."), "done")
    return redirect(url_for("bookings.booking", booking_id=booking_id), 303)
