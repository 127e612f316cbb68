"""What the till's script asks for: who eats today, and taking over what was handed out while there was no line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, jsonify, request, send_file
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.meals.counter import OfflineServing, TillBooking, get_till, sync_servings
from webapp.access import canteens_only, current_staff_actor
from webapp.browser_files import STATIC
from webapp.canteen.till import todays_menus
from webapp.canteen.wording import marks_words
from webapp.canteen.workplace import canteen_id
from webapp.site import now
from webapp.transaction import database_session
from webapp.words import money_words

# The script sends fewer at a time.
MOST_SERVINGS = 500
WORKER: Path = STATIC / "js" / "till-worker.js"

blueprint = Blueprint("canteen_till_lines", __name__, url_prefix="/staff/canteen")


@blueprint.get("/till/bookings")
@canteens_only
def bookings() -> AnyResponse:
    """Every booking of today, and a token for telling what was handed out. Names are masked."""
    session, actor, at = database_session(), current_staff_actor(), now()
    tills = [get_till(session, actor, menu_id=menu.id, now=at) for menu in todays_menus()]
    entries = [_entry(till.menu.id, booking) for till in tills for booking in till.bookings]
    answer = jsonify(day=local_day(at).isoformat(), token=generate_csrf(), entries=entries)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/till/servings")
@canteens_only
def servings() -> AnyResponse:
    """Take over what the till handed out. Sent twice it counts once; each serving gets an answer."""
    told = sync_servings(
        database_session(),
        current_staff_actor(),
        canteen_id=canteen_id(),
        servings=_servings_in_request(),
        now=now(),
    )
    return jsonify(outcomes=[{"id": str(each.serving_id), "outcome": each.outcome.value} for each in told])


@blueprint.get("/till-worker.js")
@canteens_only
def worker() -> AnyResponse:
    """The script that keeps the till's page. Under this path: a browser lets it reach no further than it lies."""
    return send_file(WORKER, mimetype="text/javascript", max_age=0)


def _entry(menu_id: UUID, booking: TillBooking) -> dict[str, Any]:
    return {
        "id": str(booking.booking_id),
        "menu": str(menu_id),
        "number": booking.pick_up_number,
        "name": booking.masked_name,
        "card": booking.card_last_four,
        "portions": ngettext("%(num)d portion", "%(num)d portions", booking.quantity),
        "pays": money_words(booking.to_pay_fen),
        "marks": marks_words(booking.marks),
        "delivery": booking.delivery,
        "state": booking.status,
    }


def _servings_in_request() -> list[OfflineServing]:
    body = request.get_json(silent=True)
    sent = body.get("servings") if isinstance(body, dict) else None
    if not isinstance(sent, list) or len(sent) > MOST_SERVINGS:
        abort(400)
    try:
        found = [
            OfflineServing(UUID(each["id"]), UUID(each["booking"]), datetime.fromisoformat(each["at"])) for each in sent
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        abort(400)
    if any(each.served_at.tzinfo is None for each in found):
        abort(400)
    return found
