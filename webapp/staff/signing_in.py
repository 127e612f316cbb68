"""Signing in of staff: login name and password, then the code of the authenticator.

At the first sign-in a password of her own and the authenticator come in between. What the pages say is the same for a
login name that exists and one that does not.
"""

from __future__ import annotations

import io

import segno
from flask import Blueprint, Response, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from services.staff import (
    LEAST_CHARACTERS,
    CodeOutcome,
    PasswordOutcome,
    PasswordTooWeak,
    StaffCodeCheck,
    enrol_staff,
    enrolment_of,
    prove_staff,
    sign_in_staff,
    sign_out_staff,
)
from webapp.access import find_signed_in_staff, open_to_anyone, own_path
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

QR_PIXELS_A_MODULE = 5

blueprint = Blueprint("staff_sign_in", __name__, url_prefix="/staff/sign-in")


@blueprint.get("")
@open_to_anyone
def password() -> AnyResponse:
    """Ask for login name and password."""
    going_to = own_path(request.args.get("next"))
    if find_signed_in_staff() is not None:
        return redirect(going_to or url_for("staff.home"), 303)
    session["staff_next"] = going_to
    return show("staff/sign_in.html")


@blueprint.post("")
@open_to_anyone
def enter_password() -> AnyResponse:
    """Compare. Answers with a redirect in every case, so that a wrong try is counted."""
    check = sign_in_staff(
        database_session(),
        login_name=request.form.get("login_name", ""),
        password=request.form.get("password", ""),
        address=request.remote_addr or "unknown",
        city=this_site().settings.city,
        now=now(),
    )
    if check.outcome is PasswordOutcome.ACCEPTED:
        session["staff_begun"] = check.token
        return redirect(url_for("staff_sign_in.code" if check.is_enrolled else "staff_sign_in.enrol"), 303)
    if check.outcome is PasswordOutcome.WRONG:
        flash(_("Login name or password is wrong. Please look at both again."), "problem")
    else:
        flash(_wait_words(check.wait_seconds), "problem")
    return redirect(url_for("staff_sign_in.password", next=session.get("staff_next")), 303)


@blueprint.get("/code")
@open_to_anyone
def code() -> AnyResponse:
    """Ask for the code of the authenticator."""
    if "staff_begun" not in session:
        return redirect(url_for("staff_sign_in.password"), 303)
    return show("staff/code.html")


@blueprint.post("/code")
@open_to_anyone
def enter_code() -> AnyResponse:
    """Compare the code. Answers with a redirect in every case, so that a wrong try is counted."""
    check = prove_staff(
        database_session(), token=session.get("staff_begun", ""), code=request.form.get("code", ""), now=now()
    )
    if check.outcome is CodeOutcome.ACCEPTED:
        return _enter(check)
    return _refuse(check, "staff_sign_in.code")


@blueprint.get("/enrol")
@open_to_anyone
def enrol() -> AnyResponse:
    """The first sign-in: the QR code for the authenticator, and a password of her own."""
    return _show_enrolment(None)


@blueprint.post("/enrol")
@open_to_anyone
def enter_enrolment() -> AnyResponse:
    """Take both, then show the recovery codes: this once, so the answer is a page and not a redirect."""
    typed = request.form.get("password", "")
    if typed != request.form.get("password_again", ""):
        return _show_enrolment(_("The two passwords differ. Please write the same one twice."))
    try:
        enrolled = enrol_staff(
            database_session(),
            token=session.get("staff_begun", ""),
            code=request.form.get("code", ""),
            password=typed,
            now=now(),
        )
    except PasswordTooWeak:
        return _show_enrolment(
            _("This password is too easy to guess. It needs at least %(least)d characters, and not your login name.",
              least=LEAST_CHARACTERS)
        )  # fmt: skip
    if enrolled.check.outcome is not CodeOutcome.ACCEPTED:
        return _refuse(enrolled.check, "staff_sign_in.enrol")
    going_to = session.get("staff_next")
    _enter(enrolled.check)
    return show("staff/recovery_codes.html", codes=enrolled.recovery_codes, going_to=going_to)


@blueprint.post("/out")
@open_to_anyone
def leave() -> AnyResponse:
    """End the session of the staff in this browser; a senior who is signed in beside it stays."""
    if token := session.pop("staff_token", None):
        sign_out_staff(database_session(), token=token, now=now())
    flash(_("You have signed out."), "done")
    return redirect(url_for("staff_sign_in.password"), 303)


def _enter(check: StaffCodeCheck) -> AnyResponse:
    going_to = session.pop("staff_next", None)
    session.pop("staff_begun", None)
    session["staff_token"] = check.token
    return redirect(own_path(going_to) or url_for("staff.home"), 303)


def _refuse(check: StaffCodeCheck, again: str) -> AnyResponse:
    if check.outcome is CodeOutcome.WRONG:
        flash(
            ngettext(
                "This is not the code. You can try %(num)d more time. Each code counts once: wait for the next one.",
                "This is not the code. You can try %(num)d more times. Each code counts once: wait for the next one.",
                check.tries_left,
            ),
            "problem",
        )
        return redirect(url_for(again), 303)
    session.pop("staff_begun", None)
    if check.outcome is CodeOutcome.TOO_MANY:
        flash(_wait_words(check.wait_seconds), "problem")
    else:
        flash(_("That took too long or was wrong too often. Please begin again."), "problem")
    return redirect(url_for("staff_sign_in.password"), 303)


def _show_enrolment(problem: str | None) -> AnyResponse:
    found = enrolment_of(database_session(), token=session.get("staff_begun", ""), now=now())
    if found is None:
        return redirect(url_for("staff_sign_in.password"), 303)
    page: Response = show(
        "staff/enrol.html",
        422 if problem else 200,
        enrolment=found,
        drawing=_drawn(found.address),
        least=LEAST_CHARACTERS,
        problem=problem,
    )
    return page


def _drawn(address: str) -> Markup:
    """The QR code as a drawing inside the page: it holds a secret, so it has no address of its own."""
    drawing = io.BytesIO()
    segno.make(address, error="m").save(
        drawing, kind="svg", scale=QR_PIXELS_A_MODULE, xmldecl=False, svgns=False, light="#fff", svgclass="qr"
    )
    # Made of our own address, which is escaped inside a picture.
    return Markup(drawing.getvalue().decode())  # noqa: S704


def _wait_words(wait_seconds: int) -> str:
    minutes = -(-wait_seconds // 60)
    return ngettext(
        "That was tried too often. Please wait %(num)d minute, then try again.",
        "That was tried too often. Please wait %(num)d minutes, then try again.",
        minutes,
    )
