"""What waits for the office's answer, and one visit: accept it, send others, or decline with a reason."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.home_care import (
    SAID_BY_OFFICES,
    DeclineReason,
    Visit,
    accept_request,
    assign_workers,
    decline_request,
    get_provider,
    get_provider_visit,
    list_provider_visits,
    list_requests,
    list_worker_choices,
)
from webapp.access import current_staff, current_staff_actor, providers_only
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

REASONS = [reason for reason in DeclineReason if reason in SAID_BY_OFFICES]

blueprint = Blueprint("provider", __name__, url_prefix="/staff/provider")


def own_provider_id() -> UUID:
    """The provider that the signed-in office belongs to."""
    provider_id = current_staff().workplace_id
    assert provider_id is not None  # every account of this role has one
    return provider_id


@blueprint.get("")
@providers_only
def home() -> AnyResponse:
    """The requests, soonest first, and today's visits."""
    session, actor, at, provider_id = database_session(), current_staff_actor(), now(), own_provider_id()
    today = local_day(at)
    return show(
        "provider/requests.html",
        provider=get_provider(session, actor, provider_id=provider_id),
        requests=list_requests(session, actor, provider_id=provider_id, now=at),
        visits=list_provider_visits(
            session, actor, provider_id=provider_id, from_day=today, to_day=today, now=at
        ),
        today=today,
    )  # fmt: skip


@blueprint.get("/visits/<uuid:booking_id>")
@providers_only
def visit(booking_id: UUID) -> AnyResponse:
    """One visit: when, where, what, who could go, and the answer."""
    return _show_visit(booking_id, problem=None)


@blueprint.post("/visits/<uuid:booking_id>/workers")
@providers_only
def answer(booking_id: UUID) -> AnyResponse:
    """Accept with the workers that are ticked: those whom she chose, or others."""
    try:
        ticked = [UUID(text) for text in request.form.getlist("worker")]
    except ValueError:
        abort(400)
    found = get_provider_visit(database_session(), current_staff_actor(), booking_id=booking_id, now=now())
    if len(ticked) != found.booking.service.workers:
        problem = _("Tick as many care workers as the service takes: %(wanted)s.", wanted=found.booking.service.workers)
        return _show_visit(booking_id, problem=problem)
    is_as_she_chose = set(ticked) == {worker.id for worker in found.booking.workers}
    if is_as_she_chose:
        accept_request(database_session(), current_staff_actor(), booking_id=booking_id, now=now())
    else:
        assign_workers(
            database_session(), current_staff_actor(), booking_id=booking_id, worker_ids=ticked, now=now()
        )  # fmt: skip
    flash(_("Answered: you come. She gets a text message with who comes."), "done")
    return redirect(url_for("provider.visit", booking_id=booking_id), 303)


@blueprint.post("/visits/<uuid:booking_id>/decline")
@providers_only
def decline(booking_id: UUID) -> AnyResponse:
    """Say that nobody comes, and why."""
    reason = request.form.get("reason", "")
    if reason not in set(REASONS):
        return _show_visit(booking_id, problem=_("Choose why nobody comes. She is told the reason."))
    decline_request(
        database_session(), current_staff_actor(), booking_id=booking_id, reason=DeclineReason(reason), now=now()
    )
    flash(_("Declined. She gets a text message and can choose another time."), "done")
    return redirect(url_for("provider.visit", booking_id=booking_id), 303)


def _show_visit(booking_id: UUID, *, problem: str | None) -> AnyResponse:
    session, actor = database_session(), current_staff_actor()
    found: Visit = get_provider_visit(session, actor, booking_id=booking_id, now=now())
    can_be_sent_to = found.booking.can_be_sent_to(now())
    return show(
        "provider/visit.html",
        422 if problem else 200,
        visit=found,
        booking=found.booking,
        choices=list_worker_choices(session, actor, booking_id=booking_id) if can_be_sent_to else (),
        can_be_sent_to=can_be_sent_to,
        can_be_declined=found.booking.can_be_declined(now()),
        reasons=REASONS,
        problem=problem,
    )
