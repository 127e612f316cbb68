"""Who of her family may act for her, by talking: letting somebody, agreeing to somebody who asked, taking it back.

Thin clients of `services.delegation`. What somebody may do, and until when, is read back before it is agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.actor import Scope
from services.delegation import (
    USUAL,
    Delegation,
    agree_to_delegate,
    delegates_of,
    extend_delegation,
    invite_delegate,
    take_back,
)
from services.emergency_contacts import Contact, family_to_call
from services.errors import ServiceError
from services.family import DelegationState, Relation
from voice.skills.emergencies import relation_name
from voice.skills.skill import CONFIRM, WHICH, Option, Step, Task, Turn
from voice.wording import Line

LAST_DIGITS = 4
DELEGATION, CONTACT = "delegation_id", "contact_id"
WANTED = "relation"
LIVING = frozenset(DelegationState) - {DelegationState.ENDED}


class AddDelegate:
    """A request that waits for her word is agreed to; who may already act may longer; otherwise somebody whose number
    is known is asked by text message."""

    intent = "add_delegate"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        hers = _of_relation(_living(turn), task)
        waiting = [each for each in hers if each.waits_for_senior]
        if len(waiting) > 1:
            return _ask_which(turn, task, waiting)
        if waiting:
            return self._read_back(
                turn, task, waiting[0], words.line("%(who)s asks to act for you:", who=_named(turn, waiting[0]))
            )
        if "relation" not in task.slots:
            return Step(words.line("Who shall act for you: a daughter, a son, or somebody else?"), WANTED)
        in_force = [each for each in hers if each.state is DelegationState.ACTIVE]
        if in_force:
            already = words.line(
                "%(who)s may act for you already. It shall run for a year from today:", who=_named(turn, in_force[0])
            )
            return self._read_back(turn, task, in_force[0], already)
        return self._invite(turn, task)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                done = self._do(turn, task)
        except ServiceError as error:
            return explain(turn, error)
        return Step(done, effect={"action": self.intent} | task.slots)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """There is nothing to change by talking: on the page each thing is ticked; see `Skill.what_is_wrong`."""
        return None

    def _read_back(self, turn: Turn, task: Task, delegation: Delegation, opening: Line) -> Step:
        task.notes = {DELEGATION: str(delegation.id)}
        may = scopes_line(turn, delegation.scopes)
        return Step(turn.words.joined(opening, may, turn.words.line("Is that right?")), CONFIRM)

    def _invite(self, turn: Turn, task: Task) -> Step:
        words, relation = turn.words, Relation(task.slots["relation"])
        known = family_to_call(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        meant = [each for each in known if each.relation is relation and not each.is_delegate]
        if CONTACT in task.notes:
            meant = [each for each in meant if str(each.id) == task.notes[CONTACT]]
        who = relation_name(turn, relation)
        if not meant:
            missing = words.line("I do not have the number of %(who)s.", who=who)
            ask = words.line("Let your family sign in on the first page and ask: then I ask you.")
            return Step(words.joined(missing, ask))
        task.notes = {CONTACT: str(meant[0].id)}
        asking = words.line(
            "I ask %(who)s, number ending in %(digits)s, by text message to act for you:",
            who=who,
            digits=turn.tell.digits(meant[0].phone[-LAST_DIGITS:]),
        )
        return Step(words.joined(asking, scopes_line(turn, USUAL), words.line("Is that right?")), CONFIRM)

    def _do(self, turn: Turn, task: Task) -> Line:
        words = turn.words
        if DELEGATION in task.notes:
            delegation_id = UUID(task.notes[DELEGATION])
            found = next((each for each in _living(turn) if each.id == delegation_id), None)
            do = agree_to_delegate if found is None or found.waits_for_senior else extend_delegation
            do(turn.session, turn.actor, delegation_id=delegation_id, now=turn.now)
            return words.line("Done. You get a text message about everything that is done for you.")
        contact = self._contact(turn, task)
        invite_delegate(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            phone=contact.phone,
            relation=contact.relation,
            now=turn.now,
        )
        return words.line("Done. A text message asks for a yes. Before that nothing can be done for you.")

    def _contact(self, turn: Turn, task: Task) -> Contact:
        known = family_to_call(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        return next(each for each in known if str(each.id) == task.notes[CONTACT])


class RemoveDelegate:
    """What somebody may do, was asked to, or asks for, is taken back."""

    intent = "remove_delegate"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        hers = _living(turn)
        meant = _of_relation(hers, task)
        if not hers:
            return Step(words.line("Nobody of your family may act for you."))
        if not meant:
            who = relation_name(turn, Relation(task.slots["relation"]))
            return Step(words.line("%(who)s may not act for you.", who=who))
        if len(meant) > 1:
            return _ask_which(turn, task, meant)
        task.notes = {DELEGATION: str(meant[0].id)}
        line = words.line("From now on %(who)s may not act for you. Is that right?", who=_named(turn, meant[0]))
        return Step(line, CONFIRM)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                take_back(turn.session, turn.actor, delegation_id=UUID(task.notes[DELEGATION]), now=turn.now)
        except ServiceError as error:
            return explain(turn, error)
        line = turn.words.line("Done. From now on nothing can be done for you by it.")
        return Step(line, effect={"action": self.intent} | task.slots)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """Who it is instead; see `Skill.what_is_wrong`."""
        return turn.words.line("Who shall not act for you any more?")


def scopes_line(turn: Turn, scopes: frozenset[Scope]) -> Line:
    """Everything that somebody may do, in the order of the page."""
    words = turn.words
    names = {
        Scope.SEE_BENEFITS: words.line("see your benefits"),
        Scope.BOOK_AND_CANCEL: words.line("book meals and help at home"),
        Scope.ANSWER_OFFERS: words.line("answer offers of allowances"),
        Scope.CERTIFY: words.line("see to the certification"),
        Scope.RECEIVE_MESSAGES: words.line("get your text messages"),
        Scope.EMERGENCIES: words.line("be called in an emergency"),
    }
    listed = turn.tell.several([names[scope] for scope in Scope if scope in scopes])
    return words.line("%(scopes)s.", scopes=listed)


def explain(turn: Turn, error: ServiceError) -> Step:
    """The sentence for a refusal of `services.delegation`."""
    words, phone = turn.words, turn.tell.help_line
    if error.code == "needs_witness":
        return Step(
            words.line(
                "You both have one telephone, so your community must ask you. Please call %(phone)s.", phone=phone
            )
        )
    if error.code == "delegation_over":
        return Step(words.line("That is over. Nothing was changed."))
    return Step(words.line("Sorry, that did not work. Please call %(phone)s, they will help you.", phone=phone))


def _living(turn: Turn) -> list[Delegation]:
    every = delegates_of(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
    return [each for each in every if each.state in LIVING]


def _of_relation(delegations: Sequence[Delegation], task: Task) -> list[Delegation]:
    if DELEGATION in task.notes:
        return [each for each in delegations if str(each.id) == task.notes[DELEGATION]]
    relation = task.slots.get("relation")
    return [each for each in delegations if relation is None or each.relation == relation]


def _ask_which(turn: Turn, task: Task, meant: Sequence[Delegation]) -> Step:
    """The first two; the page has the others."""
    options = tuple(Option(Task(task.intent, dict(task.slots), notes={DELEGATION: str(each.id)})) for each in meant[:2])
    first, second = (_named(turn, each) for each in meant[:2])
    line = turn.words.line("First: %(first)s. Second: %(second)s. Which one do you mean?", first=first, second=second)
    return Step(line, WHICH, options)


def _named(turn: Turn, delegation: Delegation) -> Line:
    """Who it is, with the end of the number: somebody else could ask in a daughter's name."""
    return turn.words.line(
        "%(who)s, number ending in %(digits)s",
        who=relation_name(turn, delegation.relation),
        digits=turn.tell.digits(delegation.phone_ends),
    )
