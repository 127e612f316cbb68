"""A week of meals in one go: one question, one page with every day on it, one button. Or the same as last week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from services.meals import Meal, MealWish, QuotedMeal, WeekQuote, book_week, quote_week, repeat_week, suggest_week
from webapp.access import current_actor, current_person
from webapp.meals.questions import About, ask
from webapp.meals.wish import Wish, number_of, uuid_of, yes_of, yes_words
from webapp.meals.wording import why_not_words
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session
from webapp.words import day_words, meal_words, money_words

# Three meals on each of seven days; a form with more was not pressed on one of our pages.
MOST_MEALS = 21
SATURDAY = 5

blueprint = Blueprint("weeks", __name__, url_prefix="/meals/week")


@dataclass(frozen=True)
class WeekRow:
    """One meal of the page. `toggle_url` takes it out, or puts it back where she took it out."""

    meal: QuotedMeal
    is_wanted: bool
    toggle_url: str | None


@blueprint.get("")
def way() -> Response:
    """Where does she want to eat? The only question; all else has an answer that she can change afterwards."""
    return _ask(About.WAY, back=url_for("meals.day"))


@blueprint.get("/change/<about>")
def change(about: str) -> Response:
    """One thing of the whole week, asked anew."""
    if about not in set(About):
        abort(404)
    return _ask(About(about), back=url_for("weeks.review", **request.args))


@blueprint.get("/change")
def changes() -> Response:
    """What does she want to change?"""
    return show("meals/week_changes.html", address=Wish.from_address().as_address() | _left_out())


@blueprint.get("/review")
def review() -> Response:
    """Every day of the week with its price, before anything is booked."""
    wish = Wish.from_address()
    if wish.delivery is None:
        abort(400)
    suggested = suggest_week(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        meals=(wish.meal or Meal.LUNCH,),
        canteen_id=wish.place,
        delivery=wish.delivery,
        quantity=wish.quantity,
        now=now(),
    )
    return _show_week(suggested, endpoint="weeks.review", address=wish.as_address(), wish=wish)


@blueprint.get("/again")
def again() -> Response:
    """The meals of last week, a week later."""
    repeated = repeat_week(database_session(), current_actor(), person_id=current_person().id, now=now())
    return _show_week(repeated, endpoint="weeks.again", address={}, wish=None)


@blueprint.post("/review")
@blueprint.post("/again")
def book() -> AnyResponse:
    """Book the meals that the page showed at the prices that it showed. What cannot be had any more is said."""
    wishes = [_wish(text) for text in request.form.getlist("meal")]
    if not 1 <= len(wishes) <= MOST_MEALS:
        abort(400)
    done = book_week(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        wishes=wishes,
        request_id=uuid_of(request.form.get("request_id", "")),
        now=now(),
    )
    for refused in done.not_booked:
        flash(_("%(day)s, %(meal)s is not booked. %(why)s", day=day_words(refused.day), meal=meal_words(refused.meal),
                why=why_not_words(refused)), "problem")  # fmt: skip
    if done.bookings:
        flash(
            ngettext(
                "Done. %(num)d meal is booked; you pay %(amount)s. A text message is on its way.",
                "Done. %(num)d meals are booked; you pay %(amount)s in all. A text message is on its way.",
                len(done.bookings),
                amount=money_words(done.split.to_pay_fen),
            ),
            "done",
        )
    return redirect(url_for("bookings.bookings"), 303)


def _ask(about: About, *, back: str) -> Response:
    return ask(
        about, Wish.from_address(), address=lambda **said: url_for("weeks.review", **said), kept=_left_out(), back=back
    )


def _left_out() -> dict[str, str]:
    return {"without": request.args["without"]} if "without" in request.args else {}


def _show_week(offered: WeekQuote, *, endpoint: str, address: dict[str, Any], wish: Wish | None) -> Response:
    key = _day_key if wish else _meal_key
    left_out = [each for each in request.args.get("without", "").split(",") if each]
    wanted = [meal for meal in offered.bookable if key(meal) not in left_out]
    # What one meal costs may depend on the others: the city pays for so many a week.
    quote = _quoted(wanted) if left_out else offered
    prices = {key(meal): meal for meal in quote.meals}

    def without(keys: list[str]) -> str:
        return url_for(endpoint, **address, without=",".join(keys) or None)

    def row(meal: QuotedMeal) -> WeekRow:
        own = key(meal)
        if not meal.can_be_booked:
            return WeekRow(meal, False, None)
        if own in left_out:
            return WeekRow(meal, False, without([other for other in left_out if other != own]))
        return WeekRow(prices[own], True, without([*left_out, own]))

    weekend = [key(meal) for meal in wanted if meal.day.weekday() >= SATURDAY]
    return show(
        "meals/week.html",
        rows=[row(meal) for meal in offered.meals],
        quote=quote,
        wish=wish,
        address=address | ({"without": ",".join(left_out)} if left_out else {}),
        no_weekend_url=without([*left_out, *weekend]) if weekend and len(weekend) < len(wanted) else None,
        form_values=[_form_value(meal) for meal in quote.bookable],
        request_id=uuid4(),
    )


def _quoted(meals: list[QuotedMeal]) -> WeekQuote:
    wishes = [meal.wish for meal in meals if meal.wish]
    return quote_week(database_session(), current_actor(), person_id=current_person().id, wishes=wishes, now=now())


def _day_key(meal: QuotedMeal) -> str:
    """How the address names a meal that is left out of a week with one meal a day, whichever meal that is."""
    return meal.day.isoformat()


def _meal_key(meal: QuotedMeal) -> str:
    """The same where a day may have several."""
    return f"{meal.day.isoformat()}.{meal.meal.value}"


def _form_value(meal: QuotedMeal) -> str:
    """One meal as the form sends it back, with the price that she saw."""
    assert meal.wish is not None
    wish = meal.wish
    return f"{wish.menu_id} {wish.quantity} {yes_words(wish.delivery)} {wish.agreed_to_pay_fen}"


def _wish(text: str) -> MealWish:
    parts = text.split(" ")
    if len(parts) != 4:
        abort(400)
    menu_id, quantity, delivery, to_pay_fen = parts
    return MealWish(uuid_of(menu_id), number_of(quantity), yes_of(delivery), number_of(to_pay_fen))
