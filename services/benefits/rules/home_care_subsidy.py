"""居家养老服务补助: vouchers every month for care at home.

Source: the city's list of classes A, B and C as published in 2017; the city's reply of 2021 names the same amounts.
The highest class counts, never two. Excluded: under 60, not registered in the city. 特困 counts as 三无, which it
succeeded.
"""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

from services.benefits.conditions import Conditions, all_of, any_of
from services.benefits.engine import Amount, Amounts, Condition, Day, Parameters, People
from services.benefits.rules.person import has_income_class, has_reached, in_force
from services.benefits.rules.rungs import amount_of_highest


class home_care_subsidy_age(Condition):
    """Old enough."""

    @staticmethod
    def formula_2017_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).home_care_subsidy.from_age)


class home_care_subsidy_income(Condition):
    """An income class that is supported by itself: 低保, or 特困 as the successor of 三无."""

    @staticmethod
    def formula_2017_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_income_class(person, period, parameters(period).home_care_subsidy.income_classes)


class home_care_subsidy_group(Condition):
    """In one of the supported groups: cannot look after herself (A, B), 三无, low income or 重点优抚 (C)."""

    @staticmethod
    def formula_2017_01_01(person: People, period: Day) -> Conditions:
        return any_of(
            person("cannot_look_after_self", period),
            person("home_care_subsidy_income", period),
            person("three_withouts", period),
            person("special_care", period),
        )


class home_care_subsidy(Condition):
    """Entitled: registered here, 60 or older, alive and in a supported group. Since 2017-01-01 at the latest."""

    @staticmethod
    def formula_2017_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "home_care_subsidy"),
            person("hukou_in_city", period),
            person("alive", period),
            person("home_care_subsidy_age", period),
            person("home_care_subsidy_group", period),
        )


class home_care_subsidy_in_care_and_need(Condition):
    """Class A, the higher amount: 低保 and cannot look after herself."""

    @staticmethod
    def formula_2017_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        subsidy = parameters(period).home_care_subsidy
        return all_of(
            in_force(person, period, parameters, "home_care_subsidy"),
            person("hukou_in_city", period),
            person("alive", period),
            person("home_care_subsidy_age", period),
            person("cannot_look_after_self", period),
            has_income_class(person, period, subsidy.income_classes_in_need),
        )


class home_care_subsidy_amount_fen(Amount):
    """Fen a month, as far as they are sure."""

    @staticmethod
    def formula_2017_01_01(person: People, period: Day, parameters: Parameters) -> Amounts:
        subsidy = parameters(period).home_care_subsidy
        return amount_of_highest(
            (person("home_care_subsidy", period), subsidy.amount_fen),
            (person("home_care_subsidy_in_care_and_need", period), subsidy.amount_in_care_and_need_fen),
        )
