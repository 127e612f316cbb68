"""Calling somebody by touch: her family's numbers, asking one of them or her community to call back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.emergency_contacts import (
    CallBackOutcome,
    ask_community_to_call,
    ask_to_call_back,
    family_to_call,
)
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session
from webapp.words import day_words

blueprint = Blueprint("calling", __name__, url_prefix="/calls")


@blueprint.get("")
def calls() -> Response:
    """Everybody of hers whose number is known, and her community."""
    contacts = family_to_call(database_session(), current_actor(), person_id=current_person().id, now=now())
    return show("calling/calls.html", contacts=contacts)


@blueprint.post("/family/<uuid:contact_id>")
def call_back(contact_id: UUID) -> AnyResponse:
    """Ask this one to call back."""
    asked = ask_to_call_back(
        database_session(), current_actor(), person_id=current_person().id, contact_id=contact_id, now=now()
    )
    words = {
        CallBackOutcome.TEXTED: _("A text message asks for a call back."),
        CallBackOutcome.TEXTED_BEFORE: _("A text message went there a moment ago. Please wait for the call."),
        CallBackOutcome.WANTS_NO_TEXTS: _("This phone wants no text messages. Please call yourself."),
    }
    flash(words[asked.outcome], "done")
    return redirect(url_for("calling.calls"), 303)


@blueprint.post("/community")
def community() -> AnyResponse:
    """Ask her community to call."""
    until = ask_community_to_call(database_session(), current_actor(), person_id=current_person().id, now=now())
    flash(_("Your community calls you, at the latest %(day)s.", day=day_words(until)), "done")
    return redirect(url_for("calling.calls"), 303)
