"""The activities of a worker's community: entering, calling off, counting places."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.activities import (
    ActivityIncomplete,
    call_off_activity,
    enter_activity,
    list_community_activities,
    set_places_left,
)
from services.clock import local_day
from webapp.access import current_staff_actor, workers_only
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

FIELDS = ("title", "place", "day", "starts", "ends", "places_left")
LONGEST = 80
MOST_DIGITS = 4

blueprint = Blueprint("staff_activities", __name__, url_prefix="/staff/activities")


@blueprint.get("")
@workers_only
def activities() -> AnyResponse:
    """What is to come, and the form for one more."""
    return _show()


@blueprint.post("")
@workers_only
def enter() -> AnyResponse:
    """One more."""
    form = request.form
    try:
        enter_activity(
            database_session(),
            current_staff_actor(),
            title=form.get("title", "")[:LONGEST],
            place=form.get("place", "")[:LONGEST],
            day=_day(form.get("day", "")),
            starts=_time(form.get("starts", "")),
            ends=_time(form["ends"]) if form.get("ends") else None,
            places_left=_places(form.get("places_left", "")),
            city=this_site().settings.city,
            now=now(),
        )
    except ActivityIncomplete as error:
        return _show(422, problem=_problem(str(error.facts["field"])))
    flash(_("Entered. The people of the community see it now, and the assistant tells it."), "done")
    return redirect(url_for("staff_activities.activities"), 303)


@blueprint.post("/<uuid:activity_id>/call-off")
@workers_only
def call_off(activity_id: UUID) -> AnyResponse:
    """It does not take place."""
    call_off_activity(database_session(), current_staff_actor(), activity_id=activity_id, now=now())
    flash(_("Called off. Nobody is told of it any more."), "done")
    return redirect(url_for("staff_activities.activities"), 303)


@blueprint.post("/<uuid:activity_id>/places")
@workers_only
def places(activity_id: UUID) -> AnyResponse:
    """How many places are left."""
    try:
        set_places_left(
            database_session(),
            current_staff_actor(),
            activity_id=activity_id,
            places_left=_places(request.form.get("places_left", "")),
            now=now(),
        )
    except ActivityIncomplete as error:
        return _show(422, problem=_problem(str(error.facts["field"])))
    return redirect(url_for("staff_activities.activities"), 303)


def _show(status: int = 200, *, problem: str | None = None) -> AnyResponse:
    return show(
        "staff/activities.html",
        status,
        activities=list_community_activities(
            database_session(), current_staff_actor(), city=this_site().settings.city, now=now()
        ),
        problem=problem,
        typed={name: request.form.get(name, "")[:LONGEST] for name in FIELDS},
        today=local_day(now()),
    )


def _problem(field: str) -> str:
    return {
        "title": _("Write what it is."),
        "place": _("Write where it is."),
        "day": _("Choose a day of the next two months."),
        "time": _("Write when it begins, and an end that is later."),
        "places_left": _("Write the places that are left as a number, or nothing."),
    }[field]


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ActivityIncomplete(field="day") from None


def _time(written: str) -> time:
    try:
        return time.fromisoformat(written).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise ActivityIncomplete(field="time") from None


def _places(written: str) -> int | None:
    if not written.strip():
        return None
    if not (written.strip().isascii() and written.strip().isdigit() and len(written.strip()) <= MOST_DIGITS):
        raise ActivityIncomplete(field="places_left")
    return int(written)
