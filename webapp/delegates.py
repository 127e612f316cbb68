"""谁能替我办: a senior sees who may act for her and who did what; she answers a request, asks somebody of her family
herself, and takes back in two taps."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.actor import Scope
from services.clock import local_day
from services.delegation import (
    USUAL,
    NoScopes,
    OwnPhone,
    agree_to_delegate,
    decline_delegate,
    deeds_for,
    delegates_of,
    extend_delegation,
    get_delegation,
    invite_delegate,
    rules_on,
    take_back,
)
from services.emergency_contacts import Contact, family_to_call
from services.family import Relation
from services.people import PhoneNumberWrong
from webapp.access import current_actor, current_person
from webapp.error_words import phone_number_words
from webapp.family_words import ticked_scopes
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

LONGEST = 40

blueprint = Blueprint("delegates", __name__, url_prefix="/delegates")


@blueprint.get("")
def delegates() -> Response:
    """Everybody who may act for her or asks to, and what was done lately."""
    session, actor, person = database_session(), current_actor(), current_person()
    found = delegates_of(session, actor, person_id=person.id, now=now())
    return show("delegates/delegates.html", delegates=found, deeds=deeds_for(session, actor, person_id=person.id))


@blueprint.get("/invite")
def invite() -> Response:
    """The form: who of her family, and what for."""
    return _form(problem=None)


@blueprint.post("/invite")
def invite_them() -> Response:
    """Ask whom she chose, by text message; her own yes is in it."""
    chosen = _chosen()
    if chosen is None:
        return _form(422, problem=_("Say who it is: tick what she or he is to you, and write the mobile number."))
    phone, relation = chosen
    try:
        invite_delegate(
            database_session(),
            current_actor(),
            person_id=current_person().id,
            phone=phone,
            relation=relation,
            scopes=ticked_scopes(),
            now=now(),
        )
    except PhoneNumberWrong as error:
        return _form(422, problem=phone_number_words(int(str(error.facts["digits"]))))
    except OwnPhone:
        return _form(422, problem=_("This is your own number. Write the number of the other person."))
    except NoScopes:
        return _form(422, problem=_("Tick at least one thing that she or he may do."))
    flash(_("Asked by text message. Before the yes nothing can be done for you."), "done")
    return redirect(url_for("delegates.delegates"), 303)


@blueprint.get("/<uuid:delegation_id>")
def delegate(delegation_id: UUID) -> Response:
    """One of them: who it is, what for, until when; with her answer where one is asked for."""
    found = get_delegation(database_session(), current_actor(), delegation_id=delegation_id)
    return show("delegates/delegate.html", delegate=found)


@blueprint.post("/<uuid:delegation_id>/agree")
def agree(delegation_id: UUID) -> Response:
    """Her yes."""
    agree_to_delegate(database_session(), current_actor(), delegation_id=delegation_id, now=now())
    flash(_("It is agreed. You are told of everything that is done for you."), "done")
    return redirect(url_for("delegates.delegates"), 303)


@blueprint.post("/<uuid:delegation_id>/decline")
def decline(delegation_id: UUID) -> Response:
    """Her no."""
    decline_delegate(database_session(), current_actor(), delegation_id=delegation_id, now=now())
    flash(_("You said no. Nobody can do anything by it."), "done")
    return redirect(url_for("delegates.delegates"), 303)


@blueprint.post("/<uuid:delegation_id>/extend")
def extend(delegation_id: UUID) -> Response:
    """Let it run on."""
    extend_delegation(database_session(), current_actor(), delegation_id=delegation_id, now=now())
    flash(_("It runs on."), "done")
    return redirect(url_for("delegates.delegate", delegation_id=delegation_id), 303)


@blueprint.get("/<uuid:delegation_id>/end")
def end(delegation_id: UUID) -> Response:
    """Ask whether she means it: the second of two taps."""
    found = get_delegation(database_session(), current_actor(), delegation_id=delegation_id)
    return show("delegates/end.html", delegate=found)


@blueprint.post("/<uuid:delegation_id>/end")
def end_it(delegation_id: UUID) -> Response:
    """Take it back."""
    take_back(database_session(), current_actor(), delegation_id=delegation_id, now=now())
    flash(_("Taken back. From now on nothing can be done for you by it."), "done")
    return redirect(url_for("delegates.delegates"), 303)


def _to_invite() -> tuple[Contact, ...]:
    """Whose number is noted already, and who may not act for her yet."""
    known = family_to_call(database_session(), current_actor(), person_id=current_person().id, now=now())
    return tuple(contact for contact in known if not contact.is_delegate)


def _chosen() -> tuple[str, Relation] | None:
    """The number and what its owner is to her: of somebody who is noted, or as she wrote it; None where it is not said
    who."""
    if who := request.form.get("who", ""):
        noted = next((each for each in _to_invite() if str(each.id) == who), None)
        if noted is not None:
            return noted.phone, noted.relation
    relation, phone = request.form.get("relation", ""), request.form.get("phone", "")[:LONGEST]
    return (phone, Relation(relation)) if relation in set(Relation) and phone.strip() else None


def _form(status: int = 200, *, problem: str | None) -> Response:
    return show(
        "delegates/invite.html",
        status,
        problem=problem,
        known=_to_invite(),
        relations=list(Relation),
        scopes=list(Scope),
        months=rules_on(local_day(now())).default_months,
        typed={name: request.form.get(name, "")[:LONGEST] for name in ("who", "phone", "relation")},
        ticked=ticked_scopes() if request.method == "POST" else USUAL,
    )
