"""The visits of one care worker, a day at a time, and the steps of one of them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.home_care import (
    LONGEST_WORDS,
    Place,
    end_visit,
    get_my_visit,
    list_my_visits,
    record_not_at_home,
    start_visit,
)
from webapp.access import care_workers_only, current_staff_actor
from webapp.pages import show
from webapp.security import HEADERS
from webapp.site import now
from webapp.transaction import database_session

A_DAY = timedelta(days=1)
# Her next days are for planning; what is further away may still change.
DAYS_AHEAD = 7

blueprint = Blueprint("visits", __name__, url_prefix="/staff/visits")


@blueprint.after_request
def allow_place(response: Response) -> Response:
    """A phone may say where it is on these pages, where its owner presses for it; nowhere else on the site."""
    policy = HEADERS["Permissions-Policy"].replace("geolocation=()", "geolocation=(self)")
    response.headers["Permissions-Policy"] = policy
    return response


@blueprint.get("")
@care_workers_only
def day() -> AnyResponse:
    """Her visits of a day, today's if she asks for none."""
    today = local_day(now())
    asked = _day(today)
    found = list_my_visits(database_session(), current_staff_actor(), day=asked, now=now())
    return show(
        "visits/day.html",
        visits=found,
        day=asked,
        today=today,
        before=asked - A_DAY if asked > today else None,
        after=asked + A_DAY if asked < today + timedelta(days=DAYS_AHEAD) else None,
    )


@blueprint.get("/<uuid:booking_id>")
@care_workers_only
def visit(booking_id: UUID) -> AnyResponse:
    """One visit: where, what is done, what to mind, and the next step."""
    found = get_my_visit(database_session(), current_staff_actor(), booking_id=booking_id, now=now())
    return show("visits/visit.html", visit=found, booking=found.booking, longest=LONGEST_WORDS)


@blueprint.post("/<uuid:booking_id>/start")
@care_workers_only
def start(booking_id: UUID) -> AnyResponse:
    """She is there and begins."""
    start_visit(database_session(), current_staff_actor(), booking_id=booking_id, place=_place(), now=now())
    flash(_("Begun. Press the button below when you are done."), "done")
    return redirect(url_for("visits.visit", booking_id=booking_id), 303)


@blueprint.post("/<uuid:booking_id>/end")
@care_workers_only
def end(booking_id: UUID) -> AnyResponse:
    """It is done, with a note if she likes."""
    end_visit(
        database_session(),
        current_staff_actor(),
        booking_id=booking_id,
        note=request.form.get("note", ""),
        place=_place(),
        now=now(),
    )
    flash(_("Ended. The senior is asked how it was."), "done")
    return redirect(url_for("visits.day"), 303)


@blueprint.get("/<uuid:booking_id>/not-at-home")
@care_workers_only
def not_at_home(booking_id: UUID) -> AnyResponse:
    """Nobody opens: what to try first, and the report."""
    found = get_my_visit(database_session(), current_staff_actor(), booking_id=booking_id, now=now())
    return show("visits/not_at_home.html", visit=found, booking=found.booking, longest=LONGEST_WORDS)


@blueprint.post("/<uuid:booking_id>/not-at-home")
@care_workers_only
def record_it(booking_id: UUID) -> AnyResponse:
    """Nobody opened; a community worker asks after the senior."""
    record_not_at_home(
        database_session(),
        current_staff_actor(),
        booking_id=booking_id,
        note=request.form.get("note", ""),
        place=_place(),
        now=now(),
    )
    flash(_("Reported. A community worker asks after the senior today."), "done")
    return redirect(url_for("visits.day"), 303)


def _place() -> Place | None:
    """Where her phone is, if she let it say so."""
    texts = [request.form.get(name, "") for name in ("latitude", "longitude", "accuracy")]
    if not all(texts):
        return None
    try:
        latitude, longitude, accuracy = (float(text) for text in texts)
    except ValueError:
        abort(400)
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= accuracy < float("inf")):
        abort(400)
    return Place(latitude, longitude, accuracy)


def _day(today: date) -> date:
    try:
        asked = date.fromisoformat(request.args.get("day", today.isoformat()))
    except ValueError:
        abort(400)
    if not today <= asked <= today + timedelta(days=DAYS_AHEAD):
        abort(404)
    return asked
