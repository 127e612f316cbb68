"""Talking with the assistant: the page, and the sentences that are typed or pressed on it. The microphone's end is in
`talk_socket`; all of them go on with the same conversation."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, flash, get_flashed_messages, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.speaking import SpeakingWish, change_manner, manner_of
from voice.conversation import Heard
from webapp.access import current_actor, current_person, own_path
from webapp.cookies import keep_sealed, take_sealed
from webapp.languages import current_language
from webapp.pages import show
from webapp.site import now, this_site
from webapp.talk_turns import NobodySignedIn, Talking, last_answer, take_turn
from webapp.transaction import database_session, end_transaction

LONGEST_SENTENCE = 200
# Numbers to call, until the next page shows them.
PHONES, SEALED_PHONES = "talk_phones", "talk.phones"

blueprint = Blueprint("talk", __name__)


@blueprint.get("/talk")
def talk() -> Response:
    """The microphone, what was said last, and a box to write in."""
    this_site().engines.get_ready()
    answer = last_answer(database_session(), this_site(), current_person(), current_language())
    said = get_flashed_messages(category_filter=["said"])
    booked = get_flashed_messages(category_filter=["booked"])
    kept = take_sealed(PHONES, context=SEALED_PHONES)
    return show(
        "talk/talk.html",
        answer=answer,
        said=said,
        booked=booked,
        phones=json.loads(kept) if kept else [],
        is_alarm=bool(get_flashed_messages(category_filter=["alarm"])),
        troubles=trouble_words(),
    )


@blueprint.post("/talk/say")
def say() -> AnyResponse:
    """One sentence, typed or pressed."""
    text = request.form.get("text", "").strip()[:LONGEST_SENTENCE]
    if text:
        flash(text, "said")
        # The turn has a session of its own, and it too writes down that her sign-in was seen.
        end_transaction()
        try:
            answer = take_turn(this_site(), this_browser(), Heard(text, answers=request.form.get("question")))
        except NobodySignedIn:
            return redirect(url_for("sign_in.phone", next=url_for("talk.talk")), 303)
        if answer.booking:
            flash(answer.booking, "booked")
        if answer.is_alarm:
            flash("on", "alarm")
        if answer.phones:
            keep_sealed(PHONES, json.dumps(answer.phones), context=SEALED_PHONES)
    return redirect(url_for("talk.talk"), 303)


@blueprint.post("/talk/speaking")
def speaking() -> AnyResponse:
    """Slower, louder, or as at first, from now on."""
    wish = request.form.get("wish", "")
    if wish not in set(SpeakingWish):
        abort(400)
    before = manner_of(database_session(), current_actor(), person_id=current_person().id)
    after = change_manner(
        database_session(), current_actor(), person_id=current_person().id, wish=SpeakingWish(wish), now=now()
    )
    is_new = after != before
    flash(_("The assistant speaks so from now on.") if is_new else _("More than this is not possible."), "done")
    return redirect(url_for("display.settings", next=own_path(request.form.get("next"))), 303)


def this_browser() -> Talking:
    """Who talks in this browser."""
    return Talking(session["token"], current_language())


def trouble_words() -> dict[str, str]:
    """What the page says when the microphone cannot be used, by code. The box to write in stands below each."""
    return {
        "refused": _("The microphone is not allowed. Allow it in the browser, or write below what you would like."),
        "missing": _("This device has no microphone that works. Please write below what you would like."),
        "insecure": _("The microphone works only over a secure connection. Please write below what you would like."),
        "lost": _("The line was cut. Press the microphone once more, or write below. In danger call 120."),
        "not_installed": _("This service cannot listen yet. Please write below what you would like."),
        "idle": _("Nobody spoke for a while, so the line was closed. Press the microphone once more, or write below."),
        "too_many": _("Too many microphones are on just now. Please write below, or try again in a few minutes."),
        "broken": _("Something is broken on our side. Press once more, or write below. In danger call 120."),
        "signed_out": _("You have signed out. Please sign in again on the first page."),
    }
