"""谁能替我办: a senior sees who may act for her and who did what; she answers a request, and takes back in two taps."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.delegation import (
    agree_to_delegate,
    decline_delegate,
    deeds_for,
    delegates_of,
    extend_delegation,
    get_delegation,
    take_back,
)
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("delegates", __name__, url_prefix="/delegates")


@blueprint.get("")
def delegates() -> Response:
    """Everybody who may act for her or asks to, and what was done lately."""
    session, actor, person = database_session(), current_actor(), current_person()
    found = delegates_of(session, actor, person_id=person.id, now=now())
    return show("delegates/delegates.html", delegates=found, deeds=deeds_for(session, actor, person_id=person.id))


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
