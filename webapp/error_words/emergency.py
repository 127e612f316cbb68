"""Refusals about calls for help and emergency contacts: what happened, why, and what to press next."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from webapp.error_words.page import ErrorWords, Facts, Table


def _contact_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There is no such contact"),
        _("The address may be old. Nothing was changed."),
        _("My emergency contacts"),
        url_for("emergency.contacts"),
        404,
    )


TABLE: Table = {"contact_unknown": _contact_unknown}
