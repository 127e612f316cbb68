"""A worker and the adaptation of homes: applying with her, looking at the home, the owner's yes, the decision, and the
payment of the firm."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.home_adaptation import (
    LONGEST_NOTE,
    AdaptationState,
    Home,
    Owner,
    PaymentWrong,
    PhotoStage,
    accept_work,
    adaptation_of_household,
    add_photo,
    agree_to_quote,
    apply_for_adaptation,
    assess_home,
    decide_adaptation,
    events_of_adaptation,
    get_adaptation,
    home_of,
    list_adaptations,
    list_firms,
    object_to_work,
    read_photo,
    record_owner_agreement,
    record_payment,
    rules_on,
    take_out_of_household,
    withdraw_adaptation,
)
from services.people import address_of, get_person
from services.staff import names_of_staff
from webapp.access import current_staff_actor, workers_only
from webapp.adaptation_forms import fen_of, photo_response, sent_photo
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

blueprint = Blueprint("staff_adaptations", __name__, url_prefix="/staff/adaptations")


@blueprint.get("")
@workers_only
def adaptations() -> Response:
    """The cases of the community, those under way first."""
    found = list_adaptations(database_session(), current_staff_actor(), city=this_site().settings.city)
    return show("staff/adaptations.html", adaptations=found)


@blueprint.get("/of/<uuid:person_id>")
@workers_only
def of_person(person_id: UUID) -> AnyResponse:
    """The case of her household; without one under way, or done, the form to apply with her."""
    session, actor = database_session(), current_staff_actor()
    found = adaptation_of_household(session, actor, person_id=person_id)
    if found is not None:
        return redirect(url_for("staff_adaptations.adaptation", adaptation_id=found), 303)
    return show(
        "staff/adaptation_new.html",
        person_of_page=get_person(session, actor, person_id=person_id),
        address_is_known=address_of(session, person_id) is not None,
        owners=list(Owner),
    )


@blueprint.post("/of/<uuid:person_id>")
@workers_only
def apply(person_id: UUID) -> AnyResponse:
    """She is here and applies."""
    owner = request.form.get("owner", "")
    if owner not in set(Owner):
        flash(_("Choose whose home it is."), "problem")
        return redirect(url_for("staff_adaptations.of_person", person_id=person_id), 303)
    made = apply_for_adaptation(
        database_session(),
        current_staff_actor(),
        person_id=person_id,
        owner=Owner(owner),
        address=request.form.get("address"),
        now=now(),
    )
    flash(_("It is recorded, with your name beside hers. She gets a text message."), "done")
    return redirect(url_for("staff_adaptations.adaptation", adaptation_id=made.id), 303)


@blueprint.get("/<uuid:adaptation_id>")
@workers_only
def adaptation(adaptation_id: UUID) -> Response:
    """One case: what it is about, what happened, and what can be done now."""
    return _show(adaptation_id)


@blueprint.post("/<uuid:adaptation_id>/home")
@workers_only
def home(adaptation_id: UUID) -> Response:
    """Where to go and whom to call; shown once, and that it was is recorded."""
    found = home_of(database_session(), current_staff_actor(), adaptation_id=adaptation_id, now=now())
    return _show(adaptation_id, home=found)


@blueprint.post("/<uuid:adaptation_id>/assessment")
@workers_only
def assess(adaptation_id: UUID) -> AnyResponse:
    """What the home needs, and who builds it."""
    try:
        firm_id = UUID(request.form.get("firm", ""))
    except ValueError:
        flash(_("Choose a firm that works in this district"), "problem")
        return _back(adaptation_id)
    assess_home(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        needs=request.form.getlist("need"),
        firm_id=firm_id,
        words=request.form.get("words", ""),
        now=now(),
    )
    return _done(adaptation_id, _("Written down. The firm sees the case now and makes a quote."))


@blueprint.post("/<uuid:adaptation_id>/photos/<stage>")
@workers_only
def add_a_photo(adaptation_id: UUID, stage: str) -> AnyResponse:
    """A photo of the home, or of the owner's paper."""
    if stage not in set(PhotoStage):
        abort(404)
    add_photo(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        stage=PhotoStage(stage),
        content=sent_photo(),
        now=now(),
    )
    return _done(adaptation_id, _("The photo is added, without place, time and camera."))


@blueprint.get("/<uuid:adaptation_id>/photos/<uuid:photo_id>")
@workers_only
def photo(adaptation_id: UUID, photo_id: UUID) -> Response:
    """A photo itself."""
    return photo_response(
        read_photo(database_session(), current_staff_actor(), adaptation_id=adaptation_id, photo_id=photo_id)
    )


@blueprint.post("/<uuid:adaptation_id>/agreement")
@workers_only
def agree(adaptation_id: UUID) -> AnyResponse:
    """She is here and agrees to the quote that this page showed."""
    agree_to_quote(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        agreed_self_paid_fen=request.form.get("self_paid_fen", -1, type=int),
        now=now(),
    )
    return _done(adaptation_id, _("Her yes is recorded, with your name beside hers."))


@blueprint.post("/<uuid:adaptation_id>/owner")
@workers_only
def owner_agrees(adaptation_id: UUID) -> AnyResponse:
    """The owner agreed on paper."""
    record_owner_agreement(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        words=request.form.get("words", ""),
        now=now(),
    )
    return _done(adaptation_id, _("The owner's yes is recorded."))


@blueprint.post("/<uuid:adaptation_id>/decision/<choice>")
@workers_only
def decide(adaptation_id: UUID, choice: str) -> AnyResponse:
    """Approve or refuse, with a reason."""
    if choice not in ("approve", "refuse"):
        abort(404)
    decide_adaptation(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        approve=choice == "approve",
        reason=request.form.get("words", ""),
        now=now(),
    )
    return _done(adaptation_id, _("Decided. She gets a text message."))


@blueprint.post("/<uuid:adaptation_id>/acceptance")
@workers_only
def accept(adaptation_id: UUID) -> AnyResponse:
    """She says to the worker that all is well."""
    accept_work(database_session(), current_staff_actor(), adaptation_id=adaptation_id, now=now())
    return _done(adaptation_id, _("She accepted the work. The firm can be paid."))


@blueprint.post("/<uuid:adaptation_id>/objection")
@workers_only
def object_to(adaptation_id: UUID) -> AnyResponse:
    """She says to the worker what is wrong."""
    object_to_work(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        words=request.form.get("words", ""),
        now=now(),
    )
    return _done(adaptation_id, _("The firm is told, and gets nothing before it is put right."))


@blueprint.post("/<uuid:adaptation_id>/withdrawal")
@workers_only
def withdraw(adaptation_id: UUID) -> AnyResponse:
    """She does not want it any more."""
    withdraw_adaptation(database_session(), current_staff_actor(), adaptation_id=adaptation_id, now=now())
    return _done(adaptation_id, _("It is recorded, with your name beside hers. She gets a text message."))


@blueprint.post("/<uuid:adaptation_id>/household/<uuid:person_id>")
@workers_only
def take_out(adaptation_id: UUID, person_id: UUID) -> AnyResponse:
    """Somebody at her address is no part of her household."""
    take_out_of_household(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        person_id=person_id,
        words=request.form.get("words", ""),
        now=now(),
    )
    return _done(adaptation_id, _("Recorded. The case does not count for this person any more."))


@blueprint.post("/<uuid:adaptation_id>/payment")
@workers_only
def pay(adaptation_id: UUID) -> AnyResponse:
    """The firm was paid by transfer."""
    found = get_adaptation(database_session(), current_staff_actor(), adaptation_id=adaptation_id)
    amount = fen_of(request.form.get("yuan", ""))
    try:
        paid_on = date.fromisoformat(request.form.get("paid_on", ""))
    except ValueError:
        paid_on = None
    if amount is None or paid_on is None:
        raise PaymentWrong(expected_fen=found.subsidy_fen)
    record_payment(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        amount_fen=amount,
        reference=request.form.get("reference", ""),
        paid_on=paid_on,
        now=now(),
    )
    return _done(adaptation_id, _("The payment is recorded. She gets a text message."))


def _show(adaptation_id: UUID, *, home: Home | None = None) -> Response:
    session, actor, today = database_session(), current_staff_actor(), local_day(now())
    found = get_adaptation(session, actor, adaptation_id=adaptation_id)
    events = events_of_adaptation(session, actor, adaptation_id=adaptation_id)[::-1]
    return show(
        "staff/adaptation.html",
        adaptation=found,
        events=events,
        names=names_of_staff(session, {event.actor_id for event in events if event.actor_id}),
        home=home,
        states=AdaptationState,
        stages=PhotoStage,
        items=rules_on(today).items,
        firms=list_firms(session, actor, city=this_site().settings.city, district=found.district),
        today=today,
        longest=LONGEST_NOTE,
    )


def _done(adaptation_id: UUID, words: str) -> AnyResponse:
    flash(words, "done")
    return _back(adaptation_id)


def _back(adaptation_id: UUID) -> AnyResponse:
    return redirect(url_for("staff_adaptations.adaptation", adaptation_id=adaptation_id), 303)
