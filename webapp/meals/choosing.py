"""Choosing a meal, one question a page. Until the review page everything chosen is in the address, so Back is always
safe, nothing times out, and a page reloads as it was. Only the review page's button changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.errors import ServiceError
from services.meals import (
    MOST_PORTIONS,
    AlreadyBooked,
    Meal,
    MealDayInThePast,
    MealFull,
    MealQuote,
    MenuChoice,
    OrdersClosed,
    PriceChanged,
    book_meal,
    list_days,
    list_menus,
    quote_meal,
)
from webapp.access import current_actor, current_person
from webapp.error_words import error_words
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

# How many canteens a page shows before "more canteens"; each is a large card.
CANTEENS_SHOWN = 4
ALTERNATIVES_SHOWN = 3

blueprint = Blueprint("meals", __name__, url_prefix="/meals/book")


@dataclass(frozen=True)
class Wish:
    """What she has chosen so far, as it stands in the address."""

    menu_id: UUID
    delivery: bool
    quantity: int

    @classmethod
    def from_address(cls) -> Self:
        """The wish of this request. An address that nobody could have pressed answers 400."""
        delivery = request.args.get("delivery", "no")
        if delivery not in ("yes", "no"):
            abort(400)
        return cls(_menu_id(), delivery == "yes", _number("quantity", 1))

    def as_address(self, **changes: object) -> dict[str, Any]:
        """The parameters of an address that says this."""
        now_chosen = {"menu": self.menu_id, "delivery": "yes" if self.delivery else "no", "quantity": self.quantity}
        return now_chosen | changes


@blueprint.get("")
def day() -> Response:
    """Which day?"""
    days = list_days(database_session(), current_actor(), person_id=current_person().id, now=now())
    return show("meals/day.html", days=days)


@blueprint.get("/meal")
def meal() -> Response:
    """Which meal of that day?"""
    wanted = _day()
    if wanted < local_day(now()):
        raise MealDayInThePast(day=wanted)
    days = list_days(database_session(), current_actor(), person_id=current_person().id, now=now())
    meals = next((one.meals for one in days if one.day == wanted), ())
    return show("meals/meal.html", day=wanted, meals=meals)


@blueprint.get("/canteen")
def canteen() -> Response:
    """Which canteen? Nearest first, those that can be booked before those that cannot."""
    wanted, which = _day(), _meal()
    choices = _menus(wanted, which)
    booked = _booked(wanted, which)
    if booked is not None:
        raise AlreadyBooked(booking_id=booked, day=wanted, meal=which.value)
    shown = len(choices) if request.args.get("more") else CANTEENS_SHOWN
    return show(
        "meals/canteen.html", day=wanted, meal=which, choices=choices[:shown], left_off=max(0, len(choices) - shown),
        any_open=any(choice.is_open for choice in choices),
    )  # fmt: skip


@blueprint.get("/way")
def way() -> AnyResponse:
    """Eat there or have it brought? Not asked where the canteen does not deliver."""
    quantity = _number("quantity", 1)
    wish = Wish(_menu_id(), False, quantity)
    quote = _quote(wish)
    if not quote.can_be_delivered:
        return redirect(url_for("meals.review", **wish.as_address()), 303)
    return show("meals/way.html", quote=quote, wish=wish)


@blueprint.get("/quantity")
def quantity() -> Response:
    """How many portions? One unless she says otherwise, so only the review page leads here."""
    wish = Wish.from_address()
    return show("meals/quantity.html", wish=wish, numbers=range(1, MOST_PORTIONS + 1))


@blueprint.get("/review")
def review() -> Response:
    """Everything on one page before anything is booked. The request id makes a double tap one booking."""
    wish = Wish.from_address()
    return show("meals/review.html", quote=_quote(wish), wish=wish, request_id=uuid4())


@blueprint.post("/review")
def book() -> AnyResponse:
    """Book what the review page showed."""
    wish = Wish.from_address()
    try:
        request_id = UUID(request.form.get("request_id", ""))
    except ValueError:
        abort(400)
    try:
        booking = book_meal(
            database_session(),
            current_actor(),
            person_id=current_person().id,
            menu_id=wish.menu_id,
            quantity=wish.quantity,
            delivery=wish.delivery,
            agreed_to_pay_fen=_number("to_pay_fen", of="form"),
            request_id=request_id,
            now=now(),
        )
    except (MealFull, OrdersClosed) as error:
        return _refused_with_alternatives(error)
    except PriceChanged as error:
        # The address has what she chose; the review page under it shows the new price.
        words = error_words(error)
        return show(
            "errors/refused.html", words.status, words=words, next_url=url_for("meals.review", **wish.as_address())
        )
    if booking.status == "cancelled":
        # An old form once more: what it booked she has cancelled since, as the booking's page says.
        return redirect(url_for("bookings.booking", booking_id=booking.id), 303)
    flash(_("Done. Your meal is booked. A text message is on its way to your phone."), "done")
    return redirect(url_for("bookings.booking", booking_id=booking.id), 303)


def _refused_with_alternatives(error: ServiceError) -> Response:
    words = error_words(error)
    wanted, which = error.facts["day"], error.facts["meal"]
    assert isinstance(wanted, date)
    open_ones = [choice for choice in _menus(wanted, Meal(str(which))) if choice.is_open]
    return show("errors/refused.html", words.status, words=words, alternatives=open_ones[:ALTERNATIVES_SHOWN])


def _menus(wanted: date, which: Meal) -> tuple[MenuChoice, ...]:
    return list_menus(
        database_session(), current_actor(), person_id=current_person().id, day=wanted, meal=which, now=now()
    )


def _booked(wanted: date, which: Meal) -> UUID | None:
    days = list_days(database_session(), current_actor(), person_id=current_person().id, now=now())
    return next(
        (meal.booking_id for day in days if day.day == wanted for meal in day.meals if meal.meal == which), None
    )


def _quote(wish: Wish) -> MealQuote:
    return quote_meal(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        menu_id=wish.menu_id,
        quantity=wish.quantity,
        delivery=wish.delivery,
        now=now(),
    )


def _day() -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        abort(400)


def _meal() -> Meal:
    try:
        return Meal(request.args.get("meal", ""))
    except ValueError:
        abort(400)


def _menu_id() -> UUID:
    try:
        return UUID(request.args.get("menu", ""))
    except ValueError:
        abort(400)


def _number(name: str, default: int | None = None, *, of: str = "address") -> int:
    text = (request.form if of == "form" else request.args).get(name, "" if default is None else str(default))
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        abort(400)
    return int(text)
