"""Certification for seniors: whether something is due, until when, and the ways to do it; the digits to say. Who acts
for a senior says instead on which day she saw her, and a worker at the desk that she sees her.

What is heard on the page with the digits goes down a microphone's line, `certification_socket`.
"""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Flask, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.certification import (
    SeenDayWrong,
    ask_for_visit,
    certification_of,
    current_challenge,
    days_that_count,
    read_parameters,
    record_visit,
    start_self_certification,
    vouch_for,
)
from webapp.access import current_actor, current_person
from webapp.acting import acting_by, assisted
from webapp.certification_socket import CertificationLine
from webapp.pages import show
from webapp.site import now, this_site
from webapp.talk_socket import add_line
from webapp.transaction import database_session

LONGEST_NOTE = 200

blueprint = Blueprint("certification", __name__, url_prefix="/certification")


def install(app: Flask) -> None:
    """Serve the pages and the microphone's line. After `talk_socket`, whose lines it shares.

    Raises CertificationParametersWrong: a mistake in the file stops the start.
    """
    read_parameters()
    app.register_blueprint(blueprint)
    add_line(app, "/certification/socket", "certification_socket", CertificationLine)


@blueprint.get("")
def certification() -> Response:
    """One sentence that says how she stands, and the ways to do what is due: her own, or those of who is with her."""
    if acting_by() is not None:
        return _vouching()
    if assisted() is not None:
        return _at_the_desk()
    status = certification_of(database_session(), current_actor(), person_id=current_person().id, now=now())
    return show("certification/certification.html", status=status)


@blueprint.post("/seen")
def seen() -> AnyResponse:
    """Who acts for her has seen her, and says on which day."""
    try:
        vouch_for(
            database_session(),
            current_actor(),
            person_id=current_person().id,
            seen_on=chosen_day(request.form.get("seen_on", "")),
            now=now(),
        )
    except SeenDayWrong:
        return _vouching(422, problem=_("Tick the day on which you saw her last."))
    flash(_("Done. She gets a text message that you said it."), "done")
    return redirect(url_for("certification.certification"), 303)


@blueprint.post("/here")
def here() -> AnyResponse:
    """A worker sees her at the desk, and says how she knows that it is she."""
    if assisted() is None:
        abort(404)
    reason = request.form.get("seen", "")[:LONGEST_NOTE]
    if not reason.strip():
        return _at_the_desk(422, problem=_("Write how you made sure that it is she."))
    person_id = current_person().id
    record_visit(database_session(), current_actor(), person_id=person_id, passed=True, reason=reason, now=now())
    flash(_("She is certified."), "done")
    return redirect(url_for("certification.certification"), 303)


@blueprint.post("/digits")
def new_digits() -> AnyResponse:
    """Give her digits to say."""
    start_self_certification(database_session(), current_actor(), person_id=current_person().id, now=now())
    return redirect(url_for("certification.digits"), 303)


@blueprint.get("/digits")
def digits() -> AnyResponse:
    """The digits, and the microphone. Without any that count she begins on the first page."""
    challenge = current_challenge(database_session(), current_actor(), person_id=current_person().id, now=now())
    if challenge is None:
        return redirect(url_for("certification.certification"), 303)
    this_site().engines.get_ready()
    return show("certification/digits.html", digits=challenge.digits, troubles=trouble_words())


@blueprint.post("/visit")
def visit() -> AnyResponse:
    """Have somebody come."""
    ask_for_visit(database_session(), current_actor(), person_id=current_person().id, now=now())
    return redirect(url_for("certification.certification"), 303)


def chosen_day(written: str) -> date:
    """The day that was chosen in a form. Raises SeenDayWrong for what is none."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        days = days_that_count(now())
        raise SeenDayWrong(first_on=days[-1], last_on=days[0]) from None


def _vouching(status: int = 200, *, problem: str | None = None) -> Response:
    found = certification_of(database_session(), current_actor(), person_id=current_person().id, now=now())
    return show(
        "certification/vouching.html",
        status,
        status=found,
        days=days_that_count(now()),
        waits_until=current_actor().waits_until,
        problem=problem,
    )


def _at_the_desk(status: int = 200, *, problem: str | None = None) -> Response:
    found = certification_of(database_session(), current_actor(), person_id=current_person().id, now=now())
    return show("certification/desk.html", status, status=found, longest=LONGEST_NOTE, problem=problem)


def trouble_words() -> dict[str, str]:
    """What the page says when the microphone cannot be used, by code."""
    elsewhere = _("You can also have somebody come: go back one page and ask for a visit.")
    return {
        "refused": _("The microphone is not allowed. Allow it in the browser.") + " " + elsewhere,
        "missing": _("This device has no microphone that works.") + " " + elsewhere,
        "insecure": _("The microphone works only over a secure connection.") + " " + elsewhere,
        "not_installed": _("This service cannot listen yet.") + " " + elsewhere,
        "lost": _("The line was cut. Nothing is lost. Press the microphone once more."),
        "idle": _("Nobody spoke for a while, so the line was closed. Press the microphone once more."),
        "too_many": _("Too many microphones are on just now. Please try again in a few minutes."),
        "broken": _("Something is broken on our side. Nothing is lost. Press the microphone once more."),
        "signed_out": _("You have signed out. Please sign in again on the first page."),
    }
