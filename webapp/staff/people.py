"""A worker at her desk with somebody: finding her, all about her, and what can be done for her there.

What is searched for waits sealed in this browser's cookie, never in an address.
"""

from __future__ import annotations

import json
import re
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from services.allowances import (
    agree_to_offer,
    apply_for,
    decline_offer,
    events_of,
    list_cases,
    record_refund,
    withdraw,
)
from services.benefits import Benefit
from services.certification import (
    HelperRelation,
    SeenDayWrong,
    certification_of,
    days_that_count,
    proofs_of,
    record_helper,
    record_visit,
    sharings_of,
)
from services.clock import local_day
from services.emergency_contacts import emergency_contacts_of
from services.family import Relation
from services.home_adaptation import latest_adaptation
from services.inbox import list_incoming
from services.my_benefits import see_benefits
from services.people import get_person
from services.registry import origins_of
from services.residents import Resident, SearchTooShort, find_residents, phone_to_call
from services.sign_in import end_other_sessions
from services.staff import names_of_staff
from services.vouchers import see_vouchers
from services.worker_tasks import tasks_of
from webapp.access import current_staff_actor, workers_only
from webapp.certification import chosen_day
from webapp.cookies import keep_sealed, kept_sealed
from webapp.pages import show
from webapp.site import now, this_site
from webapp.staff.days import full_day_words
from webapp.staff.known_words import known_of
from webapp.texts import texts_to
from webapp.transaction import database_session
from webapp.words import FEN_IN_A_YUAN

SEALED_SEARCH = "staff.search"
# A worker reads it in the columns of a table, not as a story.
PAYMENTS_SHOWN = 24
YUAN = re.compile(r"(\d{1,7})(?:\.(\d\d?))?")
MESSAGES_SHOWN = 10
# Two years of certifications, and what went to and fro about them.
PROOFS_SHOWN, SHARINGS_SHOWN = 4, 10
LONGEST_NOTE = 200

blueprint = Blueprint("staff_people", __name__, url_prefix="/staff/people")


@blueprint.get("")
@workers_only
def search() -> AnyResponse:
    """The form, and whom the last search found."""
    asked = _last_search()
    if asked is None:
        return show("staff/search.html", asked={}, found=None, problem=None)
    try:
        found = _found(asked)
    except SearchTooShort:
        problem = _("Write a part of the name. The card's last digits are four.")
        return show("staff/search.html", 422, asked=asked, found=None, problem=problem)
    return show("staff/search.html", asked=asked, found=found, problem=None)


@blueprint.post("")
@workers_only
def search_it() -> AnyResponse:
    """Keep what is searched for and show whom it finds."""
    asked = {name: request.form.get(name, "")[:60] for name in ("name", "card")}
    keep_sealed("staff_search", json.dumps(asked), context=SEALED_SEARCH)
    return redirect(url_for("staff_people.search"), 303)


@blueprint.get("/<uuid:person_id>")
@workers_only
def person(person_id: UUID) -> AnyResponse:
    """All about her: benefits, cases with their history, payments, tasks, certification."""
    return _show_person(person_id)


@blueprint.post("/<uuid:person_id>/phone")
@workers_only
def phone(person_id: UUID) -> AnyResponse:
    """The whole number, for calling her. It is shown once, and that it was is recorded."""
    number = phone_to_call(database_session(), current_staff_actor(), person_id=person_id, now=now())
    return _show_person(person_id, phone=number)


@blueprint.post("/<uuid:person_id>/cases/<uuid:case_id>/<answer>")
@workers_only
def answer_for_her(person_id: UUID, case_id: UUID, answer: str) -> AnyResponse:
    """She is here and says it herself; the worker's name stands beside it."""
    use_case = {"agree": agree_to_offer, "decline": decline_offer, "withdraw": withdraw}.get(answer)
    if use_case is None:
        abort(404)
    use_case(database_session(), current_staff_actor(), case_id=case_id, now=now())
    flash(_("It is recorded, with your name beside hers. She gets a text message."), "done")
    return redirect(url_for("staff_people.person", person_id=person_id), 303)


@blueprint.post("/<uuid:person_id>/apply")
@workers_only
def apply_for_her(person_id: UUID) -> AnyResponse:
    """She is here and applies for the allowance."""
    apply_for(
        database_session(), current_staff_actor(), person_id=person_id, benefit=Benefit.OLD_AGE_ALLOWANCE, now=now()
    )
    flash(_("It is recorded, with your name beside hers. She gets a text message."), "done")
    return redirect(url_for("staff_people.person", person_id=person_id), 303)


@blueprint.post("/<uuid:person_id>/certify")
@workers_only
def certify_her(person_id: UUID) -> AnyResponse:
    """She is here, or was visited: certified by a worker who saw her."""
    reason = request.form.get("seen", "")[:LONGEST_NOTE]
    if not reason.strip():
        return _show_person(person_id, problem=_("Write how you made sure that it is she."))
    record_visit(database_session(), current_staff_actor(), person_id=person_id, passed=True, reason=reason, now=now())
    flash(_("She is certified."), "done")
    return redirect(url_for("staff_people.person", person_id=person_id), 303)


@blueprint.post("/<uuid:person_id>/helper")
@workers_only
def helper(person_id: UUID) -> AnyResponse:
    """Somebody of her family, or another helper, is here and vouches for her."""
    relation, reason = request.form.get("relation", ""), request.form.get("helper", "")[:LONGEST_NOTE]
    if relation not in set(HelperRelation):
        return _show_person(person_id, problem=_("Say what the helper is to her."))
    if not reason.strip():
        return _show_person(person_id, problem=_("Write who vouches for her, and which papers you looked at."))
    try:
        record_helper(
            database_session(),
            current_staff_actor(),
            person_id=person_id,
            relation=HelperRelation(relation),
            seen_on=chosen_day(request.form.get("seen_on", "")),
            reason=reason,
            now=now(),
        )
    except SeenDayWrong:
        return _show_person(person_id, problem=_("Say on which day the helper saw her last. It must not be long ago."))
    flash(_("She is certified. She gets a text message."), "done")
    return redirect(url_for("staff_people.person", person_id=person_id), 303)


@blueprint.post("/<uuid:person_id>/sign-out")
@workers_only
def sign_her_out(person_id: UUID) -> AnyResponse:
    """She lost her tablet, and has no other device from which to sign out there."""
    ended = end_other_sessions(database_session(), current_staff_actor(), person_id=person_id, token=None, now=now())
    flash(ngettext("She is signed out on %(num)d device.", "She is signed out on %(num)d devices.", ended), "done")
    return redirect(url_for("staff_people.person", person_id=person_id), 303)


@blueprint.post("/<uuid:person_id>/refund")
@workers_only
def refund(person_id: UUID) -> AnyResponse:
    """Her family brought back what was paid too much, or a part of it."""
    written = YUAN.fullmatch(request.form.get("yuan", "").strip())
    if written is None:
        return _show_person(person_id, problem=_("Write the amount in yuan, like 200 or 200.50."))
    record_refund(
        database_session(),
        current_staff_actor(),
        person_id=person_id,
        amount_fen=int(written[1]) * FEN_IN_A_YUAN + int((written[2] or "").ljust(2, "0")),
        received_on=local_day(now()),
        now=now(),
    )
    flash(_("The refund is recorded."), "done")
    return redirect(url_for("staff_people.person", person_id=person_id), 303)


def _show_person(person_id: UUID, *, phone: str | None = None, problem: str | None = None) -> AnyResponse:
    transaction, actor, at = database_session(), current_staff_actor(), now()
    found = get_person(transaction, actor, person_id=person_id)
    overview = see_benefits(transaction, actor, person_id=person_id, now=at)
    cases = list_cases(transaction, actor, person_id=person_id)
    events = {case.id: events_of(transaction, actor, case_id=case.id)[::-1] for case in cases}
    tasks = tasks_of(transaction, actor, person_id=person_id)
    proofs = proofs_of(transaction, actor, person_id=person_id)[:PROOFS_SHOWN]
    who = {event.actor_id for of_case in events.values() for event in of_case} | {task.decided_by for task in tasks}
    who |= {proof.staff_id for proof in proofs}
    return show(
        "staff/person.html",
        422 if problem else 200,
        person_of_page=found,
        age=found.age_on(local_day(at)),
        phone=phone,
        overview=overview,
        cases=cases,
        events=events,
        tasks=tasks,
        names=names_of_staff(transaction, {each for each in who if each}),
        written=list_incoming(transaction, actor, person_id=person_id, limit=MESSAGES_SHOWN),
        texted=texts_to(actor, person_id, limit=MESSAGES_SHOWN).texts,
        payments=overview.payments[:PAYMENTS_SHOWN],
        refund_due_fen=sum(payment.refund_due_fen for payment in overview.payments),
        certification=certification_of(transaction, actor, person_id=person_id, now=at),
        seen_days=days_that_count(at),
        relations=list(HelperRelation),
        proofs=proofs,
        sharings=sharings_of(transaction, actor, person_id=person_id)[:SHARINGS_SHOWN],
        adaptation=latest_adaptation(transaction, actor, person_id=person_id),
        vouchers=see_vouchers(transaction, actor, person_id=person_id, now=at),
        known=known_of(found, origins_of(transaction, actor, person_id=person_id), full_day_words),
        may_apply=not any(not case.is_over for case in cases),
        today=local_day(at),
        contacts=emergency_contacts_of(transaction, actor, person_id=person_id, now=at),
        contact_relations=list(Relation),
        problem=problem,
    )


def _found(asked: dict[str, str]) -> tuple[Resident, ...]:
    return find_residents(
        database_session(),
        current_staff_actor(),
        name=asked["name"],
        card_last_four=asked["card"],
        city=this_site().settings.city,
        now=now(),
    )


def _last_search() -> dict[str, str] | None:
    kept = kept_sealed("staff_search", context=SEALED_SEARCH)
    asked: dict[str, str] | None = json.loads(kept) if kept else None
    return asked
