"""A supervisor's pages: the trail of what the staff did, as a page and as CSV, and reading that was found unusual."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.staff import names_of_staff
from services.supervision import (
    LONGEST_NOTE,
    LookNoteMissing,
    TrailFilter,
    colleagues,
    export_trail,
    list_flags,
    look_into,
    read_trail,
)
from webapp.access import current_staff_actor, supervisors_only
from webapp.pages import csv_file, show
from webapp.site import now, this_site
from webapp.transaction import database_session

ON_A_PAGE = 50

blueprint = Blueprint("staff_supervision", __name__, url_prefix="/staff/supervision")


@blueprint.get("")
@supervisors_only
def trail() -> AnyResponse:
    """What the staff did on a day, today unless another was asked for; of one of them, or about one person."""
    wanted, number = _wanted(), min(max(1, request.args.get("page", 1, type=int)), 1000)
    session, actor, city = database_session(), current_staff_actor(), this_site().settings.city
    found = read_trail(
        session,
        actor,
        wanted=wanted,
        city=city,
        now=now(),
        # One more tells whether there is another page.
        limit=ON_A_PAGE + 1,
        offset=(number - 1) * ON_A_PAGE,
    )
    about = next((each.masked_name for each in found if each.person_id == wanted.person_id), None)
    return show(
        "staff/trail.html",
        trail=found[:ON_A_PAGE],
        more=len(found) > ON_A_PAGE,
        number=number,
        wanted=wanted,
        about=about,
        colleagues=colleagues(session, actor, city=city),
    )


@blueprint.post("")
@supervisors_only
def choose() -> AnyResponse:
    """The same for the day and the colleague that were chosen; ids and days may stand in an address."""
    wanted = _wanted()
    chosen = {"day": wanted.day or "", "who": wanted.staff_id or "", "about": wanted.person_id or ""}
    return redirect(url_for("staff_supervision.trail", **chosen), 303)


@blueprint.post("/export")
@supervisors_only
def export() -> AnyResponse:
    """The same as CSV."""
    wanted = _wanted()
    lines = export_trail(
        database_session(), current_staff_actor(), wanted=wanted, city=this_site().settings.city, now=now()
    )
    return csv_file("".join(lines), f"deeds-{wanted.day or local_day(now())}.csv")


@blueprint.get("/reading")
@supervisors_only
def reading() -> AnyResponse:
    """What was found unusual, and what came of it."""
    return _show_reading()


@blueprint.post("/reading/<uuid:flag_id>")
@supervisors_only
def looked_into(flag_id: UUID) -> AnyResponse:
    """Write down what came of it."""
    note = request.form.get("note", "")
    try:
        look_into(database_session(), current_staff_actor(), flag_id=flag_id, note=note, now=now())
    except LookNoteMissing:
        problem = _("Write what you found out, in at most %(most)d characters.", most=LONGEST_NOTE)
        return _show_reading(problem=problem, of=flag_id)
    flash(_("It is recorded that you looked into it."), "done")
    return redirect(url_for("staff_supervision.reading"), 303)


def _show_reading(*, problem: str | None = None, of: UUID | None = None) -> AnyResponse:
    session, actor = database_session(), current_staff_actor()
    flags = list_flags(session, actor, city=this_site().settings.city)
    who = {flag.staff_id for flag in flags} | {flag.looked_into_by for flag in flags if flag.looked_into_by}
    return show(
        "staff/reading.html",
        422 if problem else 200,
        flags=flags,
        names=names_of_staff(session, who),
        problem=problem,
        problem_of=of,
        typed=request.form.get("note", "") if problem else "",
        longest=LONGEST_NOTE,
    )


def _wanted() -> TrailFilter:
    """What the address or the form asks for; what it does not say well counts as not said."""
    asked = request.values
    day = _day(asked.get("day", "")) if "day" in asked else local_day(now())
    return TrailFilter(day, _id(asked.get("who", "")), _id(asked.get("about", "")))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Moments of the first and the last year of the calendar are out of reach of time zones.
    return day if date.min.year < day.year < date.max.year else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
