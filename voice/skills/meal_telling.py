"""Sentences about meals: what is read back, what was done, what is booked."""

from __future__ import annotations

from collections.abc import Sequence

from services.meals import MealBooking, MealQuote, PriceSplit
from voice.skills.skill import Turn
from voice.wording import Line


def quote_read_back(turn: Turn, quote: MealQuote, preface: Sequence[Line] = ()) -> Line:
    """Everything that she would get and pay, and the question whether that is right."""
    tell, words = turn.tell, turn.words
    values = {
        "meal": tell.day_and_meal(quote.menu.day, quote.menu.meal.value),
        "canteen": tell.place(quote.menu.canteen.name),
        "portions": tell.portions(quote.quantity),
    }
    if quote.delivery:
        what = words.line("%(meal)s from %(canteen)s, %(portions)s, brought to your home.", **values)
    else:
        what = words.line("%(meal)s, to eat at %(canteen)s, %(portions)s.", **values)
    return words.joined(*preface, what, price(turn, quote.split), words.line("Is that right?"))


def price(turn: Turn, split: PriceSplit) -> Line:
    """What it costs, what is taken off and what she pays."""
    tell, words = turn.tell, turn.words
    values = {
        "price": tell.money(split.price_fen),
        "subsidy": tell.money(split.subsidy_fen),
        "fee": tell.money(split.delivery_fee_fen),
        "to_pay": tell.money(split.to_pay_fen),
    }
    if split.subsidy_fen and split.delivery_fee_fen:
        message = words.line(
            "It costs %(price)s and %(fee)s for bringing it, the subsidy is %(subsidy)s, you pay %(to_pay)s.", **values
        )
    elif split.subsidy_fen:
        message = words.line("It costs %(price)s, the subsidy is %(subsidy)s, you pay %(to_pay)s.", **values)
    elif split.delivery_fee_fen:
        message = words.line("It costs %(price)s and %(fee)s for bringing it, you pay %(to_pay)s.", **values)
    else:
        message = words.line("You pay %(to_pay)s.", **values)
    return message


def booked(turn: Turn, booking: MealBooking) -> Line:
    """The booking was made."""
    tell, words = turn.tell, turn.words
    values = {
        "meal": tell.day_and_meal(booking.menu.day, booking.menu.meal.value),
        "number": tell.number(booking.pick_up_number),
    }
    if booking.delivery:
        return words.line("Done. %(meal)s is booked and will be brought to you.", **values)
    return words.line("Done. %(meal)s is booked. Your number at the counter is %(number)s.", **values)


def booking_in_short(turn: Turn, booking: MealBooking) -> Line:
    """One booking in a few words: for lists and choices."""
    return turn.tell.day_and_meal(booking.menu.day, booking.menu.meal.value)


def booking_in_full(turn: Turn, booking: MealBooking) -> Line:
    """One booking with where and how much."""
    tell, words = turn.tell, turn.words
    values = {
        "meal": booking_in_short(turn, booking),
        "portions": tell.portions(booking.quantity),
        "canteen": tell.place(booking.menu.canteen.name),
    }
    if booking.delivery:
        return words.line("%(meal)s, %(portions)s, brought by %(canteen)s", **values)
    return words.line("%(meal)s, %(portions)s, at %(canteen)s", **values)
