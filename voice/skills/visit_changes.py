"""A visit that is booked gets another day, another time or another worker: read back with both, changed after a yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.clock import CITY_TIME, local_day
from services.errors import ServiceError
from services.home_care import ServiceBooking, ServicePriceChanged, TooLateToChange, change_service
from voice.skills.skill import BOOKING, CONFIRM, Step, Task, Turn
from voice.skills.visit_errors import explain_visit
from voice.skills.visit_offers import explain_or_offer
from voice.skills.visit_plans import Wish, best_plan, quote_plan
from voice.skills.visit_telling import names, visit_in_full, visit_in_short, visit_price, when
from voice.skills.visits import only_this_one, somebody_else, what_is_agreed_to, what_was_booked
from voice.wording import Line

_CHANGES = frozenset({"date", "time", "period", "any_day", "any_time", "somebody_else", "sex"})


def next_of_visit(turn: Turn, task: Task, booking: ServiceBooking) -> Step:
    """What it shall be, or both read back."""
    task.notes[BOOKING] = str(booking.id)
    if not booking.can_be_changed(turn.now):
        return explain_visit(turn, task, TooLateToChange())
    if not task.slots.keys() & (_CHANGES | {"not_workers"}):
        line = turn.words.line(
            "%(visit)s: to which day shall I move it? You can say a time, too.", visit=visit_in_short(turn, booking)
        )
        return Step(line, "date")
    return _read_back(turn, task, booking)


def change_a_visit(turn: Turn, task: Task, booking: ServiceBooking) -> Step:
    """Change it as it was read back."""
    try:
        with turn.all_or_nothing():
            changed = change_service(
                turn.session,
                turn.actor,
                booking_id=booking.id,
                worker_id=UUID(task.notes["worker_id"]),
                starts_at=datetime.fromisoformat(task.notes["starts_at"]),
                agreed_to_pay_fen=task.notes["to_pay_fen"],
                now=turn.now,
            )
    except ServicePriceChanged:
        return _read_back(turn, task, booking, turn.words.line("The price has changed."))
    except ServiceError as error:
        return explain_or_offer(turn, task, _wish(turn, task, booking), error)
    line = turn.words.line(
        "Done. It is changed: %(visit)s. The provider confirms it by text message.", visit=visit_in_full(turn, changed)
    )
    effect = {"action": "book_service", **what_was_booked(task), BOOKING: str(changed.id)}
    return Step(line, effect=effect)


def _wish(turn: Turn, task: Task, booking: ServiceBooking) -> Wish:
    """What she said, and for the rest as it is: the same day, the same time, the same worker if she is free."""
    starts_at = booking.starts_at.astimezone(CITY_TIME)
    kept: dict[str, Any] = {"date": local_day(booking.starts_at).isoformat()}
    if not task.slots.keys() & {"time", "period", "any_time"}:
        kept["time"] = f"{starts_at:%H:%M}"
    worker = booking.workers[0]
    slots = kept | task.slots
    slots.setdefault("worker_id", str(worker.id))
    if str(worker.id) in slots.get("not_workers", ()) or slots.get("sex") not in (None, worker.sex):
        slots["worker_id"] = None
    return Wish.of(turn, slots, service=booking.service.code, instead_of=booking.id)


def _read_back(turn: Turn, task: Task, booking: ServiceBooking, *preface: Line) -> Step:
    words = turn.words
    task.slots.setdefault("worker_id", str(booking.workers[0].id))
    somebody_else(task.slots)
    wish = _wish(turn, task, booking)
    task.slots.setdefault("date", wish.day.isoformat())
    try:
        plan = best_plan(turn, wish)
        quote = quote_plan(turn, plan, instead_of=booking.id)
    except ServiceError as error:
        return explain_or_offer(turn, task, wish, error)
    if (plan.starts_at, plan.offer.worker.id) == (booking.starts_at, booking.workers[0].id):
        return Step(words.line("It is so already: %(visit)s.", visit=visit_in_full(turn, booking)))
    task.slots["worker_id"] = str(plan.offer.worker.id)
    task.notes = {BOOKING: str(booking.id), **what_is_agreed_to(plan, quote.split.self_paid_fen)}
    line = words.line(
        "%(visit)s becomes %(when)s. %(workers)s comes to you.",
        visit=visit_in_short(turn, booking),
        when=when(turn, plan.starts_at),
        workers=names(turn, quote.workers),
    )
    paying = visit_price(turn, quote.split, quote.left_after)
    others = only_this_one(turn, task, plan)
    return Step(words.joined(*preface, *others, line, paying, words.line("Is that right?")), CONFIRM)
