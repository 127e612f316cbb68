"""Refusals about the person herself: what happened, why, and what to press next."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from webapp.error_words.delegation import not_allowed_words
from webapp.error_words.page import ErrorWords, Facts, Table


def _not_allowed(_facts: Facts) -> ErrorWords:
    return not_allowed_words() or ErrorWords(
        _("This page is not open to you"),
        _("It belongs to somebody else. Nothing was changed. Press the button below to go on."),
        _("Go to the first page"),
        url_for("home.home"),
        403,
    )


def _phone_number_wrong(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This is not a mobile number"),
        phone_number_words(int(str(facts.get("digits", 0)))),
        _("Write the number again"),
        url_for("sign_in.phone"),
        422,
    )


def phone_number_words(digits: int) -> str:
    """What is wrong with a phone number of so many digits."""
    if digits == 0:
        return _("Write your mobile number: 11 digits that begin with 1.")
    if digits == 11:
        return _("A mobile number begins with 13, 14, 15, 16, 17, 18 or 19. Please look at it again.")
    return _("A mobile number has 11 digits. You wrote %(digits)d. Please look at it again.", digits=digits)


TABLE: Table = {
    "not_allowed": _not_allowed,
    "phone_number_wrong": _phone_number_wrong,
}
