"""The till at the counter with plain forms: look somebody up by number, card or name, and hand out the meal."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from services.clock import CITY_TIME, local_day
from services.meals import Menu
from services.meals.counter import (
    ServingOutcome,
    TillBooking,
    find_at_till,
    get_counter_day,
    serve_meal,
)
from webapp.access import canteens_only, current_staff_actor
from webapp.canteen.workplace import canteen_id
from webapp.meals.wish import uuid_of
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

LONGEST_WANTED = 40

blueprint = Blueprint("canteen_till", __name__, url_prefix="/staff/canteen/till")


@blueprint.get("")
@canteens_only
def till() -> AnyResponse:
    """The counter for one meal of today, the one that is served now unless another was asked for."""
    return _show(_menu_asked_for(todays_menus()), wanted="", found=None)


@blueprint.post("")
@canteens_only
def find() -> AnyResponse:
    """Who is it? A POST, so that no name stands in an address."""
    menu = _menu_asked_for(todays_menus())
    wanted = request.form.get("wanted", "").strip()[:LONGEST_WANTED]
    if menu is None or not wanted:
        return redirect(url_for("canteen_till.till", menu=menu.id if menu else None), 303)
    found = find_at_till(database_session(), current_staff_actor(), menu_id=menu.id, text=wanted)
    return _show(menu, wanted=wanted, found=found)


@blueprint.post("/serve")
@canteens_only
def serve() -> AnyResponse:
    """Hand out one booking. The id of the form makes a double press one serving."""
    served = serve_meal(
        database_session(),
        current_staff_actor(),
        booking_id=uuid_of(request.form.get("booking", "")),
        serving_id=uuid_of(request.form.get("serving", "")),
        now=now(),
    )
    assert served.booking is not None
    number = served.booking.pick_up_number
    if served.outcome is ServingOutcome.SERVED:
        flash(_("Number %(number)d has its meal.", number=number), "done")
    else:
        flash(_("Number %(number)d was served before. Do not hand it out twice.", number=number), "problem")
    return redirect(url_for("canteen_till.till", menu=request.args.get("menu")), 303)


def todays_menus() -> tuple[Menu, ...]:
    """What this canteen serves today."""
    at = now()
    day = get_counter_day(database_session(), current_staff_actor(), canteen_id=canteen_id(), day=local_day(at), now=at)
    return tuple(each.menu for each in day.meals)


def _menu_asked_for(menus: tuple[Menu, ...]) -> Menu | None:
    """The menu of the address, else the one that is served now or next, else the last of the day."""
    if "menu" in request.args:
        asked = uuid_of(request.args["menu"])
        found = next((menu for menu in menus if menu.id == asked), None)
        if found is not None:
            return found
    return next((menu for menu in menus if menu.served_until_at >= now()), menus[-1] if menus else None)


def _show(menu: Menu | None, *, wanted: str, found: tuple[TillBooking, ...] | None) -> AnyResponse:
    return show(
        "canteen/till.html",
        menu=menu,
        menus=todays_menus(),
        canteen_id=canteen_id(),
        wanted=wanted,
        found=found,
        serving_ids=_serving_ids(found),
        token=generate_csrf(),
        time_zone=str(CITY_TIME),
    )


def _serving_ids(found: tuple[TillBooking, ...] | None) -> dict[UUID, UUID]:
    return {booking.booking_id: uuid4() for booking in found or ()}
