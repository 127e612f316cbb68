"""The last page before something happens: everything that was chosen, what it costs, and one button."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.errors import ServiceError
from services.meals import Meal, MealFull, OrdersClosed, PriceChanged, book_meal, change_meal, get_booking, list_menus
from webapp.access import current_actor, current_person
from webapp.error_words import error_words
from webapp.meals.choosing import distances, menu_in_address, next_address, number_in_form, quote_of
from webapp.meals.wish import Wish, number_of, uuid_of, yes_of
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

ALTERNATIVES_SHOWN = 3

blueprint = Blueprint("reviewing", __name__, url_prefix="/meals/book/review")


@blueprint.get("")
def review() -> AnyResponse:
    """Everything on one page before anything is booked. The request id makes a double tap one booking. A change that is
    made already leads to the meal: whoever never saw the answer to her press is not asked again."""
    menu_id, delivery, quantity, booking = _chosen()
    if booking is not None:
        found = get_booking(database_session(), current_actor(), booking_id=booking)
        if (found.menu.id, found.delivery, found.quantity) == (menu_id, delivery, quantity):
            return redirect(url_for("bookings.booking", booking_id=booking), 303)
    quote = quote_of(menu_id, delivery=delivery, quantity=quantity, booking=booking)
    return show("meals/review.html", quote=quote, wish=Wish.of_quote(quote, booking), request_id=uuid4())


@blueprint.post("")
def book() -> AnyResponse:
    """Do what the review page showed: book it, or put it in the place of the booking that is changed."""
    menu_id, delivery, quantity, changed = _chosen()
    try:
        booking_id = (
            _change(changed, menu_id, delivery=delivery, quantity=quantity)
            if changed
            else _book(menu_id, delivery=delivery, quantity=quantity)
        )
    except (MealFull, OrdersClosed) as error:
        return _refused_with_alternatives(error, Wish(delivery=delivery, quantity=quantity, booking=changed))
    except PriceChanged as error:
        # The address has what she chose; the review page under it shows the new price.
        words = error_words(error)
        return show("errors/refused.html", words.status, words=words, next_url=request.full_path.rstrip("?"))
    return redirect(url_for("bookings.booking", booking_id=booking_id), 303)


def _book(menu_id: UUID, *, delivery: bool, quantity: int) -> UUID:
    booking = book_meal(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        menu_id=menu_id,
        quantity=quantity,
        delivery=delivery,
        agreed_to_pay_fen=number_in_form("to_pay_fen"),
        request_id=uuid_of(request.form.get("request_id", "")),
        now=now(),
    )
    # An old form once more may find that she has cancelled since what it booked; its page says so.
    if booking.status != "cancelled":
        flash(_("Done. Your meal is booked. A text message is on its way to your phone."), "done")
    return booking.id


def _change(booking_id: UUID, menu_id: UUID, *, delivery: bool, quantity: int) -> UUID:
    changed = change_meal(
        database_session(),
        current_actor(),
        booking_id=booking_id,
        menu_id=menu_id,
        quantity=quantity,
        delivery=delivery,
        agreed_to_pay_fen=number_in_form("to_pay_fen"),
        now=now(),
    )
    flash(_("Done. The meal is changed. A text message is on its way to your phone."), "done")
    return changed.id


def _refused_with_alternatives(error: ServiceError, wish: Wish) -> Response:
    words = error_words(error)
    day, meal = error.facts["day"], error.facts["meal"]
    assert isinstance(day, date)
    choices = list_menus(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        day=day,
        meal=Meal(str(meal)),
        now=now(),
    )
    open_ones = [choice for choice in choices if choice.is_open and choice.menu.portions_left >= wish.quantity]
    return show(
        "errors/refused.html",
        words.status,
        words=words,
        alternatives=open_ones[:ALTERNATIVES_SHOWN],
        next_address=next_address,
        wish=wish,
        distances=distances(),
    )


def _chosen() -> tuple[UUID, bool, int, UUID | None]:
    """Menu, delivery, quantity, and the booking that is changed, as the address says."""
    booking = request.args.get("booking")
    return (
        menu_in_address(),
        yes_of(request.args.get("delivery", "no")),
        number_of(request.args.get("quantity", "1")),
        uuid_of(booking) if booking else None,
    )
