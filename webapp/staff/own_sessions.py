"""Where one of the staff is signed in, and signing out everywhere else."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, session, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from services.staff import end_other_own_sessions, list_own_sessions
from webapp.access import current_staff_actor, staff_only
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("staff_sessions", __name__, url_prefix="/staff/sessions")


@blueprint.get("")
@staff_only
def sessions() -> AnyResponse:
    """Every browser, this one marked, and one button."""
    found = list_own_sessions(database_session(), current_staff_actor(), token=session["staff_token"], now=now())
    return show("staff/sessions.html", devices=found)


@blueprint.post("/others")
@staff_only
def end_others() -> AnyResponse:
    """Sign out in every browser but this one."""
    ended = end_other_own_sessions(database_session(), current_staff_actor(), token=session["staff_token"], now=now())
    if ended:
        flash(
            ngettext("Done. %(num)d other device is signed out.", "Done. %(num)d other devices are signed out.", ended),
            "done",
        )
    return redirect(url_for("staff_sessions.sessions"), 303)
