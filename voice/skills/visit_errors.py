"""What the assistant says when a visit cannot be booked, changed or cancelled, and which step she can take next.

One small function for each code of `services.home_care` and `services.vouchers`; a test holds the table complete.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast
from uuid import UUID

from services.errors import ServiceError
from services.home_care import get_service_booking
from voice.skills.skill import Step, Task, Turn
from voice.skills.visit_telling import visit_in_short

Explain = Callable[[Turn, Task, ServiceError], Step]


def explain_visit(turn: Turn, task: Task, error: ServiceError) -> Step:
    """The sentence and the next step for a refusal. `nobody_free` and `service_time_taken` have other times to offer,
    which is the business of `visit_offers`."""
    return EXPLANATIONS.get(error.code, sorry)(turn, task, error)


def sorry(turn: Turn, task: Task, error: ServiceError) -> Step:
    """Nothing that she can change: the end, with somebody to call."""
    phone = turn.tell.help_line
    return Step(turn.words.line("Sorry, that did not work. Please call %(phone)s, they will help you.", phone=phone))


def _day_not_offered(turn: Turn, task: Task, error: ServiceError) -> Step:
    day, last_day = date.fromisoformat(task.slots.pop("date")), cast(date, error.facts["last_day"])
    words, tell = turn.words, turn.tell
    if day < turn.today:
        return Step(words.line("%(day)s is over already. Which day would you like?", day=tell.day(day)), "date")
    line = words.line("Visits can be booked until %(day)s. Which day would you like?", day=tell.day(last_day))
    return Step(line, "date")


def _too_late_to_book(turn: Turn, task: Task, error: ServiceError) -> Step:
    task.slots.pop("time", None)
    return Step(turn.words.line("That is too soon, somebody must first get ready. Which other time?"), "time")


def _not_offered(turn: Turn, task: Task, error: ServiceError) -> Step:
    phone = turn.tell.help_line
    line = turn.words.line("Nobody comes to your home with this yet. Please ask %(phone)s.", phone=phone)
    return Step(line)


def _own_visit_then(turn: Turn, task: Task, error: ServiceError) -> Step:
    task.slots.pop("time", None)
    task.slots.pop("period", None)
    booking_id = cast(UUID | None, error.facts.get("booking_id"))
    if booking_id is None:
        return Step(turn.words.line("You have another visit at that time. Which other time?"), "time")
    booking = get_service_booking(turn.session, turn.actor, booking_id=booking_id)
    line = turn.words.line("You have this booked for that time: %(visit)s.", visit=visit_in_short(turn, booking))
    return Step(turn.words.joined(line, turn.words.line("Which other time?")), "time")


def _too_late_to_change(turn: Turn, task: Task, error: ServiceError) -> Step:
    booking = get_service_booking(turn.session, turn.actor, booking_id=UUID(task.notes["booking_id"]))
    line = turn.words.line(
        "It is too late to change %(visit)s. Please call the provider: %(phone)s.",
        visit=visit_in_short(turn, booking),
        phone=turn.tell.phone(booking.provider.phone),
    )
    return Step(line)


def _too_late_to_object(turn: Turn, task: Task, error: ServiceError) -> Step:
    phone = turn.tell.help_line
    return Step(turn.words.line("The days for that are over. Please call %(phone)s, they will help you.", phone=phone))


EXPLANATIONS: dict[str, Explain] = {
    "service_day_not_offered": _day_not_offered,
    "too_late_to_book_service": _too_late_to_book,
    "service_not_offered": _not_offered,
    "service_unknown": _not_offered,
    "own_visit_then": _own_visit_then,
    "too_late_to_change_service": _too_late_to_change,
    "too_late_to_object": _too_late_to_object,
    "nobody_free": sorry,
    "service_time_taken": sorry,
    "service_price_changed": sorry,
    "service_booking_unknown": sorry,
    "visit_step_not_possible": sorry,
    "words_too_long": sorry,
    "care_worker_unknown": sorry,
    "care_worker_not_free": sorry,
    "care_worker_not_qualified": sorry,
    "care_workers_wrong": sorry,
    "too_early_for_visit": sorry,
    "credit_code_wrong": sorry,
    "service_catalogue_wrong": sorry,
    "not_allowed": sorry,
}
