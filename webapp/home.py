"""The first page: a welcome before signing in, a few large tiles after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.actor import Capability
from services.allowances import open_offers
from services.certification import CertificationStatus, certification_of
from services.clock import local_day
from services.delegation import delegates_of
from services.emergencies import open_emergency
from services.home_adaptation import latest_adaptation
from services.home_care import ServiceBooking, ServiceState, list_service_bookings
from services.meals import list_meal_bookings
from webapp.access import current_actor, find_signed_in, open_to_anyone
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

# So long after a visit the first page still asks how it was.
LATELY = timedelta(days=7)

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@open_to_anyone
def home() -> AnyResponse:
    """Who is signed in sees what waits for her, or her next meal, and the tiles."""
    person = find_signed_in()
    if person is None:
        if g.get("family") is not None:
            return redirect(url_for("family.family"), 303)
        return show("home/welcome.html")
    at, may = now(), current_actor().may
    bookings = (
        list_meal_bookings(database_session(), current_actor(), person_id=person.id, from_day=local_day(at))
        if Capability.SEE_MEALS in may
        else ()
    )
    # Today's breakfast is still in the list at noon, but it is not what comes next.
    coming = [booking for booking in bookings if booking.menu.served_until_at >= at]
    offers = (
        open_offers(database_session(), current_actor(), person_id=person.id) if Capability.ANSWER_OFFERS in may else ()
    )
    certification = (
        certification_of(database_session(), current_actor(), person_id=person.id, now=at)
        if Capability.CERTIFY in may
        else None
    )
    asked_visit, next_visit = _visits(person.id, at) if Capability.SEE_SERVICES in may else (None, None)
    safer_home = (
        latest_adaptation(database_session(), current_actor(), person_id=person.id)
        if Capability.ANSWER_OFFERS in may
        else None
    )
    asking = delegates_of(database_session(), current_actor(), person_id=person.id, now=at) if is_herself(may) else ()
    alarm = (
        open_emergency(database_session(), current_actor(), person_id=person.id)
        if Capability.SEE_EMERGENCIES in may
        else None
    )
    return show(
        "home/home.html",
        alarm=alarm,
        waiting_offer=offers[0] if offers else None,
        certification_due=_due(certification),
        asked_by=next((each for each in asking if each.waits_for_senior), None),
        may=may,
        waits_until=current_actor().waits_until,
        next_booking=coming[0] if coming else None,
        asked_visit=asked_visit,
        next_visit=next_visit,
        safer_home=safer_home if safer_home and safer_home.waits_for_senior else None,
    )


def is_herself(may: frozenset[Capability]) -> bool:
    """Whether it is the senior's own page: only she says who may act for her."""
    return Capability.MANAGE_DELEGATION in may


def _due(certification: CertificationStatus | None) -> CertificationStatus | None:
    # Who has asked for a visit has done her part.
    if certification is None or not certification.due or certification.visit_asked_on:
        return None
    return certification


def _visits(person_id: UUID, at: datetime) -> tuple[ServiceBooking | None, ServiceBooking | None]:
    """The visit that waits for her word, and the one that comes next."""
    visits = list_service_bookings(
        database_session(), current_actor(), person_id=person_id, from_day=local_day(at - LATELY)
    )
    asked = [visit for visit in visits if visit.state is ServiceState.DONE and visit.can_be_confirmed(at)]
    coming = [visit for visit in visits if visit.is_coming]
    return (asked[0] if asked else None), (coming[0] if coming else None)
