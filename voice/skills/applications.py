"""Saying yes or no to a benefit by talking: read back with its name, its amount and the card, done after a clear yes.

Thin clients of `services.allowances`.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.allowances import (
    AllowanceCase,
    CaseState,
    agree_to_offer,
    apply_for,
    decline_offer,
    get_case,
    list_cases,
    open_offers,
    withdraw,
)
from services.benefits import Benefit, Per
from services.errors import ServiceError
from services.my_benefits import NextStep, see_benefits
from services.people import get_person
from voice.skills.benefit_telling import name_and_amount, name_of, standing_of, where_to
from voice.skills.benefits import how_far
from voice.skills.skill import CONFIRM, WHICH, Option, Step, Task, Turn
from voice.wording import Line

_AGREED = frozenset({CaseState.APPLIED, CaseState.IN_REVIEW, CaseState.ACTIVE, CaseState.SUSPENDED})


class _AnswersAnOffer:
    """What saying yes and saying no have in common: which offer is meant."""

    intent: str
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        offers = open_offers(turn.session, turn.actor, person_id=turn.person_id)
        if "case_id" in task.notes:
            offers = tuple(offer for offer in offers if str(offer.id) == task.notes["case_id"])
        if not offers:
            return self._without_offer(turn, task)
        if len(offers) > 1:
            return self._ask_which(turn, offers)
        task.notes = {"case_id": str(offers[0].id)}
        return self._read_back(turn, offers[0])

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """There is nothing to change about an offer; see `Skill.what_is_wrong`."""
        return None

    def _without_offer(self, turn: Turn, task: Task) -> Step:
        raise NotImplementedError

    def _read_back(self, turn: Turn, offer: AllowanceCase) -> Step:
        raise NotImplementedError

    def _ask_which(self, turn: Turn, offers: tuple[AllowanceCase, ...]) -> Step:
        """The two oldest; what else is open comes up when these are answered."""
        first, second = offers[:2]
        options = tuple(Option(Task(self.intent, notes={"case_id": str(offer.id)})) for offer in (first, second))
        line = turn.words.line(
            "Two things wait for your answer. First: %(first)s. Second: %(second)s. Which one do you mean?",
            first=_in_full(turn, first),
            second=_in_full(turn, second),
        )
        return Step(line, WHICH, options)


class ConfirmApplication(_AnswersAnOffer):
    """Her yes to an open offer; without one, an application of her own."""

    intent = "confirm_application"

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                case = self._apply(turn, task)
        except ServiceError as error:
            return explain(turn, task, error)
        line = turn.words.line(
            "Done. %(benefit)s is applied for. You get a text message about it.", benefit=name_of(turn, case.benefit)
        )
        return Step(line, effect={"action": self.intent, "case_id": str(case.id)})

    def _apply(self, turn: Turn, task: Task) -> AllowanceCase:
        if "case_id" in task.notes:
            return agree_to_offer(turn.session, turn.actor, case_id=UUID(task.notes["case_id"]), now=turn.now)
        benefit = Benefit(task.notes["benefit"])
        return apply_for(turn.session, turn.actor, person_id=turn.person_id, benefit=benefit, now=turn.now)

    def _read_back(self, turn: Turn, offer: AllowanceCase) -> Step:
        return _application(turn, _in_full(turn, offer))

    def _without_offer(self, turn: Turn, task: Task) -> Step:
        overview = see_benefits(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        line = overview.line(Benefit.OLD_AGE_ALLOWANCE)
        if line.case is not None and line.case.state in _AGREED:
            return Step(how_far(turn, line.case))
        if line.next_step is not NextStep.APPLY_HERE:
            return Step(standing_of(turn, line))
        task.notes = {"benefit": line.benefit.value}
        return _application(turn, name_and_amount(turn, line.benefit, line.amount_fen, line.per))


class DeclineApplication(_AnswersAnOffer):
    """Her no to an open offer; after a yes, the wish to take it back, which a worker makes sure of."""

    intent = "decline_application"

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        case_id = UUID(task.notes["case_id"])
        answer = withdraw if task.notes.get("was_agreed") else decline_offer
        try:
            with turn.all_or_nothing():
                case = answer(turn.session, turn.actor, case_id=case_id, now=turn.now)
        except ServiceError as error:
            return explain(turn, task, error)
        effect = {"action": self.intent, "case_id": str(case.id)}
        values = {"benefit": name_of(turn, case.benefit)}
        if case.state is CaseState.DECLINED:
            line = turn.words.line("Done. %(benefit)s is not applied for. You can still apply later.", **values)
        else:
            line = _stop_is_written_down(turn)
        return Step(line, effect=effect)

    def _read_back(self, turn: Turn, offer: AllowanceCase) -> Step:
        line = turn.words.line("You do not want %(benefit)s. Is that right?", benefit=_in_full(turn, offer))
        return Step(line, CONFIRM)

    def _without_offer(self, turn: Turn, task: Task) -> Step:
        has = [case for case in list_cases(turn.session, turn.actor, person_id=turn.person_id) if case.state in _AGREED]
        agreed = [case for case in has if case.stop_proposed_from is None]
        if not agreed:
            return Step(_stop_is_written_down(turn) if has else turn.words.line("Nothing waits for your answer."))
        task.notes = {"case_id": str(agreed[0].id), "was_agreed": True}
        line = turn.words.line(
            "You do not want %(benefit)s any more. Is that right?", benefit=_in_full(turn, agreed[0])
        )
        return Step(line, CONFIRM)


def _application(turn: Turn, what: Line) -> Step:
    """What she would apply for, where the money goes, and the question whether that is right."""
    person = get_person(turn.session, turn.actor, person_id=turn.person_id)
    words = turn.words
    applying = words.line("You apply for %(benefit)s.", benefit=what)
    card = where_to(turn, person.card_last_four if person.has_card else None)
    return Step(words.joined(applying, card, words.line("Is that right?")), CONFIRM)


def _stop_is_written_down(turn: Turn) -> Line:
    """A worker decides whether it ends; wishing it again changes nothing."""
    return turn.words.line("It is written down. Your community calls you before anything ends.")


def _in_full(turn: Turn, case: AllowanceCase) -> Line:
    return name_and_amount(turn, case.benefit, case.amount_fen, Per.MONTH)


# ---------------------------------------------------------------- when it cannot be done

Explain = Callable[[Turn, Task, ServiceError], Step]


def explain(turn: Turn, task: Task, error: ServiceError) -> Step:
    """The sentence and the next step for a refusal of `services.allowances`."""
    return EXPLANATIONS.get(error.code, _sorry)(turn, task, error)


def _sorry(turn: Turn, task: Task, error: ServiceError) -> Step:
    phone = turn.tell.help_line
    return Step(turn.words.line("Sorry, that did not work. Please call %(phone)s, they will help you.", phone=phone))


def _ended(turn: Turn, task: Task, error: ServiceError) -> Step:
    """The offer is over, the right is not: she applies on her own. Until the night's job has written the end down, that
    is not possible either."""
    if "case_id" not in task.notes:
        return _sorry(turn, task, error)
    case = get_case(turn.session, turn.actor, case_id=UUID(task.notes["case_id"]))
    task.notes = {"benefit": case.benefit.value}
    ended = turn.words.line("The offer has ended, but you can still apply.")
    step = _application(turn, _in_full(turn, case))
    return Step(turn.words.joined(ended, step.line), step.question)


def _decided(turn: Turn, task: Task, error: ServiceError) -> Step:
    cases = list_cases(turn.session, turn.actor, person_id=turn.person_id)
    return Step(how_far(turn, cases[0])) if cases else _sorry(turn, task, error)


def _not_entitled(turn: Turn, task: Task, error: ServiceError) -> Step:
    overview = see_benefits(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
    return Step(standing_of(turn, overview.line(Benefit.OLD_AGE_ALLOWANCE)))


EXPLANATIONS: dict[str, Explain] = {
    "offer_unknown": _sorry,
    "case_unknown": _sorry,
    "offer_ended": _ended,
    "already_decided": _decided,
    "already_applied": _decided,
    "not_entitled": _not_entitled,
    "step_not_possible": _sorry,
    "no_rule_on": _sorry,
    "not_allowed": _sorry,
}
