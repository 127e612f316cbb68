"""Benefits in words for the ear: what they are called, how they stand, why, what was paid."""

from __future__ import annotations

from datetime import date

from services.allowances import HeldBecause, LineStatus, Payment
from services.benefits import Benefit, Per
from services.my_benefits import BenefitLine, BenefitsOverview, NextStep, Standing
from voice.skills.skill import Task, Turn
from voice.wording import Line

# The names that a sentence can give them (voice/understanding/zh/intents.yaml).
OF_A_SENTENCE = {benefit.value: benefit for benefit in Benefit} | {"free_transit": Benefit.SENIOR_CONCESSION}

# The highest age that changes the old-age allowance.
_LAST_RISE_AT = 100


def name_of(turn: Turn, benefit: Benefit) -> Line:
    """What a benefit is called."""
    words = turn.words
    return Line.same(
        {
            Benefit.OLD_AGE_ALLOWANCE: words.say("the old-age allowance"),
            Benefit.HOME_CARE_SUBSIDY: words.say("the home care subsidy"),
            Benefit.CARE_CONSUMPTION_VOUCHER: words.say("the care voucher"),
            Benefit.MEAL_SUBSIDY: words.say("the meal subsidy"),
            Benefit.HOME_ADAPTATION: words.say("making the home safe"),
            Benefit.SENIOR_CONCESSION: words.say("free bus, metro and parks"),
            Benefit.ACCIDENT_INSURANCE: words.say("the accident insurance"),
            Benefit.SENIOR_CARD: words.say("the Yinian card"),
        }[benefit]
    )


def name_and_amount(turn: Turn, benefit: Benefit, amount_fen: int | None, per: Per | None) -> Line:
    """A benefit with what it is worth, where it is money."""
    name = name_of(turn, benefit)
    if amount_fen is None or per is None:
        return name
    values = {"benefit": name, "amount": turn.tell.money(amount_fen)}
    if per is Per.MONTH:
        return turn.words.line("%(benefit)s, %(amount)s a month", **values)
    if per is Per.MEAL:
        return turn.words.line("%(benefit)s, up to %(amount)s a meal", **values)
    if per is Per.ONCE:
        return turn.words.line("%(benefit)s, up to %(amount)s, once", **values)
    return turn.words.line("%(benefit)s, covering %(amount)s a year", **values)


def standing_of(turn: Turn, line: BenefitLine) -> Line:
    """How one benefit stands for her and what she can do, in one or two short sentences."""
    words = turn.words
    values = {"benefit": name_and_amount(turn, line.benefit, line.amount_fen, line.per)}
    match line.standing:
        case Standing.OFFERED:
            return words.line("%(benefit)s, waits for your answer. If you want it, say: I agree to apply.", **values)
        case Standing.SUSPENDED:
            return words.line("%(benefit)s, is not paid for now. Say: I want to be certified.", **values)
        case Standing.HAS:
            return words.line("%(benefit)s, you have it.", **values)
        case Standing.APPLIED:
            return words.line("%(benefit)s, is applied for and being checked.", **values)
        case Standing.MAY_HAVE if line.next_step is NextStep.APPLY_HERE:
            return words.line("%(benefit)s, you can have it. If you want it, say: I want to apply.", **values)
        case Standing.MAY_HAVE:
            return words.line("%(benefit)s, you can have it. Ask your community about it.", **values)
        case Standing.NEED_TO_KNOW:
            return words.joined(
                words.line("%(benefit)s, one thing must be known first.", **values), _missing(turn, line)
            )
        case Standing.STOPPED:
            return words.line("%(benefit)s, has ended. Ask your community about it.", **values)
        case _:
            return words.joined(
                words.line("%(benefit)s, is not for you at the moment.", **values), _why_not(turn, line)
            )


def payment_of(turn: Turn, payment: Payment) -> Line:
    """What became of one month of one benefit."""
    words = turn.words
    values = {
        "month": turn.tell.month(payment.month),
        "benefit": name_of(turn, payment.benefit),
        "amount": turn.tell.money(payment.amount_fen),
    }
    if payment.paid_on is not None:
        values |= {"amount": turn.tell.money(payment.paid_fen), "day": turn.tell.day(payment.paid_on)}
        return words.line("%(benefit)s for %(month)s: %(amount)s, paid on %(day)s.", **values)
    if payment.status is LineStatus.RETURNED:
        return words.line(
            "%(benefit)s for %(month)s, %(amount)s: the bank sent it back, we try again next month.", **values
        )
    if payment.held_because is HeldBecause.NO_ACCOUNT:
        return words.line(
            "%(benefit)s for %(month)s, %(amount)s: waits until you have a Yinian card, nothing is lost.", **values
        )
    if payment.held_because is not None:
        return words.line(
            "%(benefit)s for %(month)s, %(amount)s: waits, your community is checking something and will call you.",
            **values,
        )
    return words.line("%(benefit)s for %(month)s, %(amount)s: is on its way.", **values)


def paid_from(turn: Turn, benefit: Benefit, first_month: date) -> Line:
    """From which month on a benefit is paid, for somebody who asks about an earlier one."""
    month = turn.tell.month(first_month)
    return turn.words.line(
        "%(benefit)s is paid from %(month)s on, nothing is due before.", benefit=name_of(turn, benefit), month=month
    )


def when_it_rises(turn: Turn, overview: BenefitsOverview, task: Task) -> tuple[Line, ...]:
    """What her next birthday changes, told to who asks when the old-age allowance rises."""
    if not task.slots.get("rises"):
        return ()
    changes = (change for change in overview.changes if change.benefit is Benefit.OLD_AGE_ALLOWANCE)
    amount_fen = next((change.to_fen for change in changes), None)
    if not amount_fen and overview.age >= _LAST_RISE_AT:
        return (turn.words.line("It does not rise with your age any more."),)
    if not amount_fen:
        return (turn.words.line("It rises in the month in which you become 80, 90 or 100."),)
    month, amount = turn.tell.month(overview.next_birthday_on), turn.tell.money(amount_fen)
    return (turn.words.line("From %(month)s on, with your birthday, %(amount)s a month.", month=month, amount=amount),)


def where_to(turn: Turn, last_four: str | None) -> Line:
    """Which card the money goes to, by its last four digits one by one."""
    if last_four is None:
        return turn.words.line("It is paid once you have a Yinian card, the community helps you with it.")
    return turn.words.line("It goes to your card that ends in %(digits)s.", digits=turn.tell.digits(last_four))


def is_month(month: date, said: str) -> bool:
    """Whether a month (its first day) is the one that was said as YYYY-MM."""
    return f"{month:%Y-%m}" == said


def _missing(turn: Turn, line: BenefitLine) -> Line:
    """The first fact that is missing, and who can write it down."""
    words = turn.words
    facts = {
        "hukou": words.say("where your household is registered"),
        "hukou_district": words.say("in which district your household is registered"),
        "resident": words.say("whether you live in Shenzhen"),
        "income_class": words.say("whether your household has the certificate of low income"),
        "three_withouts": words.say("whether there is anybody who must support you"),
        "special_care": words.say("whether you or your family are entitled to special care"),
        "bereaved_single_child_family": words.say("what became of your only child"),
        "ability_level": words.say("what the assessment of your abilities found"),
        "can_look_after_self": words.say("whether you can look after yourself in daily life"),
        "lives_alone": words.say("whether you live alone"),
        "has_card": words.say("whether you have a Yinian card"),
    }
    known = [facts[field] for field in line.missing if field in facts]
    if not known:
        return turn.words.line("Please tell your community.")
    return turn.words.line("Please tell your community: %(fact)s.", fact=Line.same(known[0]))


def _why_not(turn: Turn, line: BenefitLine) -> Line:
    """The first reason that she can understand."""
    words = turn.words
    reasons = {
        "age_not_reached": words.say("You are too young for it."),
        "hukou_not_in_city": words.say("Your household is not registered in Shenzhen."),
        "lives_elsewhere": words.say("You do not live in Shenzhen."),
        "neither_lives_nor_registered_here": words.say("You neither live nor are registered in Shenzhen."),
        "care_not_needed": words.say("It is for people whom an assessment found to need care."),
        "cared_for_otherwise": words.say("Another programme pays for your care already."),
        "not_in_a_supported_group": words.say("It is for people with a low income, illness or special need."),
        "not_in_force": words.say("The programme has ended or has not begun."),
    }
    told = [reasons[code] for code in line.reasons if code in reasons]
    return Line.same(told[0] if told else "")
