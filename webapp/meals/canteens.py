"""Where canteens are: the nearest first, with distance, hours, telephone, and a map of our own drawing."""

from __future__ import annotations

from flask import Blueprint, Response, request

from services.meals import list_canteens
from services.meals.centres import centre_of
from webapp.access import current_actor, current_person
from webapp.meals.street_map import Point, draw_street_map
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

CANTEENS_SHOWN, MOST_SHOWN = 4, 12

blueprint = Blueprint("canteens", __name__, url_prefix="/meals/canteens")


@blueprint.get("")
def canteens() -> Response:
    """The list, and the map with the same numbers on it."""
    person = current_person()
    wants_more = bool(request.args.get("more"))
    limit = MOST_SHOWN if wants_more else CANTEENS_SHOWN
    found = list_canteens(database_session(), current_actor(), person_id=person.id, now=now(), limit=limit + 1)
    shown = found[:limit]
    home = centre_of(person.district, person.community)
    places = [
        (number, Point(each.canteen.longitude, each.canteen.latitude))
        for number, each in enumerate(shown, 1)
        if each.canteen.longitude is not None and each.canteen.latitude is not None
    ]
    return show(
        "meals/canteens.html",
        choices=shown,
        more=len(found) > limit and not wants_more,
        street_map=draw_street_map(Point(*home) if home else None, dict(places)),
    )
