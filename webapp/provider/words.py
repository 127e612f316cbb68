"""Visits in the words of those who carry them out."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from services.clock import CITY_TIME
from services.home_care import DeclineReason, ServiceState, WhyNot, WorkerChoice
from webapp.home_care.words import credential_words


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        office_state=state_words,
        office_decline=decline_words,
        why_not=why_not_words,
        city_clock=city_clock,
    )


def city_clock(at: datetime) -> str:
    """A time of day as calendars at a desk have it: "14:30"."""
    return at.astimezone(CITY_TIME).strftime("%H:%M")


def state_words(state: ServiceState) -> str:
    """How a visit stands, for the provider and its workers."""
    return {
        ServiceState.REQUESTED: _("to be answered"),
        ServiceState.ACCEPTED: _("accepted"),
        ServiceState.VISITING: _("under way"),
        ServiceState.DONE: _("done, not confirmed yet"),
        ServiceState.CONFIRMED: _("confirmed"),
        ServiceState.DISPUTED: _("disputed: a community worker decides"),
        ServiceState.NOT_CHARGED: _("complaint upheld: nothing is paid"),
        ServiceState.CANCELLED: _("cancelled"),
        ServiceState.DECLINED: _("declined"),
        ServiceState.NOT_AT_HOME: _("not at home"),
        ServiceState.MISSED: _("no visit noted"),
    }[state]


def decline_words(reason: DeclineReason) -> str:
    """Why the provider does not come, as the office says it."""
    return {
        DeclineReason.NOBODY_FREE: _("Nobody is free then"),
        DeclineReason.TOO_FAR: _("Too far away"),
        DeclineReason.NOT_SUITABLE: _("Not our kind of work"),
        DeclineReason.BAD_WEATHER: _("The weather"),
        DeclineReason.NO_ANSWER: _("Not answered in time"),
        DeclineReason.PRICE_NOT_AGREED: _("She did not agree to a new price"),
    }[reason]


def why_not_words(choice: WorkerChoice) -> str:
    """Why a worker cannot take a visit."""
    if choice.why_not is WhyNot.NOT_QUALIFIED and choice.missing:
        missing = _(", ").join(credential_words(kind) for kind in choice.missing)
        return _("missing or run out: %(credentials)s", credentials=missing)
    return {
        WhyNot.NOT_QUALIFIED: _("a certificate is missing or runs out before"),
        WhyNot.OFF_SHIFT: _("does not work then"),
        WhyNot.ENGAGED: _("is with somebody else, or on the way"),
        None: _("has time"),
    }[choice.why_not]
