"""Making her home safe, for herself: applying, what the firm would do and what she pays, and whether all is well."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.home_adaptation import (
    LONGEST_NOTE,
    Adaptation,
    AdaptationState,
    AdaptationUnknown,
    EventKind,
    Owner,
    accept_work,
    adaptation_of_household,
    agree_to_quote,
    apply_for_adaptation,
    events_of_adaptation,
    latest_adaptation,
    object_to_work,
    read_photo,
    withdraw_adaptation,
)
from services.home_adaptation.states import WITHOUT_WORK
from webapp.access import current_actor, current_person
from webapp.adaptation_forms import photo_response
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("home_adaptation", __name__, url_prefix="/home-adaptation")

# How far it is, as she counts it.
STEPS: tuple[tuple[AdaptationState, ...], ...] = (
    (AdaptationState.APPLIED,),
    (AdaptationState.ASSESSED,),
    (AdaptationState.QUOTED, AdaptationState.AGREED),
    (AdaptationState.APPROVED, AdaptationState.BUILDING),
    (AdaptationState.BUILT, AdaptationState.ACCEPTED, AdaptationState.PAID),
)
# Each photo is an event; she sees the photos themselves. Who counts as her household is between her and the worker.
NOT_TOLD = frozenset({EventKind.PHOTO_ADDED, EventKind.HOUSEHOLD_CORRECTED})


@blueprint.get("")
def adaptation() -> Response:
    """Where it stands, and the one thing to do now; before she applied, the question that it begins with."""
    found = _latest()
    if found is None or found.state in WITHOUT_WORK:
        of_household = adaptation_of_household(database_session(), current_actor(), person_id=current_person().id)
        return show("home_adaptation/apply.html", before=found, is_taken=of_household is not None)
    step = next(place for place, states in enumerate(STEPS, 1) if found.state in states)
    events = events_of_adaptation(database_session(), current_actor(), adaptation_id=found.id)
    told = [event for event in events if event.kind not in NOT_TOLD]
    return show("home_adaptation/adaptation.html", adaptation=found, step=step, steps=len(STEPS), events=told)


@blueprint.get("/application/<owner>")
def application(owner: str) -> AnyResponse:
    """What applying means for a home that is hers, her family's or rented, before she does."""
    if owner not in set(Owner):
        return _back()
    return show("home_adaptation/application.html", owner=Owner(owner))


@blueprint.post("/application/<owner>")
def apply(owner: str) -> AnyResponse:
    """Apply for it."""
    if owner not in set(Owner):
        return _back()
    apply_for_adaptation(
        database_session(), current_actor(), person_id=current_person().id, owner=Owner(owner), now=now()
    )
    return _back()


@blueprint.post("/agreement")
def agree() -> AnyResponse:
    """Agree to the quote that the page showed."""
    agree_to_quote(
        database_session(),
        current_actor(),
        adaptation_id=_own().id,
        agreed_self_paid_fen=request.form.get("self_paid_fen", -1, type=int),
        now=now(),
    )
    flash(_("You said yes. A worker of your community decides now."), "done")
    return _back()


@blueprint.post("/acceptance")
def accept() -> AnyResponse:
    """All is well."""
    accept_work(database_session(), current_actor(), adaptation_id=_own().id, now=now())
    flash(_("Thank you. The firm gets the city's money now."), "done")
    return _back()


@blueprint.get("/objection")
def objection() -> Response:
    """What is wrong?"""
    return show("home_adaptation/objection.html", adaptation=_own(), problem=None, typed="", longest=LONGEST_NOTE)


@blueprint.post("/objection")
def object_to() -> AnyResponse:
    """Tell the firm what is wrong."""
    words = request.form.get("words", "")
    if not words.strip():
        problem = _("Write or say in a few words what is wrong.")
        return show(
            "home_adaptation/objection.html", 422, adaptation=_own(), problem=problem, typed=words, longest=LONGEST_NOTE
        )
    object_to_work(database_session(), current_actor(), adaptation_id=_own().id, words=words[:LONGEST_NOTE], now=now())
    flash(_("The firm was told. It calls you first, then comes and puts it right."), "done")
    return _back()


@blueprint.get("/withdrawal")
def withdrawal() -> Response:
    """Ask once more before taking it back."""
    return show("home_adaptation/withdrawal.html", adaptation=_own())


@blueprint.post("/withdrawal")
def withdraw() -> AnyResponse:
    """She does not want it after all."""
    withdraw_adaptation(database_session(), current_actor(), adaptation_id=_own().id, now=now())
    flash(_("It is taken back. Nothing is built, and it costs nothing."), "done")
    return _back()


@blueprint.get("/photos/<uuid:photo_id>")
def photo(photo_id: UUID) -> Response:
    """A photo of her home."""
    return photo_response(read_photo(database_session(), current_actor(), adaptation_id=_own().id, photo_id=photo_id))


def _latest() -> Adaptation | None:
    return latest_adaptation(database_session(), current_actor(), person_id=current_person().id)


def _own() -> Adaptation:
    found = _latest()
    if found is None:
        raise AdaptationUnknown()
    return found


def _back() -> AnyResponse:
    return redirect(url_for("home_adaptation.adaptation"), 303)
