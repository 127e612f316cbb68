"""What a worker or an operator reads when a use case said no: what happened, why, and the way back."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.actor import RecordClosed
from services.errors import ServiceError
from webapp.access import own_path
from webapp.adaptation_words import refusal_words as adaptation_refusals
from webapp.error_pages import error_page
from webapp.pages import page_address, show
from webapp.staff.records import ask_why
from webapp.staff.work_words import refusal_words

STATUS = {
    "not_allowed": 403,
    "adaptation_unknown": 404,
    "emergency_unknown": 404,
    "contact_unknown": 404,
    "delegation_unknown": 404,
    "activity_unknown": 404,
    "work_unknown": 404,
    "flag_unknown": 404,
    "run_unknown": 404,
    "case_unknown": 404,
    "offer_unknown": 404,
    "menu_unknown": 404,
    "booking_unknown": 404,
}
OF_WORK = frozenset(
    {"month_not_yet", "earlier_month_open", "later_month_listed", "run_not_ready", "run_unknown", "too_many_in_doubt"}
)


def refused(error: ServiceError) -> AnyResponse:
    """The page for a refusal. One without words of its own is told by its code, which colleagues can look up."""
    if isinstance(error, RecordClosed):
        return ask_why(error)
    if error.code == "not_allowed":
        return error_page(403)
    what, why = _words(error)
    back = own_path(page_address()) if request.method == "POST" else None
    return show(
        "staff/refused.html",
        STATUS.get(error.code, 409),
        what=what,
        why=why,
        back=back or url_for("staff.home"),
    )


def _words(error: ServiceError) -> tuple[str, str]:
    nothing = _("Nothing was changed.")
    if error.code in OF_WORK:
        return _("This cannot be done now"), refusal_words(error.code, error.facts)
    return {
        "task_closed": (_("Somebody has decided already"), _("Look at the task again: it says what was decided.")),
        "already_decided": (_("This was decided otherwise before"), nothing),
        "already_applied": (_("She has this benefit, or has applied for it"), nothing),
        "step_not_possible": (_("The case has moved on in the meantime"), nothing),
        "decision_unknown": (_("This cannot be decided here"), nothing),
        "offer_ended": (_("The offer has ended"), _("She can still apply: look for her, and press the button there.")),
        "not_entitled": (
            _("By the rules she is not entitled"),
            _("Nothing was changed. Her page shows what is known of her."),
        ),
        "nothing_missed": (_("She was certified, or somebody has decided"), nothing),
        "nothing_to_certify": (_("Nothing is to be certified for her now"), nothing),
        **adaptation_refusals(error.facts),
        "refund_too_much": (_("That is more than is to be given back"), nothing),
        "adjustment_unknown": (
            _("This correction is gone"),
            _("The figures were reckoned again. Nothing is to be decided."),
        ),
        "returns_unreadable": (
            _("This is not the bank's list"),
            _(
                "Line %(line)s is not as agreed: a reference of the bank's file, a comma, and the reason."
                " Nothing was taken in.",
                line=error.facts.get("line", 1),
            ),
        ),
        "return_unknown": (
            _("This list belongs to another month"),
            _("It names a payment that is not in this run. Nothing was taken in."),
        ),
        "finding_settled": (_("Somebody has decided already"), _("Look at the task again: it says what was decided.")),
        "settlement_impossible": (_("This cannot be decided here"), nothing),
        "record_in_use": (
            _("The new record has been used already"),
            _("Something was applied for or booked under it. End that first, then decide here again."),
        ),
        "finding_unknown": (
            _("This contradiction is gone"),
            _("The registers agree by now. Nothing is to be decided."),
        ),
        "reason_missing": (
            _("The reason is missing"),
            _("Write why. She can ask for the reason, and so can whoever checks."),
        ),
        "emergency_unknown": (_("There is no such call for help"), _("The address may be old or have a wrong letter.")),
        "activity_unknown": (_("There is no such activity"), _("The address may be old or have a wrong letter.")),
        "contact_unknown": (_("There is no such contact"), _("The address may be old. Nothing was changed.")),
        "delegation_unknown": (_("There is no such request"), _("The address may be old. Nothing was changed.")),
        "delegation_over": (_("This is over"), _("It was answered or has ended. Nothing was changed.")),
        "delegation_step_not_possible": (_("This is over"), _("It was answered or has ended. Nothing was changed.")),
        "emergency_over": (_("She has called it off herself"), _("Call her once and ask. Nothing is to be closed.")),
        "upload_empty": (_("The file is empty"), _("Nothing was taken in. Choose another file.")),
        "serving_not_possible": (
            _("This cannot be handed out or taken back now"),
            _("The booking was cancelled, or the meal is closed. Nothing was changed."),
        ),
        "meal_not_over": (
            _("This meal is still being served"),
            _("Close it when its time is over. Nothing was changed."),
        ),
        "menu_unknown": (_("There is no such meal at this canteen"), nothing),
        "booking_unknown": (_("There is no such booking at this canteen"), nothing),
        "work_unknown": (_("There is no such work"), _("The address may be old or have a wrong letter.")),
        "flag_unknown": (_("There is no such flag"), _("The address may be old or have a wrong letter.")),
        "case_unknown": (_("There is no such case"), _("The address may be old or have a wrong letter.")),
        "offer_unknown": (_("There is no such offer"), _("The address may be old or have a wrong letter.")),
    }.get(error.code, (_("This cannot be done now"), _("%(nothing)s (%(code)s)", nothing=nothing, code=error.code)))
