"""Screening: finding who becomes entitled on a day, and making the offers."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.long_work import WorkKind, ask_for_work, list_works
from webapp.access import current_staff_actor, operators_only
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

blueprint = Blueprint("staff_screening", __name__, url_prefix="/staff/screening")


@blueprint.get("")
@operators_only
def screening() -> Response:
    """The form, and the latest screenings."""
    return _page(problem=None, typed=local_day(now()).isoformat())


@blueprint.post("")
@operators_only
def screen_it() -> AnyResponse:
    """Have a day screened; the next page shows how far it is."""
    typed = request.form.get("as_of", "")
    try:
        as_of = date.fromisoformat(typed)
    except ValueError:
        return _page(problem=_("Write the day like 2026-11-24."), typed=typed[:20])
    work_id = ask_for_work(
        database_session(),
        current_staff_actor(),
        WorkKind.SCREENING,
        city=this_site().settings.city,
        now=now(),
        as_of=as_of,
        even_if_in_doubt=request.form.get("even_if_in_doubt") == "yes",
    )
    return redirect(url_for("staff_works.work", work_id=work_id), 303)


def _page(*, problem: str | None, typed: str) -> Response:
    works = list_works(database_session(), current_staff_actor(), WorkKind.SCREENING, city=this_site().settings.city)
    return show("staff/screening.html", 422 if problem else 200, works=works, problem=problem, typed=typed)
