"""The month's settlement: what the city pays by voucher and what the seniors pay themselves, to print or as a file."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.home_care import SETTLEMENT_COLUMNS, SettlementWords, export_settlement, month_settlement
from services.vouchers import VoucherKind
from webapp.access import current_staff_actor, providers_only
from webapp.home_care.service_words import service_words
from webapp.home_care.words import voucher_words
from webapp.pages import csv_file, show
from webapp.provider.requests import own_provider_id
from webapp.site import now
from webapp.transaction import database_session

# Before it there were no bookings of this kind.
EARLIEST = date(2020, 1, 1)
LONGER_THAN_A_MONTH = timedelta(days=32)

blueprint = Blueprint("provider_settlement", __name__, url_prefix="/staff/provider/settlement")


@blueprint.get("")
@providers_only
def month() -> AnyResponse:
    """One month: its visits, their prices by who pays, and what they add up to."""
    asked = _month()
    found = month_settlement(
        database_session(), current_staff_actor(), provider_id=own_provider_id(), month=asked, now=now()
    )
    following = (asked + LONGER_THAN_A_MONTH).replace(day=1)
    return show(
        "provider/settlement.html",
        settlement=found,
        before=(asked - timedelta(days=1)).replace(day=1),
        after=following if following <= local_day(now()) else None,
        printed_at=now(),
    )


@blueprint.post("/file")
@providers_only
def file() -> AnyResponse:
    """The same as CSV. A POST, since each export is recorded and none may happen by following a link."""
    asked = _month()
    lines = export_settlement(
        database_session(),
        current_staff_actor(),
        provider_id=own_provider_id(),
        month=asked,
        words=SettlementWords(_headings(), _("visit"), _("Total"), service_words),
        now=now(),
    )
    return csv_file("".join(lines), f"home-care-{asked:%Y-%m}.csv")


def _headings() -> tuple[str, ...]:
    """The words over the columns of the file, in its order."""
    words = {
        "kind": _("Kind"),
        "booking": _("Booking"),
        "day": _("Day"),
        "time": _("Time"),
        "service": _("What"),
        "masked_name": _("Who"),
        "workers": _("Care workers"),
        "price": _("Price"),
        **{kind.value: voucher_words(kind) for kind in VoucherKind},
        "self_paid": _("Paid by herself"),
        "uncovered": _("Paid by nobody"),
    }
    return tuple(words[column] for column in SETTLEMENT_COLUMNS)


def _month() -> date:
    """The month that the address names, this one if none; only months that have begun."""
    this_month = local_day(now()).replace(day=1)
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
