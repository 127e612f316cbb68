"""养老服务消费补贴 of 2026: the state takes over part of what care costs, by electronic voucher.

Source: the national programme of 2026 as Shenzhen announced it. From 2026-01-01 for twelve months; whether it goes on
is not known. Registered here or not, the care must be given in the city. Excluded: 特困 (their care is paid for
otherwise). The amount is the most that one month's voucher can be worth; the share of the bill is the business of
whoever redeems it.
"""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

from services.benefits.conditions import Conditions, all_of, negation_of
from services.benefits.engine import Amount, Amounts, Condition, Day, Parameters, People
from services.benefits.rules.person import has_income_class, has_reached, in_force, needs_care
from services.benefits.rules.rungs import amount_of_highest


class care_consumption_voucher_age(Condition):
    """Old enough."""

    @staticmethod
    def formula_2026_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).care_consumption_voucher.from_age)


class care_consumption_voucher_ability(Condition):
    """Assessed as moderate, severe or complete loss of ability (GB/T 42195 levels 2 to 4)."""

    @staticmethod
    def formula_2026_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return needs_care(person, period, parameters(period).care_consumption_voucher.from_ability_level)


class care_consumption_voucher_not_cared_for_otherwise(Condition):
    """Not 特困, whose care the state already pays."""

    @staticmethod
    def formula_2026_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        excluded = parameters(period).care_consumption_voucher.income_classes_excluded
        return negation_of(has_income_class(person, period, excluded))


class care_consumption_voucher(Condition):
    """Entitled: 60 or older, living in the city, alive, moderate loss of ability or worse, not 特困. In 2026 only."""

    @staticmethod
    def formula_2026_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "care_consumption_voucher"),
            person("resident", period),
            person("alive", period),
            person("care_consumption_voucher_age", period),
            person("care_consumption_voucher_ability", period),
            person("care_consumption_voucher_not_cared_for_otherwise", period),
        )


class care_consumption_voucher_amount_fen(Amount):
    """The most that one month's voucher is worth, in fen."""

    @staticmethod
    def formula_2026_01_01(person: People, period: Day, parameters: Parameters) -> Amounts:
        voucher = parameters(period).care_consumption_voucher
        return amount_of_highest((person("care_consumption_voucher", period), voucher.cap_fen))
