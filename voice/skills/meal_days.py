"""Meals of many days in words: which days, what they cost together, and what cannot be had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from services.meals import AlreadyBooked, MealFull, MealWish, QuotedMeal, WeekQuote
from voice.skills.skill import Turn
from voice.wording import Line


def days_told(turn: Turn, days: Iterable[date]) -> Line:
    """Days of one week by their weekdays; today and tomorrow by their names as well."""
    return turn.tell.several([turn.tell.weekday(day) for day in days])


def meals_told(turn: Turn, meals: Sequence[QuotedMeal]) -> Line:
    """The meals by kind, each with its days: 星期三、星期四的午餐，星期五的晚餐."""
    kinds = list(dict.fromkeys(each.meal for each in meals))
    told = [
        turn.words.line(
            "%(meal)s on %(day)s",
            meal=turn.tell.meal(kind.value),
            day=days_told(turn, [each.day for each in meals if each.meal is kind]),
        )
        for kind in kinds
    ]
    return turn.tell.several(told, long=True)


def week_read_back(turn: Turn, quote: WeekQuote, *preface: Line) -> Line:
    """What would be booked and what she would pay for all of it, what cannot be had, and the question."""
    words, tell, meals = turn.words, turn.tell, quote.bookable
    values = {"meals": meals_told(turn, meals), "number": tell.counted(sum(each.quantity for each in meals))}
    if all(each.delivery for each in meals):
        what = words.line("%(meals)s, %(number)s portions in all, brought to your home.", **values)
    elif not any(each.delivery for each in meals):
        what = words.line("%(meals)s, %(number)s portions in all, to eat at the canteen.", **values)
    else:
        what = words.line("%(meals)s, %(number)s portions in all.", **values)
    split = quote.split
    if split.subsidy_fen:
        paying = words.line(
            "Together you pay %(to_pay)s, the subsidy of %(subsidy)s is taken off.",
            to_pay=tell.money(split.to_pay_fen),
            subsidy=tell.money(split.subsidy_fen),
        )
    else:
        paying = words.line("Together you pay %(to_pay)s.", to_pay=tell.money(split.to_pay_fen))
    return words.joined(*preface, what, *_without(turn, quote), paying, words.line("Is that right?"))


def nothing_to_book(turn: Turn, quote: WeekQuote) -> Line:
    """Why none of the meals can be booked."""
    words = turn.words
    if quote.meals and all(each.state == AlreadyBooked.code for each in quote.meals):
        return words.line("You have all of these booked already.")
    return words.joined(words.line("None of these can be booked now."), *_without(turn, quote))


def as_notes(wishes: Iterable[MealWish | None]) -> list[dict[str, object]]:
    """Wishes as JSON can hold them."""
    return [
        {
            "menu_id": str(wish.menu_id),
            "quantity": wish.quantity,
            "delivery": wish.delivery,
            "agreed_to_pay_fen": wish.agreed_to_pay_fen,
        }
        for wish in wishes
        if wish is not None
    ]


def _without(turn: Turn, quote: WeekQuote) -> tuple[Line, ...]:
    """What is not in the price: booked already, full, or not to be had."""
    words = turn.words
    others = [each for each in quote.meals if not each.can_be_booked]
    booked = [each.day for each in others if each.state == AlreadyBooked.code]
    full = [each.day for each in others if each.state == MealFull.code]
    rest = [each.day for each in others if each.day not in booked and each.day not in full]
    told = []
    if booked and len(booked) < len(quote.meals):
        told.append(words.line("%(days)s is booked already.", days=days_told(turn, booked)))
    if full:
        told.append(words.line("%(days)s is full.", days=days_told(turn, full)))
    if rest:
        told.append(words.line("%(days)s cannot be ordered.", days=days_told(turn, rest)))
    return tuple(told)
