"""What a sentence asks for: a skill with slots, and whether that goes on with what is being talked about already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voice.conversation.answers import told_besides
from voice.conversation.state import ConversationState
from voice.skills.skill import BOOKING, Skill, Task
from voice.understanding import Understanding
from voice.understanding.rulebook import OUT_OF_SCOPE, rulebook

CHANGE, CANCEL_ANY = "change_booking", "cancel_booking"
# A draft is let go when she cancels what she is just about to book.
_LETS_GO = {
    "book_meal": frozenset({"cancel_meal", CANCEL_ANY}),
    "book_service": frozenset({"cancel_service", "cancel_meal", CANCEL_ANY}),
}
# What she says of a draft and what takes it over: a meal that is full is waited for.
_TAKES_OVER = {
    "join_line": frozenset({"book_meal"}),
    "book_days": frozenset({"book_meal"}),
}
# What the vocabulary has no slot for and the skill wants to know.
_ALSO = {"community_activities": ("date",)}


@dataclass(frozen=True)
class Wanted:
    """The skill that a sentence asks for. `about`: what it says of a booking that is to be changed."""

    name: str
    slots: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


def wanted_of(meaning: Understanding, skills: Mapping[str, Skill]) -> Wanted:
    """What the sentence asks for; a name that no skill has where it asks for nothing that is served."""
    wish = meaning.wish
    if wish is not None and wish.name in skills:
        return Wanted(wish.name, wish.slots | told_besides(wish.name, meaning.kinds), dict(wish.former))
    if meaning.intent == OUT_OF_SCOPE and meaning.strange == 0 and {"consent", "family"} <= meaning.kinds:
        # 同意我女儿 is about who asked to act for her.
        return Wanted("add_delegate", {name: said for name, said in meaning.mentioned.items() if name == "relation"})
    mentioned = {name: meaning.mentioned[name] for name in _ALSO.get(meaning.intent, ()) if name in meaning.mentioned}
    return Wanted(meaning.intent, meaning.slots | mentioned | told_besides(meaning.intent, meaning.kinds))


def new_task(wanted: Wanted, state: ConversationState) -> Task:
    """The task that begins with it. What is neither named nor described is what was done last."""
    slots, about, draft = dict(wanted.slots), dict(wanted.about), state.task
    if draft is not None and draft.intent in _TAKES_OVER.get(wanted.name, ()):
        names = rulebook().slots_for(wanted.name)
        slots = {name: said for name, said in draft.slots.items() if name in names} | slots
    if wanted.name in (CHANGE, CANCEL_ANY) and not about and state.done_booking is not None:
        about = {BOOKING: state.done_booking}
    return Task(wanted.name, slots, about=about)


def goes_on(wanted: Wanted, state: ConversationState) -> bool:
    """Whether a request is about the task at hand, or is one of the things that she can choose from."""
    task = state.task
    if any(option.intent == wanted.name for option in state.options):
        return True
    if task is None:
        return False
    if wanted.name == task.intent:
        return True
    if wanted.name == CHANGE:
        # 改成后天 while a booking is only a draft corrects it; 把明天的助浴改到下午 is about something booked.
        fits = set(wanted.slots) <= set(rulebook().slots_for(task.intent))
        return bool(wanted.slots) and fits and not _differs(task, wanted.about)
    return lets_go(wanted, task)


def lets_go(wanted: Wanted, task: Task | None) -> bool:
    """Whether it only takes the draft back: 不要了，取消吧. A booking of another day is another matter."""
    return task is not None and wanted.name in _LETS_GO.get(task.intent, ()) and not _differs(task, wanted.slots)


def _differs(task: Task, slots: Mapping[str, Any]) -> bool:
    return any(task.slots.get(name) != value for name, value in slots.items())
