"""Registers: taking in an extract of another office, and what came of the ones before."""

from __future__ import annotations

import tempfile

from flask import Blueprint, Request, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.actor import ActorKind
from services.long_work import WorkKind, ask_for_import, list_works
from webapp.access import current_staff_actor, find_signed_in_staff, operators_only
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

# A household register of a city of a million seniors; anything else that is posted to the site is small.
MOST_BYTES = 300 * 1024 * 1024

blueprint = Blueprint("staff_registers", __name__, url_prefix="/staff/registers")


def allow_large_file(endpoint: str | None, asked: Request) -> None:
    """Let an operator, and nobody else, send a file of this size; before anything reads the request."""
    if endpoint in ("staff_registers.upload", "staff_runs.take_returns"):
        staff = find_signed_in_staff()
        if staff is not None and staff.role is ActorKind.OPERATOR:
            asked.max_content_length = MOST_BYTES


@blueprint.get("")
@operators_only
def registers() -> Response:
    """The form, and the latest imports."""
    works = list_works(database_session(), current_staff_actor(), WorkKind.IMPORT, city=this_site().settings.city)
    return show("staff/registers.html", works=works)


@blueprint.post("")
@operators_only
def upload() -> AnyResponse:
    """Take the file and have it imported; the next page shows how far it is."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choose a file first."), "problem")
        return redirect(url_for("staff_registers.registers"), 303)
    # What a browser calls the file may hold a name; it is not kept.
    with tempfile.TemporaryFile() as copy:
        file.save(copy)
        copy.seek(0)
        work_id = ask_for_import(
            database_session(),
            current_staff_actor(),
            copy,
            city=this_site().settings.city,
            now=now(),
            confirmed=request.form.get("confirmed") == "yes",
        )
    return redirect(url_for("staff_works.work", work_id=work_id), 303)
