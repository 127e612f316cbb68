"""Choosing a visit, one question a page: which service, which day, what time. Who comes is proposed on the review page
and can be changed there. Everything chosen is in the address, so Back is always safe; only the review page's button
changes anything.

To change a visit she answers the same questions again, with that visit as `instead` in the address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import CITY_TIME, local_day
from services.home_care import (
    NobodyFree,
    Offer,
    Service,
    ServiceBooking,
    ServiceChoice,
    ServicePriceChanged,
    ServiceQuote,
    TimeTaken,
    book_service,
    change_service,
    list_offers,
    list_service_days,
    list_services,
    quote_service,
    service_on,
)
from webapp.access import current_actor, current_person
from webapp.error_words import error_words
from webapp.home_care.wanted import Wanted, agreed_fen, wanted_day
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

# A week; what is later is one press away.
DAYS_SHOWN = 7
# Others who could come, at most: each is a large card.
WORKERS_SHOWN = 6

blueprint = Blueprint("home_care", __name__, url_prefix="/services")


@blueprint.get("")
def kinds() -> Response:
    """What help does she want? One service for each kind of help, the one that is meant by its name."""
    return show("home_care/kinds.html", choices=_main_ones(_services()))


@blueprint.get("/more")
def more() -> Response:
    """The services beside those."""
    choices = _services()
    main = _main_ones(choices)
    return show("home_care/more.html", choices=[choice for choice in choices if choice not in main])


@blueprint.get("/about")
def about() -> Response:
    """What is done at a visit, what to get ready, what to mind, and who comes."""
    wanted = Wanted.from_address()
    choice = next((each for each in _services() if each.service.code == wanted.service), None)
    if choice is None:
        abort(404)
    return show("home_care/about.html", choice=choice, wanted=wanted)


@blueprint.get("/day")
def day() -> Response:
    """Which day?"""
    wanted = Wanted.from_address()
    service = _service(wanted)
    days = list_service_days(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        service=wanted.service,
        now=now(),
        instead_of=wanted.instead,
    )
    shown = len(days) if request.args.get("more") else DAYS_SHOWN
    return show(
        "home_care/day.html", wanted=wanted, service=service, days=days[:shown], left_off=max(0, len(days) - shown),
        any_open=any(each.is_open for each in days),
    )  # fmt: skip


@blueprint.get("/time")
def time() -> Response:
    """What time? At each the one who is proposed for it; one time an hour unless she asks for all."""
    wanted, asked = Wanted.from_address(), wanted_day()
    best: dict[datetime, Offer] = {}
    for offer in _offers(wanted, asked):
        for at in offer.times:
            best.setdefault(at, offer)
    times = sorted(best)
    shown = times if request.args.get("more") else _one_an_hour(times)
    return show(
        "home_care/time.html", wanted=wanted, service=_service(wanted), day=asked,
        times=[(at, best[at].worker) for at in shown], left_off=len(times) - len(shown),
    )  # fmt: skip


@blueprint.get("/who")
def who() -> Response:
    """Who else could come that day? Those first who can at the time that she chose; the others at their nearest."""
    wanted = Wanted.from_address()
    at = wanted.at
    nearest = [(min(offer.times, key=lambda each: abs(each - at)), offer) for offer in _offers(wanted, wanted.day)]
    found = sorted(nearest, key=lambda each: abs(each[0] - at))[:WORKERS_SHOWN]
    return show("home_care/who.html", wanted=wanted, service=_service(wanted), found=found)


@blueprint.get("/review")
def review() -> Response:
    """Everything on one page before anything is booked. The request id makes a double tap one booking."""
    wanted = Wanted.from_address()
    return show("home_care/review.html", wanted=wanted, quote=_quote(wanted), request_id=uuid4())


@blueprint.post("/review")
def book() -> AnyResponse:
    """Book, or change, what the review page showed."""
    wanted = Wanted.from_address()
    try:
        booking = _change(wanted, wanted.instead) if wanted.instead else _book(wanted)
    except (TimeTaken, NobodyFree, ServicePriceChanged) as error:
        words = error_words(error)
        # The address has what she chose: the page under it shows the new price, or what is still free that day.
        again = "home_care.review" if isinstance(error, ServicePriceChanged) else "home_care.time"
        next_url = url_for(again, **wanted.as_address(day=wanted.day.isoformat()))
        return show("errors/refused.html", words.status, words=words, next_url=next_url)
    if booking.is_coming:
        flash(
            _("The visit is changed. A text message is on its way to your phone.")
            if wanted.instead
            else _("Done. The visit is booked. A text message is on its way to your phone."),
            "done",
        )
    # Otherwise an old form came once more: what it booked has been cancelled since, as the booking's page says.
    return redirect(url_for("service_bookings.booking", booking_id=booking.id), 303)


def _book(wanted: Wanted) -> ServiceBooking:
    try:
        request_id = UUID(request.form.get("request_id", ""))
    except ValueError:
        abort(400)
    return book_service(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        service=wanted.service,
        worker_id=wanted.worker,
        starts_at=wanted.at,
        agreed_to_pay_fen=agreed_fen(),
        request_id=request_id,
        now=now(),
    )


def _change(wanted: Wanted, booking_id: UUID) -> ServiceBooking:
    return change_service(
        database_session(),
        current_actor(),
        booking_id=booking_id,
        worker_id=wanted.worker,
        starts_at=wanted.at,
        agreed_to_pay_fen=agreed_fen(),
        now=now(),
    )


def _quote(wanted: Wanted) -> ServiceQuote:
    return quote_service(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        service=wanted.service,
        worker_id=wanted.worker,
        starts_at=wanted.at,
        now=now(),
        instead_of=wanted.instead,
    )


def _offers(wanted: Wanted, asked: date) -> tuple[Offer, ...]:
    return list_offers(
        database_session(),
        current_actor(),
        person_id=current_person().id,
        service=wanted.service,
        day=asked,
        now=now(),
        instead_of=wanted.instead,
    )


def _services() -> tuple[ServiceChoice, ...]:
    return list_services(database_session(), current_actor(), person_id=current_person().id, now=now())


def _service(wanted: Wanted) -> Service:
    return service_on(wanted.service, local_day(now()))


def _main_ones(choices: Sequence[ServiceChoice]) -> list[ServiceChoice]:
    """The first service of each kind."""
    return list({choice.service.kind: choice for choice in reversed(choices)}.values())[::-1]


def _one_an_hour(times: Sequence[datetime]) -> list[datetime]:
    """The first time of each hour."""
    first = {at.astimezone(CITY_TIME).hour: at for at in reversed(times)}
    return sorted(first.values())
