"""Assisting a senior at the desk: she says what she wants, the worker presses the keys on the senior's own pages, which
lie below /desk/<person> meanwhile."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.desk_help import begin_at_desk, end_at_desk
from webapp.access import current_staff_actor, workers_only
from webapp.acting import begins_at_desk
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("staff_desk", __name__, url_prefix="/staff/people/<uuid:person_id>/desk")


@blueprint.post("")
@workers_only
def begin(person_id: UUID) -> AnyResponse:
    """She is here: on to her pages."""
    begin_at_desk(database_session(), current_staff_actor(), person_id=person_id, now=now())
    return redirect(begins_at_desk(person_id), 303)


@blueprint.post("/end")
@workers_only
def end(person_id: UUID) -> AnyResponse:
    """She goes. Her pages close."""
    end_at_desk(database_session(), current_staff_actor(), person_id=person_id, now=now())
    flash(_("Her pages are closed. She gets a text message about what was done."), "done")
    return redirect(url_for("staff_people.search"), 303)
