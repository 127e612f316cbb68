"""Calls for help, as the staff sees them: a strip on every page until somebody takes it, the list, and all that helps
whoever looks after one on one page."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Flask, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response as AnyResponse

from services.actor import ActorKind
from services.emergencies import (
    Alarm,
    ClosingReasonMissing,
    EmergencyEvent,
    EmergencyEventKind,
    EmergencyState,
    alarms_for,
    close_emergency,
    get_dossier,
    take_emergency,
)
from services.family import Relation
from services.staff import names_of_staff
from webapp.access import asking_by_itself, current_staff_actor, staff_only
from webapp.family_words import relation_words
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

ROLES = frozenset({ActorKind.COMMUNITY_WORKER, ActorKind.OPERATOR})

blueprint = Blueprint("staff_alarms", __name__, url_prefix="/staff/alarms")


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(alarm_state=alarm_state_words, alarm_event=alarm_event_words)


@blueprint.get("")
@staff_only
def alarms() -> AnyResponse:
    """What is open, and what ended in the last days."""
    shown = _alarms()
    takers = {alarm.emergency.taken_by for alarm in shown}
    names = names_of_staff(database_session(), {each for each in takers if each is not None})
    return show("staff/alarms.html", alarms=shown, names=names)


@blueprint.get("/strip")
@staff_only
@asking_by_itself
def strip() -> AnyResponse | str:
    """What nobody has taken, for the top of every page. Nothing is sent where nothing has changed, so that nothing is
    announced twice."""
    waiting = [alarm for alarm in _alarms() if alarm.emergency.state is EmergencyState.RAISED]
    seen = sha256(str([alarm.emergency.id for alarm in waiting]).encode()).hexdigest()[:12]
    if request.args.get("seen") == seen:
        return make_response("", 204)
    return render_block("staff/alarms.html", "strip", waiting=waiting, seen=seen)


@blueprint.get("/<uuid:emergency_id>")
@staff_only
def alarm(emergency_id: UUID) -> AnyResponse:
    """One: who and where she is, whom else to call, what happened."""
    return _show(emergency_id)


@blueprint.post("/<uuid:emergency_id>/take")
@staff_only
def take(emergency_id: UUID) -> AnyResponse:
    """I look after her."""
    actor = current_staff_actor()
    taken = take_emergency(database_session(), actor, emergency_id=emergency_id, now=now())
    if taken.taken_by == actor.staff_id:
        flash(_("You look after her. The alarm is silent now; close it when you know how she is."), "done")
    else:
        flash(_("Somebody else was faster and looks after her."), "done")
    return redirect(url_for("staff_alarms.alarm", emergency_id=emergency_id), 303)


@blueprint.post("/<uuid:emergency_id>/close")
@staff_only
def close(emergency_id: UUID) -> AnyResponse:
    """How it ended."""
    try:
        close_emergency(
            database_session(),
            current_staff_actor(),
            emergency_id=emergency_id,
            reason=request.form.get("reason", ""),
            now=now(),
        )
    except ClosingReasonMissing:
        return _show(emergency_id, problem=_("Write what you found."))
    flash(_("Closed."), "done")
    return redirect(url_for("staff_alarms.alarms"), 303)


def alarm_state_words(state: EmergencyState) -> str:
    """Where it stands."""
    return {
        EmergencyState.RAISED: _("nobody has taken it"),
        EmergencyState.TAKEN: _("being looked after"),
        EmergencyState.CALLED_OFF: _("called off by herself"),
        EmergencyState.CLOSED: _("closed"),
    }[state]


def alarm_event_words(event: EmergencyEvent) -> str:
    """What happened."""
    if event.kind in (EmergencyEventKind.CONTACT_TEXTED, EmergencyEventKind.CONTACT_NOT_TEXTED):
        relation, digits = relation_words(Relation(event.facts["relation"])), event.facts["phone_ends"]
        whom = _("%(relation)s, telephone ending in %(digits)s", relation=relation, digits=digits)
        if event.kind is EmergencyEventKind.CONTACT_TEXTED:
            return _("Text message to %(whom)s", whom=whom)
        return _("No text message to %(whom)s: this phone wants none. Call there.", whom=whom)
    return {
        EmergencyEventKind.RAISED: _("She called for help"),
        EmergencyEventKind.RAISED_AGAIN: _("She called for help once more"),
        EmergencyEventKind.TAKEN: _("Taken"),
        EmergencyEventKind.CALLED_OFF: _("She called it off: she is fine"),
        EmergencyEventKind.SAID_ALL_WELL: _("She says that she is fine. Make sure."),
        EmergencyEventKind.CLOSED: _("Closed"),
    }[event.kind]


def _alarms() -> tuple[Alarm, ...]:
    return alarms_for(database_session(), current_staff_actor(), city=this_site().settings.city, now=now())


def _show(emergency_id: UUID, *, problem: str | None = None) -> AnyResponse:
    dossier = get_dossier(database_session(), current_staff_actor(), emergency_id=emergency_id, now=now())
    acted = {event.actor_id for event in dossier.events if event.actor_id} | {dossier.emergency.taken_by}
    return show(
        "staff/alarm.html",
        422 if problem else 200,
        dossier=dossier,
        alarm=dossier.emergency,
        names=names_of_staff(database_session(), {each for each in acted if each is not None}),
        problem=problem,
    )
