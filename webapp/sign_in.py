"""Signing in: the phone number, the code that came to it, and, where a couple shares the phone, who is there.

Between the pages the number waits sealed in this browser's cookie, never in an address. What the pages say is the same
for a number that we know and one that we do not.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response

from services.messages import sending_is_delayed
from services.people import PhoneNumberWrong, find_people_by_phone, normal_phone
from services.sign_in import (
    CODE_DIGITS,
    CodeCheck,
    CodeChecked,
    CodeRequested,
    Entrance,
    check_code,
    open_family_session,
    open_session,
    request_code,
    sign_out,
)
from webapp.access import open_to_anyone, own_path
from webapp.cookies import keep_sealed, kept_sealed
from webapp.error_words import phone_number_words
from webapp.languages import current_language
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

# How long after the right code a person may still choose who she is, before the code must be sent again.
PROVEN_FOR = timedelta(minutes=30)
SEALED_PHONE = "sign_in.phone"

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@open_to_anyone
def phone() -> Response:
    """Ask for the mobile number; `as=family` is the entrance of those who act for a senior of theirs."""
    session["next"] = own_path(request.args.get("next"))
    session["entrance"] = Entrance.FAMILY if request.args.get("as") == Entrance.FAMILY else Entrance.SENIOR
    return show("sign_in/phone.html", typed="", problem=None, entrance=_entrance())


@blueprint.post("/sign-in")
@open_to_anyone
def send_code() -> Response:
    """Send a code to the number, or show what is wrong with it beside what she typed."""
    typed = request.form.get("phone", "")
    try:
        return _send_code_to(normal_phone(typed))
    except PhoneNumberWrong as error:
        problem = phone_number_words(int(str(error.facts.get("digits", 0))))
        return show("sign_in/phone.html", 422, typed=typed[:30], problem=problem, entrance=_entrance())


@blueprint.post("/sign-in/again")
@open_to_anyone
def send_code_again() -> Response:
    """Send another code to the same number."""
    number = _waiting_phone()
    if number is None:
        return redirect(url_for("sign_in.phone"), 303)
    return _send_code_to(number, on_its_way=_("A new code is on its way. Only the newest one counts."))


@blueprint.get("/sign-in/code")
@open_to_anyone
def code() -> Response | tuple[str, int]:
    """Ask for the code. htmx asks now and then whether text messages are late, and gets only that notice."""
    if _waiting_phone() is None:
        return redirect(url_for("sign_in.phone"), 303)
    is_delayed = sending_is_delayed(database_session())
    if request.headers.get("HX-Target") == "delay":
        return render_block("sign_in/code.html", "delay", is_delayed=is_delayed), 200
    return show("sign_in/code.html", digits=CODE_DIGITS, is_delayed=is_delayed)


@blueprint.post("/sign-in/code")
@open_to_anyone
def enter_code() -> Response:
    """Compare the code. Answers with a redirect in every case, so that a wrong try is counted."""
    number = _waiting_phone()
    if number is None:
        return redirect(url_for("sign_in.phone"), 303)
    typed = re.sub(r"\D", "", unicodedata.normalize("NFKC", request.form.get("code", "")))
    if len(typed) != CODE_DIGITS:
        # Not a try: a digit was left out or written twice.
        flash(_("The code has %(digits)d digits. You wrote %(written)d. Please look at it again.",
                digits=CODE_DIGITS, written=len(typed)), "problem")  # fmt: skip
        return redirect(url_for("sign_in.code"), 303)
    check = check_code(
        database_session(),
        phone=number,
        code=typed,
        address=_address(),
        city=this_site().settings.city,
        now=now(),
        entrance=_entrance(),
    )
    if check.outcome is not CodeChecked.ACCEPTED:
        flash(_code_problem(check), "problem")
        return redirect(url_for("sign_in.code"), 303)
    if _entrance() is Entrance.FAMILY:
        return _enter_as_family(number)
    session["proven_at"] = now().timestamp()
    if len(check.people) == 1:
        return _enter(check.people[0].id, number)
    return redirect(url_for("sign_in.person"), 303)


@blueprint.get("/sign-in/person")
@open_to_anyone
def person() -> Response:
    """Ask which of the people who share the phone is there."""
    number = _proven_phone()
    if number is None:
        return redirect(url_for("sign_in.phone"), 303)
    return show("sign_in/person.html", people=find_people_by_phone(database_session(), number))


@blueprint.post("/sign-in/person")
@open_to_anyone
def choose_person() -> Response:
    """Sign in as the one she says she is; the service refuses anybody whose phone it is not."""
    number = _proven_phone()
    if number is None:
        return redirect(url_for("sign_in.phone"), 303)
    try:
        chosen = UUID(request.form.get("person", ""))
    except ValueError:
        abort(400)
    return _enter(chosen, number)


@blueprint.post("/sign-out")
@open_to_anyone
def leave() -> Response:
    """End this browser's sign-in."""
    if token := session.get("token"):
        sign_out(database_session(), token=token, now=now())
    session.clear()
    flash(_("You have signed out."), "done")
    return redirect(url_for("home.home"), 303)


def _send_code_to(number: str, on_its_way: str | None = None) -> Response:
    sent = request_code(
        database_session(),
        phone=number,
        address=_address(),
        city=this_site().settings.city,
        now=now(),
        entrance=_entrance(),
    )
    keep_sealed("phone", number, context=SEALED_PHONE)
    session.pop("proven_at", None)
    if sent.outcome is CodeRequested.TOO_MANY:
        flash(_too_many(sent.wait_seconds), "problem")
    elif on_its_way:
        flash(on_its_way, "done")
    return redirect(url_for("sign_in.code"), 303)


def _enter(person_id: UUID, number: str) -> Response:
    token = open_session(
        database_session(), person_id=person_id, phone=number, city=this_site().settings.city, now=now()
    )
    return _signed_in_with(token, url_for("home.home"))


def _enter_as_family(number: str) -> Response:
    token = open_family_session(
        database_session(), phone=number, city=this_site().settings.city, now=now(), locale=current_language()
    )
    return _signed_in_with(token, url_for("family.family"))


def _signed_in_with(token: str, first_page: str) -> Response:
    going_to = session.get("next")
    session.clear()
    session.permanent = True
    session["token"] = token
    return redirect(own_path(going_to) or first_page, 303)


def _entrance() -> Entrance:
    """Through which entrance this browser came last."""
    return Entrance.FAMILY if session.get("entrance") == Entrance.FAMILY else Entrance.SENIOR


def _waiting_phone() -> str | None:
    return kept_sealed("phone", context=SEALED_PHONE)


def _proven_phone() -> str | None:
    proven_at = session.get("proven_at")
    if proven_at is None or now().timestamp() - proven_at > PROVEN_FOR.total_seconds():
        return None
    return _waiting_phone()


def _address() -> str:
    return request.remote_addr or "unknown"


def _code_problem(check: CodeCheck) -> str:
    if check.outcome is CodeChecked.WRONG:
        return ngettext(
            "This is not the code. You can try %(num)d more time.",
            "This is not the code. You can try %(num)d more times.",
            check.tries_left,
        )
    if check.outcome is CodeChecked.EXPIRED:
        return _("This code is too old. Press 'Send a new code'.")
    if check.outcome is CodeChecked.NO_TRIES_LEFT:
        return _("The code was wrong too often, so it no longer counts. Press 'Send a new code'.")
    return _too_many(check.wait_seconds)


def _too_many(wait_seconds: int) -> str:
    minutes = -(-wait_seconds // 60)
    return ngettext(
        "You have asked for many codes. Please wait %(num)d minute, then try again.",
        "You have asked for many codes. Please wait %(num)d minutes, then try again.",
        minutes,
    )
