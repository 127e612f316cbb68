"""The visits that were booked: the list, one of them, changing and cancelling, saying how it was, complaining."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.home_care import (
    LONGEST_WORDS,
    ComplaintAbout,
    Rating,
    ServicePriceChanged,
    ServiceState,
    agree_to_price,
    cancel_service,
    complain,
    confirm_visit,
    get_service_booking,
    list_service_bookings,
)
from services.messages import sending_is_delayed
from webapp.access import current_actor, current_person
from webapp.error_words import error_words
from webapp.home_care.wanted import agreed_fen
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

# As long after booking a person may still be looking for the text message that confirms it.
TEXT_IS_EXPECTED = timedelta(hours=1)
# How far back the list goes.
DAYS_BACK = 60
# Where the price still means something to her, besides the visits to come.
CHARGED = frozenset({ServiceState.DONE, ServiceState.CONFIRMED, ServiceState.DISPUTED})
UNHAPPY = frozenset({Rating.POOR, Rating.VERY_POOR})

blueprint = Blueprint("service_bookings", __name__, url_prefix="/services/bookings")


@blueprint.get("")
def bookings() -> Response:
    """Her visits: those that wait for her word, those to come, those that are over, the latest first."""
    at = now()
    found = list_service_bookings(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        from_day=local_day(at) - timedelta(days=DAYS_BACK),
    )
    asked = [each for each in found if each.state is ServiceState.DONE and each.can_be_confirmed(at)]
    coming = [each for each in found if each.is_coming]
    over = [each for each in reversed(found) if each not in asked and not each.is_coming]
    return show("home_care/bookings.html", asked=asked, coming=coming, over=over)


@blueprint.get("/<uuid:booking_id>")
def booking(booking_id: UUID) -> Response:
    """One visit: when, who, how it stands, and what can be done about it."""
    at = now()
    found = get_service_booking(database_session(), current_actor(), booking_id=booking_id)
    return show(
        "home_care/booking.html",
        booking=found,
        is_charged=found.is_coming or found.state in CHARGED,
        can_be_changed=found.can_be_changed(at),
        can_be_confirmed=found.can_be_confirmed(at),
        can_be_complained_about=found.can_be_complained_about(at),
        text_is_late=at - found.booked_at < TEXT_IS_EXPECTED and sending_is_delayed(database_session()),
    )


@blueprint.get("/<uuid:booking_id>/cancel")
def cancel(booking_id: UUID) -> AnyResponse:
    """Ask once more before cancelling."""
    found = get_service_booking(database_session(), current_actor(), booking_id=booking_id)
    if not found.can_be_changed(now()):
        return redirect(url_for("service_bookings.booking", booking_id=booking_id), 303)
    return show("home_care/cancel.html", booking=found)


@blueprint.post("/<uuid:booking_id>/cancel")
def cancel_it(booking_id: UUID) -> AnyResponse:
    """Cancel. The booking's page then offers to book again."""
    cancel_service(database_session(), current_actor(), booking_id=booking_id, now=now())
    flash(_("The visit is cancelled. You pay nothing for it."), "done")
    return redirect(url_for("service_bookings.booking", booking_id=booking_id), 303)


@blueprint.post("/<uuid:booking_id>/price")
def agree(booking_id: UUID) -> AnyResponse:
    """She still wants the visit, at the price that this page asked her about."""
    page = url_for("service_bookings.booking", booking_id=booking_id)
    try:
        agree_to_price(
            database_session(), current_actor(), booking_id=booking_id, agreed_to_pay_fen=agreed_fen(), now=now()
        )
    except ServicePriceChanged as error:
        words = error_words(error)
        return show("errors/refused.html", words.status, words=words, next_url=page)
    flash(_("Thank you. The visit stays as booked, at the new price."), "done")
    return redirect(page, 303)


@blueprint.get("/<uuid:booking_id>/rating")
def rating(booking_id: UUID) -> AnyResponse:
    """How was it? One press confirms the visit and says so."""
    found = get_service_booking(database_session(), current_actor(), booking_id=booking_id)
    if not found.can_be_confirmed(now()):
        return redirect(url_for("service_bookings.booking", booking_id=booking_id), 303)
    return show("home_care/rating.html", booking=found, ratings=list(Rating))


@blueprint.post("/<uuid:booking_id>/rating")
def rate_it(booking_id: UUID) -> AnyResponse:
    """Confirm with what she pressed. Who was not content is asked at once what was wrong."""
    said = request.form.get("rating", "")
    if said not in set(Rating):
        abort(400)
    confirm_visit(database_session(), current_actor(), booking_id=booking_id, rating=Rating(said), now=now())
    flash(_("Thank you. It is noted."), "done")
    if Rating(said) in UNHAPPY:
        return redirect(url_for("service_bookings.complaint", booking_id=booking_id), 303)
    return redirect(url_for("service_bookings.booking", booking_id=booking_id), 303)


@blueprint.get("/<uuid:booking_id>/complaint")
def complaint(booking_id: UUID) -> AnyResponse:
    """What was wrong? One press sends it."""
    found = get_service_booking(database_session(), current_actor(), booking_id=booking_id)
    if not found.can_be_complained_about(now()):
        return redirect(url_for("service_bookings.booking", booking_id=booking_id), 303)
    return show("home_care/complaint.html", booking=found, matters=list(ComplaintAbout), longest=LONGEST_WORDS)


@blueprint.post("/<uuid:booking_id>/complaint")
def complain_it(booking_id: UUID) -> AnyResponse:
    """Complain; a community worker looks into it."""
    about = request.form.get("about", "")
    if about not in set(ComplaintAbout):
        abort(400)
    complain(
        database_session(),
        current_actor(),
        booking_id=booking_id,
        about=ComplaintAbout(about),
        words=request.form.get("words", ""),
        now=now(),
    )
    flash(_("Your complaint has arrived. A community worker looks into it and calls you."), "done")
    return redirect(url_for("service_bookings.booking", booking_id=booking_id), 303)
