"""Refusals about making her home safe: what happened, why, and what to press next."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from webapp.error_words.page import ErrorWords, Facts, Table


def _page(what: str, why: str, status: int = 409) -> ErrorWords:
    return ErrorWords(what, why, _("See how it stands"), url_for("home_adaptation.adaptation"), status)


def _unknown(_facts: Facts) -> ErrorWords:
    return _page(_("There is nothing here yet"), _("You have not applied for it, or the address is old."), 404)


def _moved_on(_facts: Facts) -> ErrorWords:
    return _page(_("This was answered already"), _("Nothing was changed. The page shows how it stands."))


def _adapted_already(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This home was made safe before, or is just now"),
        _("The city pays for each home once, whoever lives there. If that is wrong, call 12345."),
        _("See my benefits"),
        url_for("benefits.benefits"),
    )


def _household_adapted_already(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("Your household has applied for this before"),
        _("The city pays once for each household, also after a move. If that is wrong, call 12345."),
        _("See my benefits"),
        url_for("benefits.benefits"),
    )


def _address_not_known(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("We do not know your address"),
        _("Nothing was applied for. Go to your community station or call 12345: they apply with you."),
        _("See my benefits"),
        url_for("benefits.benefits"),
    )


def _quote_changed(_facts: Facts) -> ErrorWords:
    return _page(_("The price has changed"), _("Nothing was agreed. Look at the new price before you say yes."))


def _quote_expired(_facts: Facts) -> ErrorWords:
    return _page(_("This price does not hold any more"), _("Nothing was agreed. The firm works out a new one."))


def _words_needed(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("What is not well?"),
        _("Write it in a few words. Nothing was changed."),
        _("Write it again"),
        url_for("home_adaptation.objection"),
        422,
    )


TABLE: Table = {
    "adaptation_applied_for": _moved_on,
    "adaptation_step_not_possible": _moved_on,
    "adaptation_unknown": _unknown,
    "address_not_known": _address_not_known,
    "home_adapted_already": _adapted_already,
    "household_adapted_already": _household_adapted_already,
    "note_missing": _words_needed,
    "note_too_long": _words_needed,
    "quote_changed": _quote_changed,
    "quote_expired": _quote_expired,
}
