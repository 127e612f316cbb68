"""Choosing a meal, one question a page: which day, which meal, which canteen, eaten where. webapp/meals/reviewing.py
shows everything at the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.meals import (
    MOST_PORTIONS,
    AlreadyBooked,
    MealDay,
    MealDayInThePast,
    MealQuote,
    MenuChoice,
    list_canteens,
    list_days,
    list_menus,
    quote_change,
    quote_meal,
    repeat_week,
    suggest_usual_meal,
)
from webapp.access import current_actor, current_person
from webapp.meals.wish import Wish, number_of, uuid_of, yes_words
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

# How many canteens a page shows before "more canteens"; each is a large card.
CANTEENS_SHOWN = 4

blueprint = Blueprint("meals", __name__, url_prefix="/meals/book")


@blueprint.get("")
def day() -> Response:
    """Which day? Where she begins anew: or as usual, or a whole week."""
    wish = Wish.from_address()
    usual = last_week = None
    if wish == Wish():
        hers = {"person_id": current_person().id, "now": now()}
        usual = suggest_usual_meal(database_session(), current_actor(), **hers)
        last_week = repeat_week(database_session(), current_actor(), **hers)
    return show("meals/day.html", days=_days(), wish=wish, usual=usual, last_week=last_week)


@blueprint.get("/meal")
def meal() -> Response:
    """Which meal of that day?"""
    wish = Wish.from_address()
    if wish.day is None:
        abort(400)
    if wish.day < local_day(now()):
        raise MealDayInThePast(day=wish.day)
    meals = next((one.meals for one in _days() if one.day == wish.day), ())
    return show("meals/meal.html", day=wish.day, meals=meals, wish=wish)


@blueprint.get("/canteen")
def canteen() -> AnyResponse:
    """Which canteen? Nearest first, those that can be booked before those that cannot. Not asked where she has one and
    changes something else."""
    wish = Wish.from_address()
    if wish.day is None or wish.meal is None:
        abort(400)
    choices = list_menus(
        database_session(), current_actor(), person_id=current_person().id, day=wish.day, meal=wish.meal, now=now()
    )
    booked = _booked(wish)
    if booked is not None:
        raise AlreadyBooked(booking_id=booked, day=wish.day, meal=wish.meal.value)
    kept = next((choice for choice in choices if choice.menu.canteen.id == wish.place), None)
    if kept is not None and kept.is_open:
        return redirect(next_address(kept, wish), 303)
    shown = len(choices) if request.args.get("more") else CANTEENS_SHOWN
    return show(
        "meals/canteen.html", day=wish.day, meal=wish.meal, choices=choices[:shown], wish=wish,
        left_off=max(0, len(choices) - shown), any_open=any(choice.is_open for choice in choices),
        next_address=next_address, distances=distances(), kept_canteen=kept.menu.canteen if kept else None,
    )  # fmt: skip


@blueprint.get("/way")
def way() -> AnyResponse:
    """Eat there or have it brought? Not asked where the canteen does not deliver, unless she wants it brought."""
    menu_id, wish = menu_in_address(), Wish.from_address()
    quote = _quote_either_way(menu_id, wish)
    if not quote.can_be_delivered and not wish.delivery and wish.booking is None:
        return redirect(review_address(menu_id, wish, delivery=False), 303)
    return show("meals/way.html", quote=quote, wish=wish, menu_id=menu_id, review_address=review_address)


@blueprint.get("/quantity")
def quantity() -> Response:
    """How many portions? One unless she says otherwise, so only the review page leads here."""
    wish = Wish.from_address()
    numbers = range(1, MOST_PORTIONS + 1)
    return show("meals/quantity.html", wish=wish, menu_id=menu_in_address(), numbers=numbers)


def next_address(choice: MenuChoice, wish: Wish) -> str:
    """Where choosing this menu leads: to the review where nothing is open any more, otherwise to the next question."""
    if wish.delivery is not None and (choice.can_be_delivered or not wish.delivery):
        return review_address(choice.menu.id, wish, delivery=wish.delivery)
    return url_for("meals.way", menu=choice.menu.id, **_rest(wish, delivery=wish.delivery))


def review_address(menu_id: UUID, wish: Wish, *, delivery: bool) -> str:
    """The review page of this menu, eaten this way."""
    return url_for("reviewing.review", menu=menu_id, **_rest(wish, delivery=delivery))


def menu_in_address() -> UUID:
    """The menu that the address names, or 400."""
    return uuid_of(request.args.get("menu", ""))


def quote_of(menu_id: UUID, *, delivery: bool, quantity: int, booking: UUID | None) -> MealQuote:
    """What this would cost her, as a booking of its own or in place of the one that she changes."""
    session, actor, at = database_session(), current_actor(), now()
    if booking is not None:
        return quote_change(
            session, actor, booking_id=booking, menu_id=menu_id, quantity=quantity, delivery=delivery, now=at
        )
    return quote_meal(
        session,
        actor,
        person_id=current_person().id,
        menu_id=menu_id,
        quantity=quantity,
        delivery=delivery,
        now=at,
    )


def distances() -> dict[UUID, int]:
    """Metres from her community to each canteen, as far as they are known."""
    found = list_canteens(database_session(), current_actor(), person_id=current_person().id, now=now())
    return {each.canteen.id: each.distance_metres for each in found if each.distance_metres is not None}


def number_in_form(name: str) -> int:
    """A number that the form sends, or 400."""
    return number_of(request.form.get(name, ""))


def _rest(wish: Wish, *, delivery: bool | None) -> dict[str, Any]:
    """What goes along with a menu, which says day, meal and canteen itself."""
    way = None if delivery is None else yes_words(delivery)
    return wish.as_address(day=None, meal=None, place=None, delivery=way)


def _days() -> tuple[MealDay, ...]:
    return list_days(database_session(), current_actor(), person_id=current_person().id, now=now())


def _booked(wish: Wish) -> UUID | None:
    """Another booking of hers that stands in the way of this one."""
    found = next(
        (meal.booking_id for day in _days() if day.day == wish.day for meal in day.meals if meal.meal == wish.meal),
        None,
    )
    return found if found != wish.booking else None


def _quote_either_way(menu_id: UUID, wish: Wish) -> MealQuote:
    return quote_of(menu_id, delivery=False, quantity=wish.quantity, booking=wish.booking)
