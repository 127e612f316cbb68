"""A canteen's day: for each meal what to cook and what to mind, who came and who did not, and all of it on paper."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.meals.counter import close_meal, day_as_pdf, get_counter_day, get_till, take_back_serving
from webapp.access import canteens_only, current_staff_actor
from webapp.canteen.printed import printed_words
from webapp.canteen.workplace import canteen_id
from webapp.meals.wish import day_of, uuid_of
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("canteen", __name__, url_prefix="/staff/canteen")


@blueprint.get("")
@canteens_only
def day() -> AnyResponse:
    """One day, today unless another was asked for."""
    wanted = _day_asked_for()
    found = get_counter_day(database_session(), current_staff_actor(), canteen_id=canteen_id(), day=wanted, now=now())
    a_day, today = timedelta(days=1), local_day(now())
    return show(
        "canteen/day.html",
        day=found,
        now=now(),
        days=[("before", wanted - a_day), ("today", today), ("tomorrow", today + a_day), ("after", wanted + a_day)],
    )


@blueprint.post("/paper")
@canteens_only
def paper() -> AnyResponse:
    """The day as PDF. A POST, since it holds addresses: each making is recorded, and no link makes one."""
    wanted = _day_asked_for()
    pages = day_as_pdf(
        database_session(),
        current_staff_actor(),
        canteen_id=canteen_id(),
        day=wanted,
        words=printed_words(wanted, now=now()),
        now=now(),
    )
    answer = FlaskResponse(pages, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="meals-{wanted:%Y-%m-%d}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/meals/<uuid:menu_id>")
@canteens_only
def meal(menu_id: UUID) -> AnyResponse:
    """Every booking of one meal, and how it stands."""
    till = get_till(database_session(), current_staff_actor(), menu_id=menu_id, now=now())
    return show("canteen/meal.html", till=till, now=now())


@blueprint.post("/meals/<uuid:menu_id>/close")
@canteens_only
def close(menu_id: UUID) -> AnyResponse:
    """The meal is over: what nobody came for is marked."""
    closed = close_meal(database_session(), current_staff_actor(), menu_id=menu_id, now=now())
    flash(
        ngettext(
            "The meal is closed. %(num)d portion was not picked up.",
            "The meal is closed. %(num)d portions were not picked up.",
            closed.not_picked_up,
        ),
        "done",
    )
    return redirect(url_for("canteen.meal", menu_id=menu_id), 303)


@blueprint.post("/meals/<uuid:menu_id>/take-back")
@canteens_only
def take_back(menu_id: UUID) -> AnyResponse:
    """Somebody was marked as served by a slip of the finger."""
    booking = take_back_serving(
        database_session(), current_staff_actor(), booking_id=uuid_of(request.form.get("booking", "")), now=now()
    )
    flash(_("Number %(number)d counts as not served again.", number=booking.pick_up_number), "done")
    return redirect(url_for("canteen.meal", menu_id=menu_id), 303)


def _day_asked_for() -> date:
    text = request.args.get("day")
    if text is None:
        return local_day(now())
    asked = day_of(text)
    if abs(asked - local_day(now())) > timedelta(days=366):
        abort(404)
    return asked
