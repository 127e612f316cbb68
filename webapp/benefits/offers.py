"""An offer of the city: one question, two large buttons. The page itself is the read-back: whose, what, how much, where
the money goes. An answer can be taken back on the same page."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.allowances import agree_to_offer, decline_offer, get_case, payments_of, withdraw
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("offers", __name__, url_prefix="/offers")


@blueprint.get("/<uuid:case_id>")
def offer(case_id: UUID) -> Response:
    """The offer, or what became of it."""
    session, actor, person = database_session(), current_actor(), current_person()
    case = get_case(session, actor, case_id=case_id)
    payments = payments_of(session, actor, person_id=person.id)
    return show(
        "benefits/offer.html",
        case=case,
        card_last_four=person.card_last_four,
        # The machine grants within a minute; who wants to undo her yes needs longer.
        nothing_paid=all(payment.paid_on is None for payment in payments if payment.benefit is case.benefit),
    )


@blueprint.post("/<uuid:case_id>/agree")
def agree(case_id: UUID) -> AnyResponse:
    """She wants it."""
    agree_to_offer(database_session(), current_actor(), case_id=case_id, now=now())
    return redirect(url_for("offers.offer", case_id=case_id), 303)


@blueprint.post("/<uuid:case_id>/decline")
def decline(case_id: UUID) -> AnyResponse:
    """She does not want it."""
    decline_offer(database_session(), current_actor(), case_id=case_id, now=now())
    return redirect(url_for("offers.offer", case_id=case_id), 303)


@blueprint.post("/<uuid:case_id>/withdraw")
def take_back(case_id: UUID) -> AnyResponse:
    """She agreed, and does not want it after all."""
    withdraw(database_session(), current_actor(), case_id=case_id, now=now())
    return redirect(url_for("offers.offer", case_id=case_id), 303)
