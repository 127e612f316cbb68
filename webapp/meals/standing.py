"""The same meal every week: on which days, eaten where, and the most that it may cost."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.meals import (
    Meal,
    MealDayNotOffered,
    end_standing_order,
    get_standing_order,
    list_standing_orders,
    place_standing_order,
    quote_standing_order,
)
from webapp.access import current_actor, current_person
from webapp.meals.choosing import number_in_form
from webapp.meals.questions import About, ask, nearest_canteen
from webapp.meals.wish import Wish, uuid_of, yes_of
from webapp.meals.wording import WHOLE_WEEK, WORKING_WEEK
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("standing", __name__, url_prefix="/meals/standing")


@blueprint.get("")
def orders() -> Response:
    """What is booked every week already, and on which days something new shall be."""
    found = list_standing_orders(database_session(), current_actor(), person_id=current_person().id)
    return show("meals/standing.html", orders=found, working_week=WORKING_WEEK, whole_week=WHOLE_WEEK)


@blueprint.get("/days")
def days() -> Response:
    """Which weekdays, one by one?"""
    chosen = _weekdays(request.args.get("days", ""))
    return show("meals/standing_days.html", weekdays=WHOLE_WEEK, chosen=chosen, problem=None)


@blueprint.post("/days")
def choose_days() -> AnyResponse:
    """On with the days that she ticked."""
    chosen = _weekdays(",".join(request.form.getlist("day")))
    if not chosen:
        problem = _("Tick at least one day.")
        return show("meals/standing_days.html", 422, weekdays=WHOLE_WEEK, chosen=(), problem=problem)
    wish = Wish.from_address()
    endpoint = "standing.way" if wish.delivery is None else "standing.review"
    return redirect(url_for(endpoint, **wish.as_address(), days=_joined(chosen)), 303)


@blueprint.get("/way")
def way() -> Response:
    """Where does she want to eat? All else has an answer that she can change afterwards."""
    return _ask(About.WAY, back=url_for("standing.orders"))


@blueprint.get("/change/<about>")
def change(about: str) -> Response:
    """One thing of the order, asked anew."""
    if about not in set(About):
        abort(404)
    return _ask(About(about), back=url_for("standing.review", **request.args))


@blueprint.get("/review")
def review() -> AnyResponse:
    """Everything on one page, with what a meal costs at most, before anything is ordered."""
    wish, weekdays = _chosen()
    canteen_id = wish.place or nearest_canteen(delivery=bool(wish.delivery))
    if canteen_id is None:
        return redirect(url_for("standing.change", about=About.CANTEEN, **request.args), 303)
    try:
        quote = quote_standing_order(
            database_session(), current_actor(), **_order(wish, canteen_id, weekdays), now=now()
        )
    except MealDayNotOffered:
        flash(_("This canteen does not have this meal. Please choose another one."), "problem")
        return redirect(url_for("standing.change", about=About.CANTEEN, **request.args), 303)
    address = wish.as_address() | {"days": _joined(weekdays)}
    return show(
        "meals/standing_review.html",
        quote=quote,
        wish=wish,
        meal=wish.meal or Meal.LUNCH,
        weekdays=weekdays,
        address=address,
        request_id=uuid4(),
    )


@blueprint.post("/review")
def place() -> AnyResponse:
    """Order what the page showed."""
    wish, weekdays = _chosen()
    placed = place_standing_order(
        database_session(),
        current_actor(),
        **_order(wish, uuid_of(request.form.get("canteen", "")), weekdays),
        highest_price_fen=number_in_form("highest_price_fen"),
        request_id=uuid_of(request.form.get("request_id", "")),
        now=now(),
    )
    flash(_("Done. From now on these meals are booked by themselves, and a text message tells you each time."), "done")
    return redirect(url_for("standing.order", order_id=placed.id), 303)


@blueprint.get("/<uuid:order_id>")
def order(order_id: UUID) -> Response:
    """One standing order."""
    found = get_standing_order(database_session(), current_actor(), order_id=order_id)
    return show("meals/standing_order.html", order=found)


@blueprint.get("/<uuid:order_id>/end")
def ending(order_id: UUID) -> AnyResponse:
    """Ask what shall become of the meals that are booked already."""
    found = get_standing_order(database_session(), current_actor(), order_id=order_id)
    if not found.stands:
        return redirect(url_for("standing.order", order_id=order_id), 303)
    return show("meals/standing_end.html", order=found)


@blueprint.post("/<uuid:order_id>/end")
def end(order_id: UUID) -> AnyResponse:
    """Book nothing more for it."""
    end_standing_order(
        database_session(),
        current_actor(),
        order_id=order_id,
        cancel_bookings=yes_of(request.form.get("cancel", "")),
        now=now(),
    )
    flash(_("Done. Nothing more is booked by itself."), "done")
    return redirect(url_for("bookings.bookings"), 303)


def _ask(about: About, *, back: str) -> Response:
    weekdays = _weekdays(request.args.get("days", ""))
    return ask(
        about,
        Wish.from_address(),
        address=lambda **said: url_for("standing.review", **said),
        kept={"days": _joined(weekdays)},
        back=back,
    )


def _order(wish: Wish, canteen_id: UUID, weekdays: tuple[int, ...]) -> dict[str, Any]:
    return {
        "person_id": current_person().id,
        "canteen_id": canteen_id,
        "meal": wish.meal or Meal.LUNCH,
        "weekdays": weekdays,
        "quantity": wish.quantity,
        "delivery": bool(wish.delivery),
    }


def _chosen() -> tuple[Wish, tuple[int, ...]]:
    wish, weekdays = Wish.from_address(), _weekdays(request.args.get("days", ""))
    if not weekdays or wish.delivery is None:
        abort(400)
    return wish, weekdays


def _weekdays(text: str) -> tuple[int, ...]:
    """The weekdays of an address or a form, "1,3"; 400 for others than 1 to 7."""
    days = set(text.split(",")) - {""}
    if not days <= {str(day) for day in WHOLE_WEEK}:
        abort(400)
    return tuple(sorted(int(day) for day in days))


def _joined(weekdays: tuple[int, ...]) -> str:
    return ",".join(str(day) for day in weekdays)
