"""Nobody is free then: two other times to choose from, one to take, or somebody to call."""

from __future__ import annotations

from typing import Any, cast

from services.clock import local_moment
from services.errors import ServiceError
from services.home_care import ServiceBooking
from voice.skills.held import held_visits
from voice.skills.skill import OFFER, WHICH, Option, Step, Task, Turn
from voice.skills.visit_errors import explain_visit
from voice.skills.visit_plans import Plan, Wish, two_other_times
from voice.skills.visit_telling import names, visit_in_short, when
from voice.wording import Line

_NOBODY_FREE = frozenset({"nobody_free", "service_time_taken"})


def explain_or_offer(turn: Turn, task: Task, wish: Wish, error: ServiceError) -> Step:
    """The next step for a refusal of a visit that she wants so."""
    if error.code not in _NOBODY_FREE:
        return explain_visit(turn, task, error)
    try:
        others = two_other_times(turn, wish)
    except ServiceError as refusal:
        return explain_visit(turn, task, refusal)
    return _offer(turn, task, others, _why_not(turn, wish))


def _why_not(turn: Turn, wish: Wish) -> Line:
    """Nobody is free, or she herself is not."""
    wanted = local_moment(wish.day, wish.meant)
    for held in held_visits(turn):
        visit = cast(ServiceBooking, held.booking)
        if visit.id != wish.instead_of and visit.starts_at <= wanted < visit.ends_at:
            return turn.words.line("You have this booked for that time: %(visit)s.", visit=visit_in_short(turn, visit))
    return turn.words.line("Nobody is free at that time.")


def _offer(turn: Turn, task: Task, others: list[Plan], nobody: Line) -> Step:
    words = turn.words
    if not others:
        phone = turn.tell.help_line
        line = words.line("In the next days there is nobody either. Please call %(phone)s.", phone=phone)
        return Step(words.joined(nobody, line))
    options = tuple(Option(_with(task, plan)) for plan in others)
    told = [_told(turn, plan) for plan in others]
    if len(others) == 1:
        return Step(words.joined(nobody, words.line("Shall it be %(time)s?", time=told[0])), OFFER, options)
    line = words.line("First: %(first)s. Second: %(second)s. Which one would you like?", first=told[0], second=told[1])
    return Step(words.joined(nobody, line), WHICH, options)


def _told(turn: Turn, plan: Plan) -> Line:
    return turn.words.line(
        "%(when)s, with %(workers)s", when=when(turn, plan.starts_at), workers=names(turn, [plan.offer.worker])
    )


def _with(task: Task, plan: Plan) -> Task:
    slots: dict[str, Any] = {name: said for name, said in task.slots.items() if name not in ("period", "any_time")}
    return Task(task.intent, slots | plan.slots, list(task.answered), about=dict(task.about))
