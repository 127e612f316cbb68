"""Standing in line for a meal that is full: joining at a price, seeing the place in line, leaving."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, Flask, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from services.meals import (
    MealQuote,
    MealWaiting,
    WaitingStatus,
    get_waiting,
    join_waiting_list,
    leave_waiting_list,
    quote_waiting,
)
from webapp.access import current_actor, current_person
from webapp.meals.choosing import menu_in_address, number_in_form
from webapp.meals.wish import number_of, uuid_of, yes_of, yes_words
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("waiting", __name__, url_prefix="/meals/waiting")


def install(app: Flask) -> None:
    """Give the templates these words as a filter."""
    app.jinja_env.filters["waiting_state"] = waiting_state_words


@blueprint.get("/way")
def way() -> AnyResponse:
    """Eat there or have it brought, when a portion comes free? Not asked where the canteen does not deliver."""
    quote = _quote(delivery=False)
    if not quote.can_be_delivered:
        return redirect(_join_address(menu_in_address(), delivery=False), 303)
    return show("meals/waiting_way.html", quote=quote, join_address=_join_address)


@blueprint.get("/join")
def join() -> Response:
    """What she would get and pay, before she stands in line."""
    quote = _quote(delivery=yes_of(request.args.get("delivery", "no")))
    return show("meals/waiting_join.html", quote=quote, request_id=uuid4())


@blueprint.post("/join")
def join_it() -> AnyResponse:
    """Stand in line; where a portion came free meanwhile it is booked."""
    place = join_waiting_list(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        menu_id=menu_in_address(),
        quantity=number_of(request.args.get("quantity", "1")),
        delivery=yes_of(request.args.get("delivery", "no")),
        agreed_to_pay_fen=number_in_form("to_pay_fen"),
        request_id=uuid_of(request.form.get("request_id", "")),
        now=now(),
    )
    if place.status is WaitingStatus.BOOKED and place.booking_id:
        flash(_("A portion came free just now: your meal is booked."), "done")
        return redirect(url_for("bookings.booking", booking_id=place.booking_id), 303)
    flash(_("Done. You stand in line. When a portion comes free it is booked for you, and a text tells you."), "done")
    return redirect(url_for("waiting.place", waiting_id=place.id), 303)


@blueprint.get("/<uuid:waiting_id>")
def place(waiting_id: UUID) -> AnyResponse:
    """Her place in line, or what came of it."""
    found = get_waiting(database_session(), current_actor(), waiting_id=waiting_id)
    if found.status is WaitingStatus.BOOKED and found.booking_id:
        return redirect(url_for("bookings.booking", booking_id=found.booking_id), 303)
    return show("meals/waiting_place.html", place=found)


@blueprint.post("/<uuid:waiting_id>/leave")
def leave(waiting_id: UUID) -> AnyResponse:
    """Go out of the line."""
    leave_waiting_list(database_session(), current_actor(), waiting_id=waiting_id, now=now())
    flash(_("Done. You no longer stand in line for this meal."), "done")
    return redirect(url_for("bookings.bookings"), 303)


def waiting_state_words(found: MealWaiting) -> str:
    """How it stands with somebody in line."""
    if found.status is WaitingStatus.WAITING:
        if not found.ahead:
            return _("You are next.")
        return ngettext("%(num)d person is before you.", "%(num)d people are before you.", found.ahead)
    return {
        WaitingStatus.BOOKED: _("A portion came free: it is booked."),
        WaitingStatus.LEFT: _("You no longer stand in line."),
        WaitingStatus.ENDED: _("No portion came free before the canteen began to cook."),
        WaitingStatus.PRICE_CHANGED: _("It would have cost more than you agreed to, so it was not booked."),
    }[found.status]


def _quote(*, delivery: bool) -> MealQuote:
    return quote_waiting(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        menu_id=menu_in_address(),
        quantity=number_of(request.args.get("quantity", "1")),
        delivery=delivery,
        now=now(),
    )


def _join_address(menu_id: UUID, *, delivery: bool) -> str:
    return url_for(
        "waiting.join", menu=menu_id, delivery=yes_words(delivery), quantity=request.args.get("quantity", "1")
    )
