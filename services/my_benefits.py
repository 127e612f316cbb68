"""我的待遇: every benefit of the city as it stands for one person today, with the reason and the next step; what was
paid; what changes on her next birthday. The web and the assistant tell what stands here, each in its own words.

Rules say what she is entitled to, cases say what has been asked for and granted; this module lays one over the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, Capability, require
from services.ages import birthday_in
from services.allowances import AllowanceCase, CaseState, Payment, list_cases, payments_of
from services.benefits import Answer, Benefit, Per, Status, assess, facts_of
from services.clock import local_day
from services.home_adaptation import Adaptation, AdaptationState, latest_adaptation
from services.home_adaptation.states import WITHOUT_WORK
from services.people import Person, get_person
from services.vouchers import Voucher, see_vouchers


class Standing(StrEnum):
    """How a benefit stands for a person, in the order in which she wants to hear of them."""

    OFFERED = "offered"
    """the city asks her whether she wants it"""
    SUSPENDED = "suspended"
    """granted, not paid for the time being"""
    HAS = "has"
    APPLIED = "applied"
    """asked for, not decided yet"""
    MAY_HAVE = "may_have"
    NEED_TO_KNOW = "need_to_know"
    """it depends on facts that nobody has told the city"""
    STOPPED = "stopped"
    NOT_ELIGIBLE = "not_eligible"


class NextStep(StrEnum):
    """What she can do about it."""

    NOTHING = "nothing"
    ANSWER_OFFER = "answer_offer"
    APPLY_HERE = "apply_here"
    WAIT_FOR_CHECK = "wait_for_check"
    CERTIFY = "certify"
    ASK_COMMUNITY = "ask_community"
    TELL_COMMUNITY = "tell_community"
    """a fact is missing that the community can write down"""
    SEE_HOME = "see_home"
    """the pages of her home lead on: applying, the quote, the work"""
    BOOK_CARE = "book_care"
    """her voucher pays for care at home"""


# Nobody applies for these: whoever is entitled has them.
WITHOUT_APPLICATION = frozenset({Benefit.MEAL_SUBSIDY, Benefit.SENIOR_CONCESSION, Benefit.ACCIDENT_INSURANCE})

OF_A_STATE: Mapping[CaseState, tuple[Standing, NextStep]] = {
    CaseState.OFFERED: (Standing.OFFERED, NextStep.ANSWER_OFFER),
    CaseState.APPLIED: (Standing.APPLIED, NextStep.WAIT_FOR_CHECK),
    CaseState.IN_REVIEW: (Standing.APPLIED, NextStep.WAIT_FOR_CHECK),
    CaseState.ACTIVE: (Standing.HAS, NextStep.NOTHING),
    CaseState.SUSPENDED: (Standing.SUSPENDED, NextStep.CERTIFY),
    CaseState.STOPPED: (Standing.STOPPED, NextStep.ASK_COMMUNITY),
}
"""States that are not here leave the person where she would be without a case."""


@dataclass(frozen=True)
class BenefitLine:
    """One benefit as it stands for one person. `amount_fen` is what she gets or may get, None where it is not money or
    not settled. `missing` are fields of `Facts` that the answer depends on. `left_fen` is what is left of a voucher of
    this month, which is void after `usable_until`."""

    benefit: Benefit
    standing: Standing
    next_step: NextStep
    amount_fen: int | None
    per: Per | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    case: AllowanceCase | None
    left_fen: int | None = None
    usable_until: date | None = None


@dataclass(frozen=True)
class BenefitChange:
    """What a birthday changes: the amounts before and after in fen; 0 where she is not entitled, None where the benefit
    is not money."""

    benefit: Benefit
    from_fen: int | None
    to_fen: int | None
    per: Per | None


@dataclass(frozen=True)
class BenefitsOverview:
    """Everything about one person's benefits. `age` is in completed years; the lines stand in the order of `Standing`,
    the payments newest first; `changes` is what her next birthday brings."""

    person_id: UUID
    age: int
    lines: tuple[BenefitLine, ...]
    payments: tuple[Payment, ...]
    next_birthday_on: date
    changes: tuple[BenefitChange, ...]

    def line(self, benefit: Benefit) -> BenefitLine:
        """The line of this benefit."""
        return next(line for line in self.lines if line.benefit == benefit)

    @property
    def waiting(self) -> BenefitLine | None:
        """The one thing that waits for her answer, if anything does."""
        return next((line for line in self.lines if line.next_step is NextStep.ANSWER_OFFER), None)


def see_benefits(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> BenefitsOverview:
    """The benefits of one person. Raises NotAllowed."""
    person = get_person(session, actor, person_id=person_id)
    require(actor, Capability.SEE_BENEFITS, person_id=person_id, community=person.community)
    today = local_day(now)
    cases = _latest(list_cases(session, actor, person_id=person_id))
    answers = assess(facts_of(person, as_of=today))
    lines = [_line(person, benefit, answer, cases.get(benefit)) for benefit, answer in answers.items()]
    vouchers = see_vouchers(session, actor, person_id=person_id, now=now)
    home = latest_adaptation(session, actor, person_id=person_id)
    lines = [_of_home(_of_voucher(line, vouchers), home) for line in lines]
    order = list(Standing)
    birthday = next_birthday(person.birth_on, today)
    return BenefitsOverview(
        person_id=person_id,
        age=person.age_on(today),
        lines=tuple(sorted(lines, key=lambda line: order.index(line.standing))),
        payments=payments_of(session, actor, person_id=person_id),
        next_birthday_on=birthday,
        changes=_changes(*(_as_of(person, day) for day in (birthday - timedelta(days=1), birthday))),
    )


def next_birthday(birth_on: date, day: date) -> date:
    """The first day after `day` on which a year of age is complete.

    >>> next_birthday(date(1956, 2, 29), date(2026, 2, 28)), next_birthday(date(1956, 11, 24), date(2026, 11, 23))
    (datetime.date(2027, 2, 28), datetime.date(2026, 11, 24))
    """
    this_year = birthday_in(birth_on, day.year)
    return this_year if this_year > day else birthday_in(birth_on, day.year + 1)


def _latest(cases: tuple[AllowanceCase, ...]) -> dict[Benefit, AllowanceCase]:
    """Of each benefit the case that was begun last; ids sort by time."""
    return {case.benefit: case for case in sorted(cases, key=lambda case: case.id)}


def _line(person: Person, benefit: Benefit, answer: Answer, case: AllowanceCase | None) -> BenefitLine:
    standing, step = OF_A_STATE.get(case.state, (None, None)) if case else (None, None)
    if standing is None or step is None:
        standing, step = _without_case(person, benefit, answer)
    # Somebody who agreed before her birthday is not entitled today; the case knows what she will get.
    amount = case.amount_fen if case and answer.status is not Status.ELIGIBLE else answer.amount_fen
    return BenefitLine(benefit, standing, step, amount, answer.per, answer.reasons, answer.missing, case)


def _of_voucher(line: BenefitLine, vouchers: tuple[Voucher, ...]) -> BenefitLine:
    """The line of a voucher that she has this month."""
    for voucher in vouchers:
        if voucher.kind.benefit is line.benefit and not voucher.is_foreseen:
            return replace(
                line,
                standing=Standing.HAS,
                next_step=NextStep.BOOK_CARE,
                amount_fen=voucher.granted_fen,
                left_fen=voucher.left_fen,
                usable_until=voucher.usable_until,
            )
    return line


def _of_home(line: BenefitLine, home: Adaptation | None) -> BenefitLine:
    """The line of the adaptation of her home, which has cases of its own."""
    if line.benefit is not Benefit.HOME_ADAPTATION:
        return line
    if home is None or home.state in WITHOUT_WORK:
        may_apply = line.standing in (Standing.MAY_HAVE, Standing.NEED_TO_KNOW)
        return replace(line, next_step=NextStep.SEE_HOME) if may_apply else line
    standing = Standing.HAS if home.state is AdaptationState.PAID else Standing.APPLIED
    return replace(line, standing=standing, next_step=NextStep.SEE_HOME)


def _without_case(person: Person, benefit: Benefit, answer: Answer) -> tuple[Standing, NextStep]:
    if answer.status is Status.NOT_ELIGIBLE:
        return Standing.NOT_ELIGIBLE, NextStep.NOTHING
    if answer.status is Status.NEED_TO_KNOW:
        return Standing.NEED_TO_KNOW, NextStep.TELL_COMMUNITY
    if benefit in WITHOUT_APPLICATION or (benefit is Benefit.SENIOR_CARD and person.has_card):
        return Standing.HAS, NextStep.NOTHING
    if benefit is Benefit.OLD_AGE_ALLOWANCE:
        return Standing.MAY_HAVE, NextStep.APPLY_HERE
    return Standing.MAY_HAVE, NextStep.ASK_COMMUNITY


def _as_of(person: Person, day: date) -> Mapping[Benefit, Answer]:
    """What the rules would say of her on a day to come."""
    return assess(replace(facts_of(person, as_of=day), died_on=None))


def _changes(eve: Mapping[Benefit, Answer], then: Mapping[Benefit, Answer]) -> tuple[BenefitChange, ...]:
    """What is different on the birthday itself: a programme that ends before it is no change of hers."""
    return tuple(
        BenefitChange(benefit, _worth(before), _worth(then[benefit]), before.per)
        for benefit, before in eve.items()
        if (before.status, before.amount_fen) != (then[benefit].status, then[benefit].amount_fen)
        # What depends on facts that nobody knows is no promise for a birthday.
        and Status.NEED_TO_KNOW not in (before.status, then[benefit].status)
    )


def _worth(answer: Answer) -> int | None:
    if answer.status is not Status.ELIGIBLE:
        return 0
    return answer.amount_fen
