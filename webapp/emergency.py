"""紧急求助 by touch: one press and the alarm is on; a minute to call it off; who is told, and whom to call oneself."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Flask, Response, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response as AnyResponse

from services.actor import Capability
from services.emergencies import Emergency, EmergencyState, Texted, latest_emergency, raise_emergency, say_all_well
from services.emergency_contacts import (
    MOST_CONTACTS,
    ContactIsHerself,
    TooManyContacts,
    emergency_contacts_of,
    note_contact,
    remove_contact,
)
from services.family import Relation
from services.messages import MessageStatus
from services.people import PhoneNumberWrong
from webapp.access import current_actor, current_person
from webapp.error_words import phone_number_words
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

LONGEST = 40
ARRIVED = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED})
NOT_ARRIVED = frozenset({MessageStatus.UNDELIVERED, MessageStatus.FAILED})

blueprint = Blueprint("emergency", __name__, url_prefix="/emergency")


def install(app: Flask) -> None:
    """Add the pages and their words."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(text_status=text_status_words)


@blueprint.get("")
def emergency() -> AnyResponse | str:
    """The button; once it was pressed, how it stands. While it is open htmx asks again and again, and is told only what
    is new, so that nothing is read out twice."""
    found = latest_emergency(database_session(), current_actor(), person_id=current_person().id, now=now())
    context = _context(found)
    if request.headers.get("HX-Target") != "alarm":
        return show("emergency/emergency.html", **context)
    if request.args.get("seen") == context["seen"]:
        return make_response("", 204)
    return render_block("emergency/emergency.html", "state", **context)


@blueprint.post("")
def call_for_help() -> AnyResponse:
    """The alarm, without asking."""
    raise_emergency(database_session(), current_actor(), person_id=current_person().id, now=now())
    return redirect(url_for("emergency.emergency"), 303)


@blueprint.post("/well")
def well() -> AnyResponse:
    """Nothing is wrong."""
    say_all_well(database_session(), current_actor(), person_id=current_person().id, now=now())
    return redirect(url_for("emergency.emergency"), 303)


@blueprint.get("/contacts")
def contacts() -> Response:
    """Who is told, in which order, and a form for one more."""
    return _contacts()


@blueprint.post("/contacts")
def note() -> AnyResponse:
    """Write down one more."""
    relation = request.form.get("relation", "")
    if relation not in set(Relation):
        return _contacts(422, problem=_("Tick who it is."))
    try:
        note_contact(
            database_session(),
            current_actor(),
            person_id=current_person().id,
            phone=request.form.get("phone", "")[:LONGEST],
            relation=Relation(relation),
            name=request.form.get("name", "")[:LONGEST],
            now=now(),
        )
    except PhoneNumberWrong as error:
        return _contacts(422, problem=phone_number_words(int(str(error.facts["digits"]))))
    except ContactIsHerself:
        return _contacts(422, problem=_("This is your own number. Write the number of somebody who can come to you."))
    except TooManyContacts:
        return _contacts(422, problem=_("You have %(most)d contacts. Remove one first.", most=MOST_CONTACTS))
    flash(_("Written down. We have told them by text message."), "done")
    return redirect(url_for("emergency.contacts"), 303)


@blueprint.post("/contacts/<uuid:contact_id>/remove")
def remove(contact_id: UUID) -> AnyResponse:
    """Tell this one no more."""
    remove_contact(database_session(), current_actor(), person_id=current_person().id, contact_id=contact_id, now=now())
    flash(_("Removed. This person is not told any more."), "done")
    return redirect(url_for("emergency.contacts"), 303)


def text_status_words(texted: Texted) -> str:
    """How far the text message to a contact is."""
    if texted.status is None:
        return _("not told: this phone wants no messages")
    if texted.status in NOT_ARRIVED:
        return _("the message did not arrive")
    return _("the message was sent") if texted.status in ARRIVED else _("the message is on its way")


def _context(found: Emergency | None) -> dict[str, object]:
    at = now()
    raises = Capability.RAISE_EMERGENCY in current_actor().may
    state = (found.id, found.state, found.can_be_called_off(at), found.taken_at, found.said_all_well_at,
             [each.status for each in found.texted]) if found else None  # fmt: skip
    return {
        "alarm": found,
        "is_open": found is not None and found.is_open,
        "called_off": found is not None and found.state is EmergencyState.CALLED_OFF,
        "can_call_off": found is not None and found.can_be_called_off(at),
        "raises": raises,
        "seen": sha256(str(state).encode()).hexdigest()[:12],
    }


def _contacts(status: int = 200, *, problem: str | None = None) -> Response:
    return show(
        "emergency/contacts.html",
        status,
        contacts=emergency_contacts_of(database_session(), current_actor(), person_id=current_person().id, now=now()),
        relations=list(Relation),
        problem=problem,
        typed={name: request.form.get(name, "")[:LONGEST] for name in ("name", "phone", "relation")},
        most=MOST_CONTACTS,
    )
