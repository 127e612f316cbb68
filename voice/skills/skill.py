"""What a skill is to the conversation: one task that a person can have done, asked for question by question.

The conversation keeps the thread (yes and no, corrections, repeating, tries, memory); a skill knows one task: what it
needs to know, what it reads back, what it does after a yes. It is a thin client of `services` and holds no state: what
it must remember stands in the task, which JSON can hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session, SessionTransaction

from services.actor import Actor
from services.clock import local_day
from voice.telling import Telling
from voice.wording import Line, Wording

# Questions that are not about a slot.
CONFIRM = "confirm"
OFFER = "offer"
WHICH = "which"
WHAT_IS_WRONG = "what_is_wrong"
# Which booking she means: what she says of it goes into `Task.about`.
WHICH_BOOKING = "which_booking"
# Digits that she was asked to say: saying them is the deed itself.
DIGITS = "digits"
# A note of a task that is answered in the middle of another one: it must not ask anything. It holds what waits:
# `intent`, `slots` and the open `question`.
IN_BETWEEN = "in_between"
# A note with what was read back, by slot name, where that is more than she said (a part of the day became a time).
READ_BACK = "read_back"
# The value of a slot that none of its names fits.
OTHER = "other"
# What `Task.about` holds when the booking is known by its id.
BOOKING = "booking_id"

NOTHING_DONE: dict[str, Any] = {"action": "none"}


@dataclass(frozen=True)
class Turn:
    """What a skill may use in one turn. Use cases are called with exactly these."""

    session: Session
    actor: Actor
    person_id: UUID
    now: datetime
    words: Wording

    @property
    def today(self) -> date:
        """The city's day."""
        return local_day(self.now)

    def all_or_nothing(self) -> SessionTransaction:
        """A deed that is refused leaves nothing behind, though the turn itself is committed."""
        return self.session.begin_nested()

    @property
    def tell(self) -> Telling:
        """Days, meals and money in this turn's words."""
        return Telling(self.words, self.today)


@dataclass
class Task:
    """One thing that she wants done, as far as it is known. JSON can hold all of it.

    `intent`: of the skill, an intent or a wish. `slots`: what was said, by slot name. `answered`: slots in the order in
    which they were asked for. `notes`: what the skill must remember between two turns (a quote, a booking id) until she
    says something new. `about`: what she said of the booking that is to be changed, or its id.
    """

    intent: str
    slots: dict[str, Any] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """Something that is offered: when she takes it, this task goes on."""

    task: Task


@dataclass(frozen=True)
class Phone:
    """A number to call, with the words on its button. It is shown, and never kept with the conversation."""

    words: str
    number: str = field(repr=False)


@dataclass(frozen=True)
class Step:
    """What the assistant says next. `question` is a slot or one of the names above; None: the task is over.

    `options`: one for an OFFER (taken by a yes), two for WHICH. `effect`: what was changed. `phones`: numbers to call,
    shown large beside the words.
    """

    line: Line
    question: str | None = None
    options: tuple[Option, ...] = ()
    effect: dict[str, Any] = field(default_factory=lambda: dict(NOTHING_DONE))
    phones: tuple[Phone, ...] = ()


class Skill(Protocol):
    """One task."""

    intent: str
    asks: bool
    """False for a skill that only answers: it never interrupts another task for good. In the middle of one, its task
    has the note `IN_BETWEEN`."""

    def next_step(self, turn: Turn, task: Task) -> Step:
        """The next question, the read-back when nothing is missing, or the end. Changes nothing."""
        ...

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """What to ask when she says that the read-back is wrong, but not what; None to let the task go then."""
        ...

    def act(self, turn: Turn, task: Task) -> Step:
        """Do what was read back; called after a clear yes, or with the `DIGITS` that she said, only."""
        ...


class Answers:
    """What all skills share that only answer."""

    asks = False

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        raise NotImplementedError

    def act(self, turn: Turn, task: Task) -> Step:
        """Nothing is ever confirmed here; see `Skill.act`."""
        return self.next_step(turn, task)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """Nothing is read back here; see `Skill.what_is_wrong`."""
        return None
