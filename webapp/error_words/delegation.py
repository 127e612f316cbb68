"""Refusals about family who may act: what happened, why, and what to press next."""

from __future__ import annotations

from datetime import datetime

from flask import g, url_for
from flask_babel import gettext as _

from webapp.acting import own_address
from webapp.error_words.page import ErrorWords, Facts, Table
from webapp.words import moment_words


def _page(what: str, why: str, status: int = 409) -> ErrorWords:
    return ErrorWords(what, why, _("Go to the first page"), url_for("home.home"), status)


def _too_soon(facts: Facts) -> ErrorWords:
    from_at = facts.get("from_at")
    moment = moment_words(from_at) if isinstance(from_at, datetime) else ""
    return _page(
        _("This is too early for a new delegate"),
        _("To keep her safe this is possible from %(moment)s on. Nothing was changed.", moment=moment),
        403,
    )


def _unknown(_facts: Facts) -> ErrorWords:
    return _page(_("There is nothing here"), _("The address is old, or it belongs to somebody else."), 404)


def _over(_facts: Facts) -> ErrorWords:
    return _page(_("This is over"), _("It was answered or has ended. Nothing was changed."))


def _frozen(_facts: Facts) -> ErrorWords:
    return _page(
        _("This is paused"), _("The community has paused this until somebody has looked. Nothing was changed.")
    )


def _needs_witness(_facts: Facts) -> ErrorWords:
    return _page(
        _("Please agree to this at your community"),
        _(
            "You both have this telephone number, so we cannot tell who presses here. Nothing was changed. A worker"
            " helps you at the community station, or call 12345."
        ),
    )


def _too_many(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("You have asked often today"),
        _("Nothing was sent. Try again tomorrow, or go to her community together."),
        _("Whom I act for"),
        own_address(url_for("family.family")),
        429,
    )


def not_allowed_words() -> ErrorWords | None:
    """While somebody acts: this is not among the things that were ticked. None on one's own pages."""
    if g.get("acting") is None:
        return None
    return _page(
        _("You may not do this for her"),
        _("She has not given you this, or only she can do it herself. Nothing was changed."),
        403,
    )


TABLE: Table = {
    "too_soon_for_this": _too_soon,
    "delegation_unknown": _unknown,
    "delegation_over": _over,
    "delegation_frozen": _frozen,
    "delegation_step_not_possible": _over,
    "needs_witness": _needs_witness,
    "too_many_requests": _too_many,
}
