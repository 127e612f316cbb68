"""Booking a visit by talking: a thin client of `services.home_care`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.errors import ServiceError
from services.home_care import (
    NobodyFree,
    ServiceBooking,
    ServiceKind,
    ServicePriceChanged,
    book_service,
)
from voice.skills.skill import BOOKING, CONFIRM, OFFER, READ_BACK, Option, Step, Task, Turn
from voice.skills.visit_errors import explain_visit
from voice.skills.visit_offers import explain_or_offer
from voice.skills.visit_plans import (
    MOST_OTHERS,
    Plan,
    Wish,
    best_plan,
    first_free_day,
    free_parts,
    other_services,
    quote_plan,
    service_meant,
)
from voice.skills.visit_telling import name_of_service, part_of_day, visit_booked, visit_read_back
from voice.wording import Line

_SAYS_WHEN = frozenset({"time", "period", "any_time"})


class BookService:
    """Asks for service, day and time in that order; says who comes, what it costs and what the vouchers pay."""

    intent = "book_service"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        slots, words = task.slots, turn.words
        if "service" not in slots:
            return Step(
                words.line("What shall be done? You can say: cleaning, bathing, a haircut, or to the hospital."),
                "service",
            )
        kind = ServiceKind(slots["service"])
        if "date" not in slots and not slots.get("any_day"):
            return Step(_ask_day(turn, task, kind), "date")
        try:
            return self._on_a_day(turn, task, service_meant(turn, slots).code)
        except ServiceError as error:
            return explain_visit(turn, task, error)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        wish = Wish.of(turn, task.slots)
        try:
            with turn.all_or_nothing():
                booking = self._book(turn, task)
        except ServicePriceChanged:
            return self._read_back(turn, task, wish, turn.words.line("The price has changed."))
        except ServiceError as error:
            return explain_or_offer(turn, task, wish, error)
        effect = {"action": self.intent, BOOKING: str(booking.id), **what_was_booked(task)}
        return Step(visit_booked(turn, booking), effect=effect)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return turn.words.line("What shall I change: the day, the time, or who comes?")

    def _on_a_day(self, turn: Turn, task: Task, service: str) -> Step:
        slots = task.slots
        if slots.pop("any_day", False):
            day = first_free_day(turn, service)
            if day is None:
                return explain_visit(turn, task, NobodyFree(service=service, day=turn.today, next_day=None))
            slots["date"] = day.isoformat()
        somebody_else(slots)
        wish = Wish.of(turn, slots)
        if not slots.keys() & _SAYS_WHEN:
            return self._ask_when(turn, task, wish)
        return self._read_back(turn, task, wish)

    def _ask_when(self, turn: Turn, task: Task, wish: Wish) -> Step:
        words, parts = turn.words, free_parts(turn, wish.service, wish.day)
        if not parts:
            # Raises what speaks against the day, or offers others.
            return self._read_back(turn, task, wish)
        if len(parts) == 1:
            line = words.line("Somebody is free %(part)s only. Is that all right?", part=part_of_day(turn, parts[0]))
            option = Task(task.intent, task.slots | {"period": parts[0].value}, list(task.answered))
            return Step(line, OFFER, (Option(option),))
        if len(parts) == 2:
            first, second = (part_of_day(turn, part) for part in parts)
            line = words.line("At what time? %(first)s, or %(second)s?", first=first, second=second)
            return Step(line, "time")
        return Step(words.line("At what time? In the morning, in the afternoon, or in the evening?"), "time")

    def _read_back(self, turn: Turn, task: Task, wish: Wish, *preface: Line) -> Step:
        try:
            plan = best_plan(turn, wish)
            quote = quote_plan(turn, plan)
        except ServiceError as error:
            return explain_or_offer(turn, task, wish, error)
        task.slots["worker_id"] = str(plan.offer.worker.id)
        task.notes = what_is_agreed_to(plan, quote.split.self_paid_fen)
        return Step(visit_read_back(turn, quote, *preface, *only_this_one(turn, task, plan)), CONFIRM)

    def _book(self, turn: Turn, task: Task) -> ServiceBooking:
        return book_service(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            service=task.notes["service"],
            worker_id=UUID(task.notes["worker_id"]),
            starts_at=datetime.fromisoformat(task.notes["starts_at"]),
            agreed_to_pay_fen=task.notes["to_pay_fen"],
            request_id=UUID(task.notes["request_id"]),
            now=turn.now,
        )


def _ask_day(turn: Turn, task: Task, kind: ServiceKind) -> Line:
    """Which day? Where she only named a kind that has several services, she hears what else there is."""
    words, service = turn.words, service_meant(turn, task.slots)
    line = words.line("%(service)s. Which day?", service=name_of_service(turn, service))
    others = other_services(turn, kind)[:MOST_OTHERS]
    if not others or task.slots.get("named"):
        return line
    told = turn.tell.several([name_of_service(turn, other) for other in others])
    return words.joined(words.line("There is also: %(others)s.", others=told), line)


def what_is_agreed_to(plan: Plan, to_pay_fen: int) -> dict[str, Any]:
    """The notes of a read-back: exactly this is booked after a yes, and once."""
    read_back = {name: said for name, said in plan.slots.items() if name != "worker_id"}
    return {
        "service": plan.offer.service.code,
        "worker_id": str(plan.offer.worker.id),
        "starts_at": plan.starts_at.isoformat(),
        "to_pay_fen": to_pay_fen,
        "request_id": str(uuid4()),
        READ_BACK: read_back | {"service": plan.offer.service.kind.value},
    }


def what_was_booked(task: Task) -> dict[str, Any]:
    """The slots of a deed: the time if she named one, else the part of the day, else the time that was found."""
    read_back = task.notes[READ_BACK]
    named = "period" if "period" in task.slots and "time" not in task.slots else "time"
    said_when = {"period": task.slots["period"]} if named == "period" else {"time": read_back["time"]}
    return {"service": read_back["service"], "date": read_back["date"], **said_when}


def somebody_else(slots: dict[str, Any]) -> None:
    """换一个人: the one who was read back shall not come."""
    if slots.pop("somebody_else", False) and "worker_id" in slots:
        slots["not_workers"] = [*slots.get("not_workers", ()), slots.pop("worker_id")]


def only_this_one(turn: Turn, task: Task, plan: Plan) -> tuple[Line, ...]:
    """She wanted somebody else, and there is nobody else."""
    if str(plan.offer.worker.id) not in task.slots.get("not_workers", ()):
        return ()
    return (turn.words.line("Nobody else is free at that time."),)
