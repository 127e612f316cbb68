"""Benefits, reasons and standings as people say them, for the pages. The rules and their codes know no words."""

from __future__ import annotations

from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from services.allowances import Adjustment, HeldBecause, LineStatus, Payment
from services.benefits import Benefit, Per
from services.my_benefits import BenefitChange, Standing
from webapp.words import FEN_IN_A_YUAN, day_words, money_words

FEN_IN_TEN_THOUSAND_YUAN = 10_000 * FEN_IN_A_YUAN


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        benefit=benefit_words,
        what_it_is=what_it_is_words,
        amount=amount_words,
        standing=standing_words,
        month=month_words,
        missing=missing_words,
        change=change_words,
        payment=payment_words,
        adjustment=adjustment_words,
    )
    app.jinja_env.globals.update(reason=reason_words)


def benefit_words(benefit: Benefit) -> str:
    """The name of a benefit."""
    return {
        Benefit.OLD_AGE_ALLOWANCE: _("Old-age allowance"),
        Benefit.HOME_CARE_SUBSIDY: _("Home care subsidy"),
        Benefit.CARE_CONSUMPTION_VOUCHER: _("Care voucher"),
        Benefit.MEAL_SUBSIDY: _("Meal subsidy"),
        Benefit.HOME_ADAPTATION: _("Making the home safe"),
        Benefit.SENIOR_CONCESSION: _("Free bus, metro and parks"),
        Benefit.ACCIDENT_INSURANCE: _("Accident insurance"),
        Benefit.SENIOR_CARD: _("Yinian card"),
    }[benefit]


def what_it_is_words(benefit: Benefit) -> str:
    """One sentence on what a benefit is."""
    return {
        Benefit.OLD_AGE_ALLOWANCE: _("Money every month, paid to your Yinian card. It rises at 80, 90 and 100."),
        Benefit.HOME_CARE_SUBSIDY: _("A voucher every month for cleaning, bathing and other help at home."),
        Benefit.CARE_CONSUMPTION_VOUCHER: _("Pays half of what you spend on care at home, up to a limit every month."),
        Benefit.MEAL_SUBSIDY: _("The government pays a part of your lunch at the canteen. You need not do anything."),
        Benefit.HOME_ADAPTATION: _("Grab bars, a safer bathroom, better light: paid for up to a limit, once."),
        Benefit.SENIOR_CONCESSION: _("Show your card or ID card. Parks, museums, buses and the metro cost nothing."),
        Benefit.ACCIDENT_INSURANCE: _("The city has insured you. If you are hurt in an accident, call 12345."),
        Benefit.SENIOR_CARD: _("Bank card, transport card and proof of age in one."),
    }[benefit]


def amount_words(fen: int, per: Per) -> str:
    """An amount and what it is for: "200 yuan a month"."""
    amount = _round_money_words(fen)
    return {
        Per.MONTH: _("%(amount)s a month", amount=amount),
        Per.MEAL: _("up to %(amount)s a meal", amount=amount),
        Per.ONCE: _("up to %(amount)s, once", amount=amount),
        Per.YEAR: _("cover of %(amount)s a year", amount=amount),
    }[per]


def _round_money_words(fen: int) -> str:
    """An amount, in Chinese by ten thousands where it is round: 10万元 is read at once, 100,000元 is not."""
    locale = get_locale()
    if fen % FEN_IN_TEN_THOUSAND_YUAN or locale.language != "zh":
        return money_words(fen)
    # By the script alone: what Hong Kong's locale shortens to 100K is said 10萬.
    written = Locale("zh", script=locale.script)
    return _("%(amount)s yuan", amount=format_compact_decimal(fen // FEN_IN_A_YUAN, locale=written))


def standing_words(standing: Standing) -> str:
    """How a benefit stands, in a few words."""
    return {
        Standing.OFFERED: _("Waits for your answer"),
        Standing.SUSPENDED: _("Not paid for now"),
        Standing.HAS: _("You have it"),
        Standing.APPLIED: _("Applied for, being checked"),
        Standing.MAY_HAVE: _("You can have it"),
        Standing.NEED_TO_KNOW: _("One thing is not known yet"),
        Standing.STOPPED: _("Ended"),
        Standing.NOT_ELIGIBLE: _("Not for you at the moment"),
    }[standing]


def reason_words(code: str, benefit: Benefit, age: int) -> str:
    """Why the rules answer as they do. Raises KeyError for a code without words."""
    return {
        "age_reached": _("You are %(age)d years old.", age=age),
        "age_not_reached": _("You are %(age)d years old. That is too young for it.", age=age),
        "hukou_in_city": _("Your household is registered in Shenzhen."),
        "hukou_not_in_city": _("Your household is not registered in Shenzhen."),
        "lives_in_city": _("You live in Shenzhen."),
        "lives_elsewhere": _("You do not live in Shenzhen."),
        "neither_lives_nor_registered_here": _("You neither live nor are registered in Shenzhen."),
        "died": _("The records say that this person has died."),
        "cannot_look_after_self": _("You need help in daily life."),
        "low_income": _("Your household has a low income."),
        "three_withouts": _("You have nobody to support you."),
        "special_care": _("You or your family served the country."),
        "bereaved_single_child_family": _("You lost your only child."),
        "needs_care": _("An assessment found that you need care."),
        "care_not_needed": _("It is for people whom an assessment found to need care."),
        "cared_for_otherwise": _("Another programme pays for your care already."),
        "very_old": _("You have reached a great age."),
        "district_rule": _("Your district gives more than the city."),
        "not_in_a_supported_group": _("It is for people with a low income, illness or special need."),
        "not_in_force": _("The programme has ended or has not begun."),
        "facts_missing": _("Something has to be known first."),
        "amount_depends_on_missing_facts": _("How much you get depends on something that is not known yet."),
    }[code]


def missing_words(field: str) -> str:
    """A fact that the city does not have, as a question to her. Raises KeyError for a field without words."""
    return {
        "birth_on": _("When were you born?"),
        "hukou": _("Where is your household registered?"),
        "hukou_district": _("In which district is your household registered?"),
        "resident": _("Do you live in Shenzhen?"),
        "income_class": _("Does your household have the certificate of low income?"),
        "three_withouts": _("Is there anybody who must support you?"),
        "special_care": _("Are you or your family entitled to special care?"),
        "bereaved_single_child_family": _("Did you lose your only child?"),
        "ability_level": _("What did the assessment of your abilities find?"),
        "can_look_after_self": _("Can you look after yourself in daily life?"),
        "lives_alone": _("Do you live alone?"),
        "has_card": _("Do you have a Yinian card?"),
    }[field]


def month_words(month: date) -> str:
    """A month: "July 2026"."""
    # Translators: a Babel date pattern of month and year.
    return format_date(month, _("MMMM y"), locale=get_locale())


def change_words(change: BenefitChange) -> str:
    """What a birthday changes about one benefit."""
    name = benefit_words(change.benefit)
    if change.to_fen == 0:
        return _("%(benefit)s ends.", benefit=name)
    if change.to_fen is None or change.per is None:
        return _("%(benefit)s begins.", benefit=name)
    amount = amount_words(change.to_fen, change.per)
    if change.from_fen:
        before = money_words(change.from_fen)
        return _("%(benefit)s: %(amount)s instead of %(before)s.", benefit=name, amount=amount, before=before)
    return _("%(benefit)s begins: %(amount)s.", benefit=name, amount=amount)


def payment_words(payment: Payment) -> str:
    """What became of the money of one month."""
    if payment.paid_on is not None:
        return _("paid on %(day)s", day=day_words(payment.paid_on))
    if payment.status is LineStatus.RETURNED:
        return _("the bank sent it back; we try again next month")
    if payment.held_because is None:
        return _("on its way")
    return {
        HeldBecause.STOP_UNDECIDED: _("waits: your community is checking something and will call you"),
        HeldBecause.CERTIFICATION_UNDECIDED: _("waits: your community is checking something and will call you"),
        HeldBecause.ADJUSTMENT_UNDECIDED: _("waits: your community is checking a correction"),
        HeldBecause.IN_DOUBT: _("waits: your community is checking your data"),
        HeldBecause.NO_ACCOUNT: _("waits until you have a Yinian card; nothing is lost"),
    }[payment.held_because]


def adjustment_words(adjustment: Adjustment) -> str:
    """A correction of a month."""
    amount = money_words(abs(adjustment.amount_fen))
    if adjustment.approved is None:
        return _("a correction of %(amount)s is being checked", amount=amount)
    if adjustment.amount_fen > 0:
        return _("%(amount)s were paid in addition", amount=amount)
    return _("%(amount)s were too much", amount=amount)
