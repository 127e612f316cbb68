"""Visits as people say them: who comes, how a booking stands, what a complaint is about, and which voucher pays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from services.clock import CITY_TIME, local_day
from services.home_care import (
    CareWorker,
    ComplaintAbout,
    DayPart,
    DeclineReason,
    Rating,
    ServiceDay,
    ServiceState,
)
from services.vouchers import VoucherKind
from webapp.home_care.service_words import (
    KIND_ICONS,
    caution_words,
    included_words,
    prepare_words,
    service_words,
)
from webapp.home_care.wanted import written
from webapp.words import day_words, time_of_day_words

POINTS_IN_TENTHS = 10
MINUTES_IN_AN_HOUR = 60


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        service=service_words,
        included=included_words,
        prepare=prepare_words,
        caution=caution_words,
        credential=credential_words,
        sex=sex_words,
        rated=rated_words,
        names=names_words,
        clock_time=clock_time_words,
        visit_time=visit_time_words,
        duration=duration_words,
        city_day=local_day,
        address_moment=written,
        free_parts=free_parts_words,
        visit_state=state_words,
        rating=rating_words,
        complaint_about=complaint_words,
        decline_reason=decline_words,
        voucher=voucher_words,
    )
    app.jinja_env.globals.update(kind_icons=KIND_ICONS)


def clock_time_words(at: datetime) -> str:
    """A moment's time of day by the city's clocks: "9 a.m."."""
    return time_of_day_words(at.astimezone(CITY_TIME).time())


def visit_time_words(at: datetime) -> str:
    """A visit's day and time: "tomorrow, Wednesday 25 November, 9 a.m."."""
    return _("%(day)s, %(time)s", day=day_words(local_day(at)), time=clock_time_words(at))


def duration_words(minutes: int) -> str:
    """How long a visit takes: "2 hours", "45 minutes"."""
    if minutes % MINUTES_IN_AN_HOUR == 0:
        return ngettext("%(num)d hour", "%(num)d hours", minutes // MINUTES_IN_AN_HOUR)
    return ngettext("%(num)d minute", "%(num)d minutes", minutes)


def free_parts_words(day: ServiceDay) -> str:
    """When somebody is free on a day: "free in the morning and in the afternoon"."""
    free = [part_words(choice.part) for choice in day.parts if choice.free_times]
    # Translators: what stands between two parts of a day.
    return _("Somebody is free: %(parts)s", parts=_(", ").join(free))


def part_words(part: DayPart) -> str:
    """A part of the day."""
    return {
        DayPart.MORNING: _("in the morning"),
        DayPart.AFTERNOON: _("in the afternoon"),
        DayPart.EVENING: _("in the evening"),
    }[part]


def credential_words(kind: str) -> str:
    """A certificate of a care worker."""
    return {
        "housekeeping": _("housekeeping certificate"),
        "elderly_care": _("care worker's certificate"),
        "hairdressing": _("hairdresser's certificate"),
        "rehabilitation_therapist": _("therapist's licence"),
        "electrician": _("electrician's licence"),
        "nurse": _("nurse's licence"),
        "health_certificate": _("health certificate"),
    }[kind]


def sex_words(sex: str) -> str:
    """Woman or man."""
    return {"female": _("woman"), "male": _("man")}[sex]


def rated_words(worker: CareWorker) -> str:
    """What others said of her: "4.8 of 5 points from 12 people"."""
    if worker.rating_tenths is None:
        return _("nobody has rated yet")
    points = format_decimal(worker.rating_tenths / POINTS_IN_TENTHS, format="0.0", locale=get_locale())
    return ngettext(
        "%(points)s of 5 points, rated %(num)d time",
        "%(points)s of 5 points, rated %(num)d times",
        worker.ratings,
        points=points,
    )


def names_words(workers: Iterable[CareWorker]) -> str:
    """The names of those who come."""
    # Translators: what stands between two names.
    return _(" and ").join(worker.name for worker in workers)


def state_words(state: ServiceState) -> str:
    """How a booking stands."""
    return {
        ServiceState.REQUESTED: _("Booked; the provider has not answered yet"),
        ServiceState.ACCEPTED: _("Certain: the provider comes"),
        ServiceState.VISITING: _("The care worker is there now"),
        ServiceState.DONE: _("Done; please say how it was"),
        ServiceState.CONFIRMED: _("Done and confirmed"),
        ServiceState.DISPUTED: _("You complained; a community worker looks into it"),
        ServiceState.NOT_CHARGED: _("Your complaint was right; you pay nothing"),
        ServiceState.CANCELLED: _("Cancelled; you pay nothing"),
        ServiceState.DECLINED: _("The provider cannot come; you pay nothing"),
        ServiceState.NOT_AT_HOME: _("Nobody opened the door; you pay nothing"),
        ServiceState.MISSED: _("No visit was noted; you pay nothing"),
    }[state]


def rating_words(rating: Rating) -> str:
    """How it was."""
    return {
        Rating.VERY_GOOD: _("Very good"),
        Rating.GOOD: _("Good"),
        Rating.FAIR: _("So-so"),
        Rating.POOR: _("Not good"),
        Rating.VERY_POOR: _("Very bad"),
    }[rating]


def complaint_words(about: ComplaintAbout) -> str:
    """What was wrong."""
    return {
        ComplaintAbout.NOBODY_CAME: _("Nobody came"),
        ComplaintAbout.LATE_OR_SHORT: _("Came late or left early"),
        ComplaintAbout.NOT_DONE_WELL: _("It was not done well"),
        ComplaintAbout.UNFRIENDLY: _("Was unfriendly"),
        ComplaintAbout.SOMETHING_BROKEN: _("Something was broken or is missing"),
        ComplaintAbout.WANTED_MONEY: _("Asked me for money"),
        ComplaintAbout.OTHER: _("Something else"),
    }[about]


def decline_words(reason: DeclineReason) -> str:
    """Why the provider does not come."""
    return {
        DeclineReason.NOBODY_FREE: _("Nobody is free at that time after all."),
        DeclineReason.TOO_FAR: _("Your home is too far away for them."),
        DeclineReason.NOT_SUITABLE: _("They cannot do this work."),
        DeclineReason.BAD_WEATHER: _("The weather is too bad to come."),
        DeclineReason.NO_ANSWER: _("The provider did not answer in time."),
        DeclineReason.PRICE_NOT_AGREED: _("The voucher gave less than planned, and the new price was not agreed to."),
    }[reason]


def voucher_words(kind: VoucherKind) -> str:
    """A voucher by the name that she knows."""
    return {
        VoucherKind.HOME_CARE_SUBSIDY: _("Home care subsidy"),
        VoucherKind.CARE_CONSUMPTION_VOUCHER: _("Care voucher"),
    }[kind]
