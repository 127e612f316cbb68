"""Refusals about benefits and certification: what happened, why, and what to press next."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from webapp.error_words.page import ErrorWords, Facts, Table


def _offer_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There is no such application"),
        _("The address may be old. Everything of yours is in one list."),
        _("See my benefits"),
        url_for("benefits.benefits"),
        404,
    )


def _offer_ended(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This offer has ended"),
        _("You can still apply yourself. Nothing is lost but the months before."),
        _("See my benefits"),
        url_for("benefits.benefits"),
    )


def _decided_otherwise(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This was answered already"),
        _("Nothing was changed. In the list you see how it stands."),
        _("See my benefits"),
        url_for("benefits.benefits"),
    )


def _not_entitled(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("You cannot have this at the moment"),
        _("Nothing was applied for. The page of the benefit says why. If that is wrong, call 12345."),
        _("See my benefits"),
        url_for("benefits.benefits"),
    )


def _nothing_to_certify(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There is nothing to certify"),
        _("You are certified already, or nobody has asked you to be. You need not do anything."),
        _("See how it stands"),
        url_for("certification.certification"),
    )


def _must_be_spoken(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("The digits must be spoken"),
        _("Typed digits cannot show that it is you. Press the microphone and say them."),
        _("Go to the digits"),
        url_for("certification.digits"),
    )


def _challenge_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("These digits no longer count"),
        _("Take new ones. Nothing is lost."),
        _("Begin again"),
        url_for("certification.certification"),
    )


def _seen_day_wrong(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("The day is missing, or too long ago"),
        _("Say on which day you saw her last. Nothing was changed."),
        _("See how it stands"),
        url_for("certification.certification"),
        422,
    )


TABLE: Table = {
    "already_applied": _decided_otherwise,
    "already_decided": _decided_otherwise,
    "case_unknown": _offer_unknown,
    "challenge_unknown": _challenge_unknown,
    "must_be_spoken": _must_be_spoken,
    "not_entitled": _not_entitled,
    "nothing_to_certify": _nothing_to_certify,
    "offer_ended": _offer_ended,
    "offer_unknown": _offer_unknown,
    "seen_day_wrong": _seen_day_wrong,
    "step_not_possible": _decided_otherwise,
}
