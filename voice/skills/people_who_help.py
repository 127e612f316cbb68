"""Reaching a person: her family, or her community. After a yes the number stands before her, large, and whoever is to
call back is told.

Thin clients of `services.emergency_contacts`. A number is shown and never said in full: what is said is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.emergency_contacts import (
    CallBackOutcome,
    Contact,
    ask_community_to_call,
    ask_to_call_back,
    family_to_call,
)
from services.errors import ServiceError
from services.family import Relation
from voice.skills.emergencies import relation_name
from voice.skills.skill import CONFIRM, WHICH, Option, Phone, Step, Task, Turn
from voice.telling import HELP_LINE
from voice.wording import Line

LAST_DIGITS = 4
CONTACT = "contact_id"


class CallStaff:
    """The hot line at once, and somebody of her community who calls her."""

    intent = "call_staff"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        line = turn.words.line("Somebody of your community shall call you. Is that right?")
        return Step(line, CONFIRM, phones=_hot_line(turn))

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        until = ask_community_to_call(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        line = turn.words.line(
            "Done. Your community calls you, at the latest %(day)s. If you do not want to wait, call %(phone)s.",
            day=turn.tell.day(until),
            phone=turn.tell.help_line,
        )
        return Step(line, effect={"action": self.intent}, phones=_hot_line(turn))

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """There is nothing to change about it; see `Skill.what_is_wrong`."""
        return None


class CallFamily:
    """Whom she names of those whose number is known; without a name the first of them."""

    intent = "call_family"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        everybody = family_to_call(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        meant = _meant(everybody, task)
        if not meant:
            return Step(_nobody(turn, everybody, task))
        if len(meant) > 1 and "relation" in task.slots:
            return _ask_which(turn, task, meant)
        contact = meant[0]
        task.notes = {CONTACT: str(contact.id)}
        return Step(words.line("You call %(who)s. Is that right?", who=_named(turn, contact)), CONFIRM)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        words = turn.words
        try:
            with turn.all_or_nothing():
                asked = ask_to_call_back(
                    turn.session,
                    turn.actor,
                    person_id=turn.person_id,
                    contact_id=UUID(task.notes[CONTACT]),
                    now=turn.now,
                )
        except ServiceError:
            return Step(words.line("This number is no longer noted. Please call %(phone)s.", phone=turn.tell.help_line))
        name = relation_name(turn, asked.contact.relation)
        told = {
            CallBackOutcome.TEXTED: words.line("I have also sent a text message: please call back."),
            CallBackOutcome.TEXTED_BEFORE: words.line("A text message to call back went there a moment ago."),
            CallBackOutcome.WANTS_NO_TEXTS: words.line("That phone wants no text messages, so please call."),
        }[asked.outcome]
        line = words.joined(words.line("Here is the number of %(who)s: press it and call.", who=name), told)
        phone = Phone(words.say("Call %(who)s", who=name.text), asked.contact.phone)
        return Step(line, effect={"action": self.intent} | task.slots, phones=(phone,))

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """Who it shall be instead; see `Skill.what_is_wrong`."""
        return turn.words.line("Whom do you want to call?")


def _meant(everybody: Sequence[Contact], task: Task) -> list[Contact]:
    if CONTACT in task.notes:
        return [each for each in everybody if str(each.id) == task.notes[CONTACT]]
    relation = task.slots.get("relation")
    return [each for each in everybody if relation is None or each.relation == relation]


def _ask_which(turn: Turn, task: Task, meant: Sequence[Contact]) -> Step:
    """The first two of one kind; who else there is stands on the page."""
    first, second = meant[:2]
    options = tuple(Option(Task(task.intent, dict(task.slots), notes={CONTACT: str(each.id)})) for each in meant[:2])
    line = turn.words.line(
        "First: %(first)s. Second: %(second)s. Which one do you mean?",
        first=_named(turn, first),
        second=_named(turn, second),
    )
    return Step(line, WHICH, options)


def _nobody(turn: Turn, everybody: Sequence[Contact], task: Task) -> Line:
    words = turn.words
    if "relation" in task.slots:
        name = relation_name(turn, Relation(task.slots["relation"]))
        missing = words.line("I do not have the number of %(who)s.", who=name)
    else:
        missing = words.line("I do not have a number of your family.")
    return words.joined(
        missing, words.line("Write it down on the page of the emergency contacts, or ask your community to do it.")
    )


def _named(turn: Turn, contact: Contact) -> Line:
    """Who it is, with the end of the number: there may be two sons."""
    ends = turn.tell.digits(contact.phone[-LAST_DIGITS:])
    return turn.words.line(
        "%(who)s, number ending in %(digits)s", who=relation_name(turn, contact.relation), digits=ends
    )


def _hot_line(turn: Turn) -> tuple[Phone, ...]:
    return (Phone(turn.words.say("The city's hot line"), HELP_LINE),)
