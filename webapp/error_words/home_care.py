"""Refusals about care at home: what happened, why, and what to press next."""

from __future__ import annotations

from datetime import date

from flask import url_for
from flask_babel import gettext as _

from webapp.error_words.page import ErrorWords, Facts, Table
from webapp.words import day_words, money_words


def _service_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This service is not offered"),
        _("The address may be old. Nothing was booked."),
        _("See the services"),
        url_for("home_care.kinds"),
        404,
    )


def _service_not_offered(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("No provider comes to you with this service"),
        _("None of them works where you live. Nothing was booked. Press the phone button above: a person helps you."),
        _("See the other services"),
        url_for("home_care.kinds"),
    )


def _day_not_offered(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This day cannot be booked"),
        _("It is over, or too far ahead. Nothing was booked."),
        _("Choose another day"),
        _days(facts),
    )


def _nobody_free(facts: Facts) -> ErrorWords:
    next_day, service = facts.get("next_day"), facts.get("service")
    if isinstance(next_day, date) and service:
        return ErrorWords(
            _("Nobody is free then"),
            _("Nothing was booked. Somebody is free again %(day)s.", day=day_words(next_day)),
            _("See the times of that day"),
            url_for("home_care.time", service=str(service), day=next_day.isoformat()),
        )
    return ErrorWords(
        _("Nobody is free then"), _("Nothing was booked."), _("Choose another day"), _days(facts)
    )  # fmt: skip


def _time_taken(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This time has just been taken"),
        _("Somebody else was a moment faster. Nothing was booked. Other times may still be free."),
        _("See the other times"),
        _days(facts),
    )


def _own_visit_then(facts: Facts) -> ErrorWords:
    booking_id = facts.get("booking_id")
    return ErrorWords(
        _("Somebody comes to you already at that time"),
        _("Two visits at one time do not work. Nothing was booked. Choose another time, or change the other visit."),
        _("See that visit") if booking_id else _("See my visits"),
        url_for("service_bookings.booking", booking_id=booking_id)
        if booking_id
        else url_for("service_bookings.bookings"),
    )


def _worker_unknown(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This care worker cannot come"),
        _("She does not do this work, or not where you live. Nothing was booked."),
        _("Choose again"),
        _days(facts),
    )


def _too_late_to_book(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("It is too late for this time"),
        _("The care worker needs time to come. Nothing was booked. Choose a later time."),
        _("Choose another day or time"),
        _days(facts),
    )


def _price_changed(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("The price has changed"),
        _("You would now pay %(amount)s. Nothing was booked. Look at it again before you agree.",
          amount=money_words(int(str(facts["to_pay_fen"])))),
        _("See the new price"),
        url_for("home_care.kinds"),
    )  # fmt: skip


def _booking_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There is no such visit"),
        _("The address may be old. Your visits are all in one list."),
        _("See my visits"),
        url_for("service_bookings.bookings"),
        404,
    )


def _too_late_to_change(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("It is too late to change this visit"),
        _("The care worker is about to come. If it does not suit you, call the provider: the visit shows the number."),
        _("See my visits"),
        url_for("service_bookings.bookings"),
    )


def _step_not_possible(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("The visit has moved on in the meantime"),
        _("Nothing was changed. With the visit you see how it stands now."),
        _("See my visits"),
        url_for("service_bookings.bookings"),
    )


def _too_late_to_object(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("The time for this is over"),
        _("The visit is settled. If something is still wrong, press the phone button above: a person will help you."),
        _("See my visits"),
        url_for("service_bookings.bookings"),
    )


def _words_too_long(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("That was too long"),
        _("At most %(most)s characters. Nothing was sent: write less.", most=facts.get("most", "")),
        _("See my visits"),
        url_for("service_bookings.bookings"),
        422,
    )


def _days(facts: Facts) -> str:
    service = facts.get("service")
    return url_for("home_care.day", service=str(service)) if service else url_for("home_care.kinds")


TABLE: Table = {
    "care_worker_unknown": _worker_unknown,
    "nobody_free": _nobody_free,
    "own_visit_then": _own_visit_then,
    "service_booking_unknown": _booking_unknown,
    "service_day_not_offered": _day_not_offered,
    "service_not_offered": _service_not_offered,
    "service_price_changed": _price_changed,
    "service_time_taken": _time_taken,
    "service_unknown": _service_unknown,
    "too_late_to_book_service": _too_late_to_book,
    "too_late_to_change_service": _too_late_to_change,
    "too_late_to_object": _too_late_to_object,
    "visit_step_not_possible": _step_not_possible,
    "words_too_long": _words_too_long,
}
