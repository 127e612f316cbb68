"""The screen's table from a service's refusal to words: what happened, why, and what to press next.

Voice and text messages have tables of their own for the same codes. A code without an entry is a bug of ours; the test
of this module knows every code of `services`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from services.errors import ServiceError
from webapp.words import money_words

Facts = Mapping[str, object]


@dataclass(frozen=True)
class ErrorWords:
    """What the page says. `next_url` is where its one large button leads."""

    what: str
    why: str
    next_words: str
    next_url: str
    status: int = 409


def error_words(error: ServiceError) -> ErrorWords:
    """The words for a refusal. Raises KeyError for a code that has none."""
    return TABLE[error.code](error.facts)


def _day_in_the_past(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This day is over"),
        _("Meals can be booked for today and the days after it. Nothing was booked."),
        _("Choose another day"),
        url_for("meals.day"),
    )


def _day_not_offered(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There are no menus for this day yet"),
        _("The canteens show their menus seven days ahead. Nothing was booked."),
        _("Choose another day"),
        url_for("meals.day"),
    )


def _full(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This canteen has no portions left for this meal"),
        _("Others were a moment faster. Nothing was booked. Other canteens may still have portions."),
        _("See the other canteens"),
        _same_meal_elsewhere(facts),
    )


def _orders_closed(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("It is too late to book this meal"),
        _("The canteen has begun to prepare it. Nothing was booked."),
        _("Choose another meal"),
        _same_meal_elsewhere(facts),
    )


def _already_booked(facts: Facts) -> ErrorWords:
    booking = facts.get("booking_id")
    return ErrorWords(
        _("You have booked this meal already"),
        _("Each meal is booked once. If you want something else, cancel the first booking and book again."),
        _("See my booking"),
        # Two taps at the same moment: the loser does not know the winner's booking.
        url_for("bookings.booking", booking_id=booking) if booking else url_for("bookings.bookings"),
    )


def _no_delivery(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This canteen does not deliver"),
        _("You can eat there or choose another canteen. Nothing was booked."),
        _("Choose again"),
        url_for("meals.day"),
    )


def _price_changed(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("The price has changed"),
        _("You would now pay %(amount)s. Nothing was booked. Look at it again before you agree.",
          amount=money_words(int(str(facts["to_pay_fen"])))),
        _("See the new price"),
        url_for("meals.day"),
    )  # fmt: skip


def _too_late_to_cancel(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("It is too late to cancel this meal"),
        _(
            "The canteen has begun to prepare it. If you cannot come, press the phone button above: "
            "a person will help you."
        ),
        _("See my bookings"),
        url_for("bookings.bookings"),
    )


def _quantity_wrong(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("That many portions cannot be booked"),
        _("You can book one to %(most)s portions of a meal. Nothing was booked.", most=facts["most"]),
        _("Choose again"),
        url_for("meals.day"),
    )


def _menu_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This menu is no longer there"),
        _("The canteen has changed its menu. Nothing was booked."),
        _("Choose another day"),
        url_for("meals.day"),
        404,
    )


def _booking_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There is no such booking"),
        _("The address may be old. Your bookings are all in one list."),
        _("See my bookings"),
        url_for("bookings.bookings"),
        404,
    )


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


def _not_allowed(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("This page is not open to you"),
        _("It belongs to somebody else. Nothing was changed. Press the button below to go on."),
        _("Go to the first page"),
        url_for("home.home"),
        403,
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


def _same_meal_elsewhere(facts: Facts) -> str:
    day, meal = facts.get("day"), facts.get("meal")
    if isinstance(day, date) and meal:
        return url_for("meals.canteen", day=day.isoformat(), meal=str(meal))
    return url_for("meals.day")


TABLE: dict[str, Callable[[Facts], ErrorWords]] = {
    "already_applied": _decided_otherwise,
    "already_booked": _already_booked,
    "already_decided": _decided_otherwise,
    "booking_unknown": _booking_unknown,
    "case_unknown": _offer_unknown,
    "challenge_unknown": _challenge_unknown,
    "delivery_not_offered": _no_delivery,
    "meal_day_in_the_past": _day_in_the_past,
    "meal_day_not_offered": _day_not_offered,
    "meal_full": _full,
    "menu_unknown": _menu_unknown,
    "must_be_spoken": _must_be_spoken,
    "not_allowed": _not_allowed,
    "not_entitled": _not_entitled,
    "nothing_to_certify": _nothing_to_certify,
    "offer_ended": _offer_ended,
    "offer_unknown": _offer_unknown,
    "orders_closed": _orders_closed,
    "phone_number_wrong": _phone_number_wrong,
    "price_changed": _price_changed,
    "quantity_wrong": _quantity_wrong,
    "step_not_possible": _decided_otherwise,
    "too_late_to_cancel": _too_late_to_cancel,
}
