"""Opening somebody's record: a worker says why, and then comes where she was going."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.actor import Capability, NotAllowed, RecordClosed
from services.clock import local_day
from services.records import (
    LONGEST_WORDS,
    TO_CHOOSE,
    OpeningReason,
    OpeningReasonMissing,
    OpeningWordsTooLong,
    open_record,
    open_record_for_task,
    rules_on,
)
from services.residents import residents_by_id
from webapp.access import current_staff_actor, own_path, workers_only
from webapp.pages import page_address, show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("staff_records", __name__, url_prefix="/staff/people")


@blueprint.get("/<uuid:person_id>/open")
@workers_only
def ask(person_id: UUID) -> AnyResponse:
    """Ask why."""
    return _show(person_id)


@blueprint.post("/<uuid:person_id>/open")
@workers_only
def open_it(person_id: UUID) -> AnyResponse:
    """Open it and go on."""
    chosen = request.form.get("reason", "")
    reason = OpeningReason(chosen) if chosen in set(OpeningReason) else None
    words = request.form.get("words", "")
    try:
        open_record(
            database_session(), current_staff_actor(), person_id=person_id, reason=reason, words=words, now=now()
        )
    except OpeningReasonMissing:
        return _show(person_id, problem=_("Choose why. For another reason, write which."))
    except OpeningWordsTooLong:
        return _show(person_id, problem=_("That is too long: at most %(most)d characters.", most=LONGEST_WORDS))
    going_to = own_path(request.args.get("next"))
    return redirect(going_to or url_for("staff_people.person", person_id=person_id), 303)


def ask_why(error: RecordClosed) -> AnyResponse:
    """The way to the question, from whatever page found the record closed. What was sent is not done."""
    person_id = error.facts["person_id"]
    assert isinstance(person_id, UUID)
    if request.method == "GET":
        return redirect(url_for("staff_records.ask", person_id=person_id, next=page_address()), 303)
    flash(_("Nothing was changed: her record is closed again. Say why you open it, then do it once more."), "problem")
    return redirect(url_for("staff_records.ask", person_id=person_id), 303)


def open_for_task(task_id: UUID) -> None:
    """A task that waits opens the record that it is about; for a decided one she is asked."""
    open_record_for_task(database_session(), current_staff_actor(), task_id=task_id, now=now())


def _show(person_id: UUID, *, problem: str | None = None) -> AnyResponse:
    found = residents_by_id(database_session(), current_staff_actor(), person_ids=[person_id], now=now())
    if person_id not in found:
        raise NotAllowed(capability=Capability.OPEN_RECORDS.value)
    return show(
        "staff/record_open.html",
        422 if problem else 200,
        resident=found[person_id],
        reasons=[(each, reason_words(each)) for each in TO_CHOOSE],
        chosen=request.form.get("reason"),
        words=request.form.get("words", ""),
        going_to=own_path(request.args.get("next")),
        longest=LONGEST_WORDS,
        minutes=rules_on(local_day(now())).open_for // timedelta(minutes=1),
        problem=problem,
    )


def reason_words(reason: OpeningReason) -> str:
    """Why a record was opened, as it stands on pages."""
    return {
        OpeningReason.SHE_IS_HERE: _("She is here at the desk"),
        OpeningReason.SHE_CALLED: _("She called"),
        OpeningReason.FAMILY_ASKS: _("Her family asks something for her"),
        OpeningReason.HOME_VISIT: _("I visit her at home"),
        OpeningReason.CALL_FOR_HELP: _("She called for help"),
        OpeningReason.OTHER: _("Another reason, which I write below"),
        OpeningReason.TASK: _("A task on the list"),
    }[reason]
