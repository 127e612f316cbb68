"""What a provider or a care worker reads when a use case said no: what happened, why, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Response, request, url_for
from flask_babel import gettext as _

from services.errors import ServiceError
from webapp.error_pages import error_page
from webapp.home_care.words import credential_words
from webapp.pages import show
from webapp.staff import refusals
from webapp.words import moment_words

STATUS = {"service_booking_unknown": 404, "care_worker_unknown": 404, "words_too_long": 422}


def refused(error: ServiceError) -> Response:
    """The page for a refusal, with the way back to the visit that it is about."""
    if error.code == "not_allowed":
        return error_page(403)
    words = _words(error.code, error.facts)
    if words is None:
        return refusals.refused(error)
    what, why = words
    booking_id = (request.view_args or {}).get("booking_id")
    is_of_a_visit = request.method == "POST" and booking_id is not None
    back = url_for(f"{request.blueprint}.visit", booking_id=booking_id) if is_of_a_visit else url_for("staff.home")
    return show("staff/refused.html", STATUS.get(error.code, 409), what=what, why=why, back=back)


def _words(code: str, facts: Mapping[str, object]) -> tuple[str, str] | None:
    nothing = _("Nothing was changed.")
    from_at = facts.get("from_at")
    missing = facts.get("missing")
    return {
        "visit_step_not_possible": (
            _("The visit has moved on in the meantime"),
            _("Somebody has answered, changed or cancelled it. Look at it again."),
        ),
        "too_early_for_visit": (
            _("It is too early for this"),
            _("It is possible from %(when)s on.", when=moment_words(from_at))
            if isinstance(from_at, datetime)
            else nothing,
        ),
        "care_worker_not_free": (
            _("This care worker is not free then"),
            _("She is with somebody else, on the way, or off. Nothing was changed. Choose another one."),
        ),
        "care_worker_not_qualified": (
            _("This care worker may not do this"),
            _(
                "Missing or run out: %(credentials)s. Nothing was changed. Choose another one.",
                credentials=_(", ").join(credential_words(str(kind)) for kind in missing)
                if isinstance(missing, list | tuple) and missing
                else _("a certificate"),
            ),
        ),
        "care_workers_wrong": (
            _("Choose as many care workers as the service takes"),
            _("This one takes %(wanted)s. Nothing was changed.", wanted=facts.get("wanted", 1)),
        ),
        "care_worker_unknown": (_("There is no such care worker here"), nothing),
        "service_booking_unknown": (
            _("There is no such visit"),
            _("The address may be old or have a wrong letter."),
        ),
        "words_too_long": (
            _("The note is too long"),
            _("At most %(most)s characters. Nothing was changed: go back and write less.", most=facts.get("most", "")),
        ),
    }.get(code)
