"""What happens in her community."""

from __future__ import annotations

from flask import Blueprint, Response

from services.activities import list_activities
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("activities", __name__, url_prefix="/activities")


@blueprint.get("")
def activities() -> Response:
    """Everything that is still to come, the next first."""
    found = list_activities(database_session(), current_actor(), person_id=current_person().id, now=now())
    return show("activities/activities.html", activities=found)
