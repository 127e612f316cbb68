"""The first page: a welcome before signing in, a few large tiles after it."""

from __future__ import annotations

from flask import Blueprint, Response

from services.allowances import open_offers
from services.certification import certification_of
from services.clock import local_day
from services.meals import list_meal_bookings
from webapp.access import current_actor, find_signed_in, open_to_anyone
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@open_to_anyone
def home() -> Response:
    """Who is signed in sees what waits for her, or her next meal, and the tiles."""
    person = find_signed_in()
    if person is None:
        return show("home/welcome.html")
    at = now()
    bookings = list_meal_bookings(database_session(), current_actor(), person_id=person.id, from_day=local_day(at))
    # Today's breakfast is still in the list at noon, but it is not what comes next.
    coming = [booking for booking in bookings if booking.menu.served_until_at >= at]
    offers = open_offers(database_session(), current_actor(), person_id=person.id)
    certification = certification_of(database_session(), current_actor(), person_id=person.id, now=at)
    return show(
        "home/home.html",
        waiting_offer=offers[0] if offers else None,
        # Who has asked for a visit has done her part.
        certification_due=certification if certification.due and not certification.visit_asked_on else None,
        next_booking=coming[0] if coming else None,
    )
