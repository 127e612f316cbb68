"""Refusals about meals: what happened, why, and what to press next."""

from __future__ import annotations

from datetime import date

from flask import url_for
from flask_babel import gettext as _

from webapp.error_words.page import ErrorWords, Facts, Table
from webapp.words import money_words


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


def _too_late_to_change(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("It is too late to change this meal"),
        _(
            "The canteen has begun to prepare it; it stays as it was. If you cannot come, press the phone button "
            "above: a person will help you."
        ),
        _("See my bookings"),
        url_for("bookings.bookings"),
    )


def _already_waiting(facts: Facts) -> ErrorWords:
    place = facts.get("waiting_id")
    return ErrorWords(
        _("You stand in line for this meal already"),
        _("When a portion comes free it is booked for you, and a text message tells you."),
        _("See my place in line"),
        url_for("waiting.place", waiting_id=place) if place else url_for("bookings.bookings"),
    )


def _waiting_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There is no such place in line"),
        _("The address may be old. Your bookings are all in one list."),
        _("See my bookings"),
        url_for("bookings.bookings"),
        404,
    )


def _canteen_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There is no such canteen"),
        _("The address may be old. Nothing was booked."),
        _("Canteens near you"),
        url_for("canteens.canteens"),
        404,
    )


def _standing_order_unknown(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("There is nothing like this that is booked every week"),
        _("The address may be old. Your bookings are all in one list."),
        _("See my bookings"),
        url_for("bookings.bookings"),
        404,
    )


def _standing_order_wrong(_facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("The days are missing"),
        _("Choose at least one day of the week. Nothing was ordered."),
        _("Choose the days"),
        url_for("standing.days"),
    )


def _standing_order_exists(facts: Facts) -> ErrorWords:
    order = facts.get("order_id")
    return ErrorWords(
        _("This meal is booked every week already"),
        _("On one of these days the same meal is booked by itself. If you want it otherwise, stop that first."),
        _("See what is booked every week"),
        url_for("standing.order", order_id=order) if order else url_for("standing.orders"),
    )


def _not_to_complain_about(facts: Facts) -> ErrorWords:
    return ErrorWords(
        _("No complaint can be made about this meal here"),
        _("That is possible from the meal on, for a week. For anything else call 12345, it costs nothing."),
        _("My bookings"),
        url_for("bookings.bookings"),
    )


def _same_meal_elsewhere(facts: Facts) -> str:
    day, meal = facts.get("day"), facts.get("meal")
    if isinstance(day, date) and meal:
        return url_for("meals.canteen", day=day.isoformat(), meal=str(meal))
    return url_for("meals.day")


TABLE: Table = {
    "already_booked": _already_booked,
    "already_waiting": _already_waiting,
    "booking_unknown": _booking_unknown,
    "canteen_unknown": _canteen_unknown,
    "delivery_not_offered": _no_delivery,
    "meal_day_in_the_past": _day_in_the_past,
    "meal_day_not_offered": _day_not_offered,
    "meal_full": _full,
    "meal_not_to_complain_about": _not_to_complain_about,
    "menu_unknown": _menu_unknown,
    "orders_closed": _orders_closed,
    "price_changed": _price_changed,
    "quantity_wrong": _quantity_wrong,
    "standing_order_exists": _standing_order_exists,
    "standing_order_unknown": _standing_order_unknown,
    "standing_order_wrong": _standing_order_wrong,
    "too_late_to_cancel": _too_late_to_cancel,
    "too_late_to_change": _too_late_to_change,
    "waiting_unknown": _waiting_unknown,
}
