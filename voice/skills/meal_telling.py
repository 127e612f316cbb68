"""Sentences about meals: what is read back, what was done, what is booked."""

from __future__ import annotations

from collections.abc import Sequence

from services.meals import Allergen, Diet, DietWarnings, MealBooking, MealQuote, MealWay, PriceSplit
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
    match quote.menu.canteen.way(delivery=quote.delivery):
        case MealWay.DELIVERED:
            what = words.line("%(meal)s from %(canteen)s, %(portions)s, brought to your home.", **values)
        case MealWay.EATEN_THERE:
            what = words.line("%(meal)s, to eat at %(canteen)s, %(portions)s.", **values)
        case MealWay.TAKEN_OUT:
            what = words.line("%(meal)s, to take out of %(canteen)s yourself, %(portions)s.", **values)
    warning = diet_warning(turn, quote.warnings)
    paying = price(turn, quote.split), *_holidays_unknown(turn, quote)
    return words.joined(*preface, what, *warning, *paying, words.line("Is that right?"))


def _holidays_unknown(turn: Turn, quote: MealQuote) -> tuple[Line, ...]:
    if quote.menu.holidays_are_known:
        return ()
    return (turn.words.line("The holidays of that year are not announced yet, but this price stays."),)


def diet_warning(turn: Turn, warnings: DietWarnings) -> tuple[Line, ...]:
    """What speaks against a menu for her: before the price, since she may not want it then."""
    words = turn.words
    allergens = {
        Allergen.PEANUT: words.say("peanuts"),
        Allergen.SEAFOOD: words.say("fish or seafood"),
        Allergen.EGG: words.say("egg"),
    }
    diets = {Diet.SOFT_FOOD: words.say("soft"), Diet.LOW_SALT: words.say("with little salt")}
    told = []
    if warnings.contains:
        what = turn.tell.several([Line.same(allergens[each]) for each in warnings.contains])
        told.append(words.line("Mind: there is %(what)s in it.", what=what))
    if warnings.not_cooked:
        how = turn.tell.several([Line.same(diets[each]) for each in warnings.not_cooked])
        told.append(words.line("Mind: it is not cooked %(how)s.", how=how))
    return tuple(told)


def price(turn: Turn, split: PriceSplit) -> Line:
    """What it costs, what is taken off and what she pays."""
    tell, words = turn.tell, turn.words
    fee_fen = split.delivery_fee_fen - split.delivery_subsidy_fen
    values = {
        "price": tell.money(split.price_fen),
        "subsidy": tell.money(split.subsidy_fen),
        "fee": tell.money(fee_fen),
        "to_pay": tell.money(split.to_pay_fen),
    }
    if split.subsidy_fen and fee_fen:
        message = words.line(
            "It costs %(price)s and %(fee)s for bringing it, the subsidy is %(subsidy)s, you pay %(to_pay)s.", **values
        )
    elif split.subsidy_fen:
        message = words.line("It costs %(price)s, the subsidy is %(subsidy)s, you pay %(to_pay)s.", **values)
    elif fee_fen:
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
    match booking.menu.canteen.way(delivery=booking.delivery):
        case MealWay.DELIVERED:
            return words.line("Done. %(meal)s is booked and will be brought to you.", **values)
        case MealWay.EATEN_THERE:
            return words.line("Done. %(meal)s is booked. Your number at the counter is %(number)s.", **values)
        case MealWay.TAKEN_OUT:
            return words.line("Done. %(meal)s is booked. Your number for the locker is %(number)s.", **values)


def booking_in_short(turn: Turn, booking: MealBooking) -> Line:
    """One booking in a few words: for lists and choices."""
    return turn.tell.day_and_meal(booking.menu.day, booking.menu.meal.value)


def meal_in_full(turn: Turn, booked: MealBooking | MealQuote) -> Line:
    """A meal, booked or to be booked, with where and how much."""
    tell, words = turn.tell, turn.words
    values = {
        "meal": tell.day_and_meal(booked.menu.day, booked.menu.meal.value),
        "portions": tell.portions(booked.quantity),
        "canteen": tell.place(booked.menu.canteen.name),
    }
    if booked.delivery:
        return words.line("%(meal)s, %(portions)s, brought by %(canteen)s", **values)
    return words.line("%(meal)s, %(portions)s, at %(canteen)s", **values)
