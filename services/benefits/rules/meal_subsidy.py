"""长者助餐补贴: the city pays part of a senior's lunch.

Source: 深民〔2019〕23号, confirmed by the city's page of 2025-01-20. The amount is the cap for one meal: the city
never pays more than the meal costs. Which meals, days and canteens count is the business of `services.meals`.
Excluded from any cap: whoever is not registered in the city; she pays the ordinary price of the canteen.
"""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

from services.benefits.conditions import Conditions, all_of, any_of
from services.benefits.engine import Amount, Amounts, Condition, Day, Parameters, People
from services.benefits.rules.person import has_income_class, has_reached, in_force
from services.benefits.rules.rungs import amount_of_highest


class meal_subsidy_age(Condition):
    """Old enough for those in a hard situation."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).meal_subsidy.from_age_in_hardship)


class meal_subsidy_age_of_everybody(Condition):
    """Old enough whatever the situation."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).meal_subsidy.from_age)


class meal_subsidy_very_old(Condition):
    """Old enough for the higher cap whatever the situation."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).meal_subsidy.from_age_key_group)


class meal_subsidy_income(Condition):
    """特困, 低保 or 低保边缘."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_income_class(person, period, parameters(period).meal_subsidy.income_classes)


class meal_subsidy_hardship(Condition):
    """In a hard situation: a low income class, 三属五老 (told as 重点优抚), or 失独 family."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day) -> Conditions:
        return any_of(
            person("meal_subsidy_income", period),
            person("special_care", period),
            person("bereaved_single_child_family", period),
        )


class meal_subsidy_group(Condition):
    """Old enough whatever the situation, or in a hard one."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day) -> Conditions:
        return any_of(person("meal_subsidy_age_of_everybody", period), person("meal_subsidy_hardship", period))


class meal_subsidy(Condition):
    """Entitled to a cap: registered here, alive, and 70 or older, or 60 or older in a hard situation."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "meal_subsidy"),
            person("hukou_in_city", period),
            person("alive", period),
            person("meal_subsidy_age", period),
            person("meal_subsidy_group", period),
        )


class meal_subsidy_key_group(Condition):
    """Entitled to the higher cap: in a hard situation, or 100 or older."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "meal_subsidy"),
            person("hukou_in_city", period),
            person("alive", period),
            person("meal_subsidy_age", period),
            any_of(person("meal_subsidy_very_old", period), person("meal_subsidy_hardship", period)),
        )


class meal_subsidy_amount_fen(Amount):
    """The cap for one meal in fen, as far as it is sure."""

    @staticmethod
    def formula_2019_11_01(person: People, period: Day, parameters: Parameters) -> Amounts:
        subsidy = parameters(period).meal_subsidy
        return amount_of_highest(
            (person("meal_subsidy", period), subsidy.cap_fen),
            (person("meal_subsidy_key_group", period), subsidy.cap_key_group_fen),
        )
