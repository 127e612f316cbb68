"""The day's calendar: who works when, and with whom."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.home_care import list_provider_day, list_provider_visits
from webapp.access import current_staff_actor, providers_only
from webapp.pages import show
from webapp.provider.lanes import rows_of
from webapp.provider.requests import own_provider_id
from webapp.site import now
from webapp.transaction import database_session

A_DAY = timedelta(days=1)
# Nobody looks further back or ahead in a calendar.
FARTHEST = timedelta(days=366)

blueprint = Blueprint("provider_days", __name__, url_prefix="/staff/provider/day")


@blueprint.get("")
@providers_only
def day() -> AnyResponse:
    """One day: the calendar, and the visits below it with how they stand."""
    asked = _day()
    session, actor, at, provider_id = database_session(), current_staff_actor(), now(), own_provider_id()
    found = list_provider_day(session, actor, provider_id=provider_id, day=asked, now=at)
    return show(
        "provider/day.html",
        day=asked,
        before=asked - A_DAY,
        after=asked + A_DAY,
        today=local_day(at),
        workers=[each.worker for each in found.workers],
        rows=rows_of(found),
        visits=list_provider_visits(
            session, actor, provider_id=provider_id, from_day=asked, to_day=asked, now=at
        ),
    )  # fmt: skip


def _day() -> date:
    """The day that the address names, today if none."""
    today = local_day(now())
    try:
        asked = date.fromisoformat(request.args.get("day", today.isoformat()))
    except ValueError:
        abort(400)
    if abs(asked - today) > FARTHEST:
        abort(404)
    return asked
