"""Work that takes long, as an operator watches it: how far it is, and what came of it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request
from jinja2_fragments.flask import render_block

from services.long_work import LongWork, get_work
from webapp.access import current_staff_actor, operators_only
from webapp.pages import show
from webapp.staff.work_words import rejection_words, report_pairs, where_next
from webapp.transaction import database_session

blueprint = Blueprint("staff_works", __name__, url_prefix="/staff/works")


@blueprint.get("/<uuid:work_id>")
@operators_only
def work(work_id: UUID) -> Response | str:
    """One piece of work. While it runs htmx asks for its state again and again."""
    found = get_work(database_session(), current_staff_actor(), work_id=work_id)
    if request.headers.get("HX-Target") == "work":
        return render_block("staff/work.html", "state", **_context(found))
    return show("staff/work.html", **_context(found))


def _context(found: LongWork) -> dict[str, object]:
    rejections = (found.report or {}).get("rejections", ())
    return {
        "work": found,
        "pairs": report_pairs(found),
        "rejections": [(each["line"], each["column"], rejection_words(each["code"])) for each in rejections],
        "next_url": where_next(found),
    }
