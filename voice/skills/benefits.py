"""What she is entitled to, what was paid, how far an application is: answers by talking, from `services.my_benefits`.
Nothing here changes anything."""

from __future__ import annotations

from datetime import date

from services.allowances import AllowanceCase, CaseState, Payment, list_cases
from services.benefits import Benefit, Per
from services.my_benefits import BenefitLine, BenefitsOverview, Standing, see_benefits
from voice.skills.benefit_telling import (
    OF_A_SENTENCE,
    is_month,
    name_and_amount,
    name_of,
    paid_from,
    payment_of,
    standing_of,
    when_it_rises,
)
from voice.skills.skill import IN_BETWEEN, OFFER, Answers, Option, Step, Task, Turn
from voice.wording import Line

# More in one breath is not kept in mind.
TOLD_AT_ONCE = 2
_NOT_TOLD_UNASKED = frozenset({Standing.STOPPED, Standing.NOT_ELIGIBLE})


class CheckBenefits(Answers):
    """The same answer as the page 我的待遇, the most important first and two at a time; a named benefit alone."""

    intent = "check_benefits"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        overview = see_benefits(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        if "benefit" in task.slots:
            asked_about = OF_A_SENTENCE[task.slots["benefit"]]
            return Step(
                turn.words.joined(standing_of(turn, overview.line(asked_about)), *when_it_rises(turn, overview, task))
            )
        telling = [line for line in overview.lines if line.standing not in _NOT_TOLD_UNASKED]
        if not telling:
            return Step(turn.words.line("At the moment there is nothing that you can get."))
        begin = task.notes.get("told", 0)
        return self._some(turn, task, telling[begin : begin + TOLD_AT_ONCE], len(telling) - begin - TOLD_AT_ONCE)

    def _some(self, turn: Turn, task: Task, lines: list[BenefitLine], left: int) -> Step:
        words = turn.words
        told = words.joined(*(standing_of(turn, line) for line in lines))
        if left <= 0:
            return Step(told)
        if task.notes.get(IN_BETWEEN):
            return Step(words.joined(told, words.line("There is more, the screen shows all of it.")))
        more = words.line("There are %(number)s more. Would you like to hear them?", number=turn.tell.counted(left))
        rest = Task(self.intent, notes={"told": task.notes.get("told", 0) + TOLD_AT_ONCE})
        return Step(words.joined(told, more), OFFER, (Option(rest),))


class CheckPayment(Answers):
    """What was paid for a month; without a month, the last that is known."""

    intent = "check_payment"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        overview = see_benefits(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        said = task.slots.get("month")
        meant = [payment for payment in overview.payments if said is None or is_month(payment.month, said)]
        if said is None:
            meant = [payment for payment in meant if payment.month == meant[0].month]
        if meant:
            told = [payment_of(turn, payment) for payment in meant]
            return Step(words.joined(*told, *_if_not_received(turn, meant)))
        later = _begins_later(overview, said)
        if later is not None:
            return Step(paid_from(turn, *later))
        if said is not None and _is_paid_monthly(overview):
            month = turn.tell.month_said(said)
            return Step(words.line("Nothing is listed for %(month)s yet.", month=month))
        if said is not None:
            month = turn.tell.month_said(said)
            return Step(words.line("For %(month)s there was nothing to be paid to you.", month=month))
        phone = turn.tell.help_line
        return Step(words.line("Nothing has been paid to you yet. If that is wrong, call %(phone)s.", phone=phone))


class ApplicationStatus(Answers):
    """How far her applications are."""

    intent = "application_status"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        cases = list_cases(turn.session, turn.actor, person_id=turn.person_id)
        newest: dict[Benefit, AllowanceCase] = {}
        for case in cases:
            newest.setdefault(case.benefit, case)
        if not newest:
            return Step(turn.words.line("You have not applied for anything yet."))
        return Step(turn.words.joined(*(how_far(turn, case) for case in newest.values())))


def how_far(turn: Turn, case: AllowanceCase) -> Line:
    """One application in one sentence."""
    words = turn.words
    benefit = name_of(turn, case.benefit)
    match case.state:
        case CaseState.OFFERED:
            return words.line("%(benefit)s is not applied for yet: it waits for your answer.", benefit=benefit)
        case CaseState.APPLIED:
            return words.line("%(benefit)s is applied for and being checked.", benefit=benefit)
        case CaseState.IN_REVIEW:
            return words.line("%(benefit)s is applied for, your community is looking at it.", benefit=benefit)
        case CaseState.ACTIVE:
            amount = name_and_amount(turn, case.benefit, case.amount_fen, Per.MONTH)
            if case.first_month is None:
                return words.line("%(benefit)s is granted.", benefit=amount)
            month = turn.tell.month(case.first_month)
            return words.line("%(benefit)s is granted, from %(month)s on.", benefit=amount, month=month)
        case CaseState.SUSPENDED:
            return words.line("%(benefit)s is not paid for now. Say: I want to be certified.", benefit=benefit)
        case CaseState.REFUSED:
            phone = turn.tell.help_line
            return words.line(
                "%(benefit)s was not granted. Your community or %(phone)s tells you why.", benefit=benefit, phone=phone
            )
        case CaseState.DECLINED:
            return words.line("You said that you do not want %(benefit)s. You can still apply.", benefit=benefit)
        case CaseState.OFFER_ENDED:
            return words.line("The offer of %(benefit)s has ended. You can still apply.", benefit=benefit)
        case _:
            return words.line("%(benefit)s has ended. Ask your community about it.", benefit=benefit)


def _if_not_received(turn: Turn, payments: list[Payment]) -> tuple[Line, ...]:
    """The next step for somebody who does not find what was paid."""
    if all(payment.paid_on is None for payment in payments):
        return ()
    line = turn.words.line("If it has not come, call %(phone)s, they look into it.", phone=turn.tell.help_line)
    return (line,)


def _begins_later(overview: BenefitsOverview, said: str | None) -> tuple[Benefit, date] | None:
    """The benefit that she has and its first month, where that comes after the month that was said as YYYY-MM (without
    one: where nothing has been paid yet)."""
    for line in overview.lines:
        first = line.case.first_month if line.standing is Standing.HAS and line.case is not None else None
        if first is not None and (said is None or said < f"{first:%Y-%m}"):
            return line.benefit, first
    return None


def _is_paid_monthly(overview: BenefitsOverview) -> bool:
    return any(line.standing is Standing.HAS and line.case is not None for line in overview.lines)
