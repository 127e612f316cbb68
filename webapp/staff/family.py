"""Family who may act, at the desk: a worker is the witness of a senior's yes, pauses what has to be looked at, and ends
it with a reason; and she sees who did what for the senior."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from services.actor import Actor, Scope
from services.delegation import (
    USUAL,
    Evidence,
    EvidenceMissing,
    NoScopes,
    Witness,
    agree_to_delegate,
    decline_delegate,
    deeds_for,
    delegates_of,
    freeze_delegation,
    get_delegation,
    invite_delegate,
    release_delegation,
    take_back,
)
from services.family import Relation
from services.people import PhoneNumberWrong, get_person
from webapp.access import current_staff_actor, workers_only
from webapp.error_words import phone_number_words
from webapp.family_words import ticked_scopes
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

LONGEST_NUMBER, LONGEST_NOTE = 40, 500
# The form for somebody new, among those for each one who is there.
INVITATION = "invitation"

Step = Callable[[Session, Actor, UUID, str, datetime], object]

blueprint = Blueprint("staff_family", __name__, url_prefix="/staff/people/<uuid:person_id>/family")


@blueprint.get("")
@workers_only
def family(person_id: UUID) -> AnyResponse:
    """Who may act for her, who asks to, who did what when."""
    return _show(person_id)


@blueprint.post("/invite")
@workers_only
def invite(person_id: UUID) -> AnyResponse:
    """She says here whom she wants; the worker is the witness."""
    relation = request.form.get("relation", "")
    if relation not in set(Relation):
        return _show(person_id, about=INVITATION, problem=_("Say what this person is to her."))
    try:
        invite_delegate(
            database_session(),
            current_staff_actor(),
            person_id=person_id,
            phone=request.form.get("phone", "")[:LONGEST_NUMBER],
            relation=Relation(relation),
            scopes=ticked_scopes(),
            now=now(),
            witness=_witness(),
        )
    except PhoneNumberWrong as error:
        return _show(person_id, about=INVITATION, problem=phone_number_words(int(str(error.facts["digits"]))))
    except NoScopes:
        return _show(person_id, about=INVITATION, problem=_("Tick at least one thing that she or he may do."))
    except EvidenceMissing:
        return _show(person_id, about=INVITATION, problem=_how_missing())
    flash(_("Asked by text message. With the yes of that person it is in force."), "done")
    return _back(person_id)


@blueprint.post("/<uuid:delegation_id>/agree")
@workers_only
def agree(person_id: UUID, delegation_id: UUID) -> AnyResponse:
    """Her yes, with the worker as witness."""
    _require_hers(person_id, delegation_id)
    try:
        agree_to_delegate(
            database_session(), current_staff_actor(), delegation_id=delegation_id, now=now(), witness=_witness()
        )
    except EvidenceMissing:
        return _show(person_id, about=str(delegation_id), problem=_how_missing())
    flash(_("It is agreed, with you as witness. Both are told by text message."), "done")
    return _back(person_id)


@blueprint.post("/<uuid:delegation_id>/<step>")
@workers_only
def take_step(person_id: UUID, delegation_id: UUID, step: str) -> AnyResponse:
    """Her no, or a step of the worker's own; all of them with a reason."""
    if step not in STEPS:
        abort(404)
    _require_hers(person_id, delegation_id)
    reason = request.form.get("reason", "").strip()[:LONGEST_NOTE]
    if not reason:
        missing = _("Write why. She can ask for the reason, and so can whoever checks.")
        return _show(person_id, about=str(delegation_id), problem=missing)
    STEPS[step](database_session(), current_staff_actor(), delegation_id, reason, now())
    flash(_("Done. She is told by text message."), "done")
    return _back(person_id)


def _decline(session: Session, actor: Actor, delegation_id: UUID, reason: str, at: datetime) -> None:
    decline_delegate(session, actor, delegation_id=delegation_id, note=reason, now=at)


def _freeze(session: Session, actor: Actor, delegation_id: UUID, reason: str, at: datetime) -> None:
    freeze_delegation(session, actor, delegation_id=delegation_id, reason=reason, now=at)


def _release(session: Session, actor: Actor, delegation_id: UUID, reason: str, at: datetime) -> None:
    release_delegation(session, actor, delegation_id=delegation_id, reason=reason, now=at)


def _end(session: Session, actor: Actor, delegation_id: UUID, reason: str, at: datetime) -> None:
    take_back(session, actor, delegation_id=delegation_id, reason=reason, now=at)


STEPS: dict[str, Step] = {"decline": _decline, "freeze": _freeze, "release": _release, "end": _end}


def _require_hers(person_id: UUID, delegation_id: UUID) -> None:
    """What stands in the address belongs together."""
    found = get_delegation(database_session(), current_staff_actor(), delegation_id=delegation_id)
    if found.person_id != person_id:
        abort(404)


def _witness() -> Witness | None:
    evidence, note = request.form.get("evidence", ""), request.form.get("note", "")
    return Witness(Evidence(evidence), note[:LONGEST_NOTE]) if evidence in set(Evidence) else None


def _how_missing() -> str:
    return _("Tick what you looked at, and write how you made sure that she herself wants it.")


def _back(person_id: UUID) -> AnyResponse:
    return redirect(url_for("staff_family.family", person_id=person_id), 303)


def _show(person_id: UUID, *, about: str | None = None, problem: str | None = None) -> AnyResponse:
    session, actor = database_session(), current_staff_actor()
    return show(
        "staff/family.html",
        422 if problem else 200,
        person_of_page=get_person(session, actor, person_id=person_id),
        delegates=delegates_of(session, actor, person_id=person_id, now=now()),
        deeds=deeds_for(session, actor, person_id=person_id),
        relations=list(Relation),
        scopes=list(Scope),
        evidence=list(Evidence),
        ticked=ticked_scopes() if about == INVITATION else USUAL,
        about=about,
        typed=request.form if problem else {},
        problem=problem,
        longest=LONGEST_NOTE,
    )
