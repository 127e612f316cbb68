"""The pages of a family member: whom she acts for, what she asked, and asking to act for one more."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.actor import Scope
from services.clock import local_day
from services.delegation import (
    NameOfSeniorMissing,
    NoScopes,
    NumberOfSeniorWrong,
    ask_to_act,
    call_off_request,
    confirm_invitation,
    decline_invitation,
    family_of,
    get_charge,
    give_up,
    rules_on,
)
from services.emergencies import charges_in_emergency
from services.family import Relation, name_family_member
from webapp.access import current_family_actor, current_family_member, family_only
from webapp.family_words import ticked_scopes
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

LONGEST = 40

blueprint = Blueprint("family", __name__, url_prefix="/family")


@blueprint.get("")
@family_only
def family() -> Response:
    """Whom she acts for; without a name of her own she is asked for it first."""
    if current_family_member().name is None:
        return redirect(url_for("family.name"), 303)
    found = family_of(database_session(), current_family_actor(), now=now())
    calling = charges_in_emergency(database_session(), current_family_actor(), now=now())
    return show("family/family.html", found=found, calling=calling, member=current_family_member())


@blueprint.get("/name")
@family_only
def name() -> Response:
    """What is she called? The senior has to know who asks."""
    return show("family/name.html", member=current_family_member(), problem=None)


@blueprint.post("/name")
@family_only
def set_name() -> Response:
    """Write it down."""
    said = request.form.get("name", "").strip()[:LONGEST]
    if not said:
        problem = _("Write your name, as your family knows it.")
        return show("family/name.html", 422, member=current_family_member(), problem=problem)
    name_family_member(database_session(), current_family_member().id, said)
    return redirect(url_for("family.family"), 303)


@blueprint.get("/ask")
@family_only
def ask() -> Response:
    """The form: for whom, what she is to that person, and what for."""
    return _form(problem=None)


@blueprint.post("/ask")
@family_only
def ask_it() -> Response:
    """Ask. What is answered is the same, whoever is named."""
    relation = request.form.get("relation", "")
    try:
        if relation not in set(Relation):
            return _form(422, problem=_("Tick what you are to that person."))
        ask_to_act(
            database_session(),
            current_family_actor(),
            name=request.form.get("senior", "")[:LONGEST],
            number=request.form.get("number", "")[:LONGEST],
            relation=Relation(relation),
            scopes=ticked_scopes(),
            now=now(),
        )
    except NameOfSeniorMissing:
        return _form(422, problem=_("Write the name of the person whom you want to act for."))
    except NumberOfSeniorWrong:
        return _form(
            422,
            problem=_(
                "Write a number of that person: the mobile number, the ID number, or the last 4 digits of the card."
            ),
        )
    except NoScopes:
        return _form(422, problem=_("Tick at least one thing that you would do."))
    flash(
        _("Your request is noted. If the person is known here, she is asked now. You can act once she has agreed."),
        "done",
    )
    return redirect(url_for("family.family"), 303)


@blueprint.post("/requests/<uuid:delegation_id>/call-off")
@family_only
def call_off(delegation_id: UUID) -> Response:
    """Not after all."""
    call_off_request(database_session(), current_family_actor(), delegation_id=delegation_id, now=now())
    flash(_("Your request is taken back."), "done")
    return redirect(url_for("family.family"), 303)


@blueprint.post("/invitations/<uuid:delegation_id>/<answer>")
@family_only
def answer(delegation_id: UUID, answer: str) -> Response:
    """Yes or no to a senior who wants her to act."""
    if answer == "agree":
        confirm_invitation(database_session(), current_family_actor(), delegation_id=delegation_id, now=now())
        flash(_("You can act for her now."), "done")
    else:
        decline_invitation(database_session(), current_family_actor(), delegation_id=delegation_id, now=now())
        flash(_("You said no. She is told."), "done")
    return redirect(url_for("family.family"), 303)


@blueprint.get("/charges/<uuid:delegation_id>/end")
@family_only
def end(delegation_id: UUID) -> Response:
    """Does she really not want to act any more?"""
    found = get_charge(database_session(), current_family_actor(), delegation_id=delegation_id)
    return show("family/end.html", charge=found)


@blueprint.post("/charges/<uuid:delegation_id>/end")
@family_only
def end_it(delegation_id: UUID) -> Response:
    """Give it up."""
    give_up(database_session(), current_family_actor(), delegation_id=delegation_id, now=now())
    flash(_("You do not act for her any more. She is told."), "done")
    return redirect(url_for("family.family"), 303)


def _form(status: int = 200, *, problem: str | None) -> Response:
    if current_family_member().name is None:
        return redirect(url_for("family.name"), 303)
    return show(
        "family/ask.html",
        status,
        problem=problem,
        relations=list(Relation),
        scopes=list(Scope),
        months=rules_on(local_day(now())).default_months,
        typed={name: request.form.get(name, "")[:LONGEST] for name in ("senior", "number", "relation")},
        ticked=ticked_scopes() if request.method == "POST" else frozenset(Scope),
    )
