"""Where she is signed in, and signing out everywhere else: for the day when a tablet was lost."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, session, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from services.sign_in import end_other_sessions, list_sessions
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("devices", __name__, url_prefix="/devices")


@blueprint.get("")
def devices() -> Response:
    """Every device, this one marked, and one button."""
    found = list_sessions(
        database_session(), current_actor(), person_id=current_person().id, token=session.get("token"), now=now()
    )
    return show("devices/devices.html", devices=found)


@blueprint.post("/others")
def end_others() -> Response:
    """Sign out on every device but this one."""
    ended = end_other_sessions(
        database_session(), current_actor(), person_id=current_person().id, token=session.get("token"), now=now()
    )
    if ended:
        flash(
            ngettext("Done. %(num)d other device is signed out.", "Done. %(num)d other devices are signed out.", ended),
            "done",
        )
    return redirect(url_for("devices.devices"), 303)
