"""A canteen's month: what guests paid and what the city owes, day by day, on the page, as CSV and on paper."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.meals.counter import Settlement, get_settlement, settlement_csv
from services.meals.counter.settlement import SETTLEMENT_COLUMNS
from webapp.access import canteens_only, current_staff_actor
from webapp.canteen.workplace import canteen_id
from webapp.pages import csv_file, show
from webapp.site import now
from webapp.transaction import database_session

# Before it there were no bookings of this kind.
EARLIEST = date(2020, 1, 1)

blueprint = Blueprint("canteen_settlement", __name__, url_prefix="/staff/canteen/settlement")


@blueprint.get("")
@canteens_only
def settlement() -> AnyResponse:
    """One month, this one unless another was asked for."""
    found, this_month = _settlement(), _first_of_month(local_day(now()))
    around = [_first_of_month(found.month + timedelta(days=days)) for days in (-1, 31)]
    # Of months to come there is nothing to settle.
    months = sorted({found.month, *(month for month in around if month <= this_month)})
    return show("canteen/settlement.html", settlement=found, months=months)


@blueprint.post("")
@canteens_only
def csv() -> AnyResponse:
    """The same as CSV."""
    found = _settlement()
    text = settlement_csv(found, headings=_headings(), total_words=_("Total"))
    return csv_file(text, f"settlement-{found.month:%Y-%m}.csv")


def _settlement() -> Settlement:
    return get_settlement(
        database_session(),
        current_staff_actor(),
        canteen_id=canteen_id(),
        month=_month_asked_for(),
        now=now(),
    )


def _month_asked_for() -> date:
    """The month that the address names, this one if none; only months that have begun."""
    this_month = _first_of_month(local_day(now()))
    text = request.args.get("month")
    if text is None:
        return this_month
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        abort(400)
    if not EARLIEST <= asked <= this_month:
        abort(404)
    return asked


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _headings() -> tuple[str, ...]:
    """The words over the columns of the file, in its order."""
    words = {
        "day": _("Day"),
        "bookings": _("Bookings"),
        "portions": _("Portions"),
        "price_fen": _("Price"),
        "subsidy_fen": _("Meal subsidy"),
        "delivery_fee_fen": _("Bringing it"),
        "delivery_subsidy_fen": _("Subsidy for deliveries"),
        "paid_by_guests_fen": _("Guests paid"),
        "subsidised_diners": _("Subsidised diners"),
        "operator_subsidy_fen": _("Subsidy for the canteen"),
        "deliveries": _("Deliveries"),
        "subsidised_deliveries": _("Subsidised deliveries"),
        "paid_by_city_fen": _("The city pays"),
        "total_fen": _("Total"),
        "not_picked_up": _("Not picked up"),
        "still_open": _("Not handed out yet"),
    }
    return tuple(words[column] for column in SETTLEMENT_COLUMNS)
