"""The emergency contacts of somebody of the community: a worker writes down whom she names, and strikes out."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.emergency_contacts import MOST_CONTACTS, ContactIsHerself, TooManyContacts, note_contact, remove_contact
from services.family import Relation
from services.people import PhoneNumberWrong
from webapp.access import current_staff_actor, workers_only
from webapp.error_words import phone_number_words
from webapp.site import now
from webapp.transaction import database_session

LONGEST = 40

blueprint = Blueprint("staff_contacts", __name__, url_prefix="/staff/people/<uuid:person_id>/contacts")


@blueprint.post("")
@workers_only
def note(person_id: UUID) -> AnyResponse:
    """One more, with the words of what is wrong where it is none."""
    relation = request.form.get("relation", "")
    problem = None
    try:
        if relation not in set(Relation):
            problem = _("Tick who it is.")
        else:
            note_contact(
                database_session(),
                current_staff_actor(),
                person_id=person_id,
                phone=request.form.get("phone", "")[:LONGEST],
                relation=Relation(relation),
                name=request.form.get("name", "")[:LONGEST],
                now=now(),
            )
    except PhoneNumberWrong as error:
        problem = phone_number_words(int(str(error.facts["digits"])))
    except ContactIsHerself:
        problem = _("This is her own number.")
    except TooManyContacts:
        problem = _("She has %(most)d contacts. Remove one first.", most=MOST_CONTACTS)
    flash(problem or _("Written down. We have told them by text message."), "problem" if problem else "done")
    return redirect(url_for("staff_people.person", person_id=person_id), 303)


@blueprint.post("/<uuid:contact_id>/remove")
@workers_only
def remove(person_id: UUID, contact_id: UUID) -> AnyResponse:
    """Tell this one no more."""
    remove_contact(database_session(), current_staff_actor(), person_id=person_id, contact_id=contact_id, now=now())
    flash(_("Removed. This person is not told any more."), "done")
    return redirect(url_for("staff_people.person", person_id=person_id), 303)
