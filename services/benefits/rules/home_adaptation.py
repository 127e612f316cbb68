"""居家适老化改造: the city pays for making a senior's home safe, once for each home.

Sources: the city's reply of 2021 (registered, 失能 or 半失能 or very old, 10,000 yuan a household), the pilot of
November 2022 for what "very old" and "半失能" mean (80, moderate loss of ability), the district's own page for 龙华.
Whether the home was adapted before and whose it is cannot be known here: that is checked when she applies.
"""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

import numpy as np

from services.benefits.conditions import Conditions, all_of, any_of, either, known_where
from services.benefits.engine import Amount, Amounts, Condition, Day, Parameters, People
from services.benefits.facts import NO_DISTRICT
from services.benefits.rules.person import has_income_class, has_reached, in_force, needs_care
from services.benefits.rules.rungs import amount_of_highest


class home_adaptation_age(Condition):
    """Old enough for those who need care or help."""

    @staticmethod
    def formula_2020_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).home_adaptation.from_age)


class home_adaptation_very_old(Condition):
    """Old enough whatever the ability."""

    @staticmethod
    def formula_2020_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).home_adaptation.from_age_of_everybody)


class home_adaptation_ability(Condition):
    """Assessed as moderate loss of ability or worse."""

    @staticmethod
    def formula_2020_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return needs_care(person, period, parameters(period).home_adaptation.from_ability_level)


class home_adaptation_in_longhua(Condition):
    """Registered in 龙华, which has had rules of its own since 2023."""

    @staticmethod
    def formula_2023_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        district = person("hukou_district", period)
        its_own = np.isin(district, [int(code) for code in parameters(period).home_adaptation.longhua_districts])
        return known_where(district != NO_DISTRICT, its_own, "hukou_district")


class home_adaptation_income(Condition):
    """In 龙华: 低保 or 特困."""

    @staticmethod
    def formula_2023_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_income_class(person, period, parameters(period).home_adaptation.longhua_income_classes)


class home_adaptation_longhua_age(Condition):
    """In 龙华: old enough whatever the ability and income."""

    @staticmethod
    def formula_2023_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).home_adaptation.longhua_from_age_of_everybody)


class home_adaptation_group(Condition):
    """Very old, or in need of care; since 2023 in 龙华 also low income, and old from an earlier age on."""

    @staticmethod
    def formula_2020_01_01(person: People, period: Day) -> Conditions:
        return any_of(person("home_adaptation_very_old", period), person("home_adaptation_ability", period))

    @staticmethod
    def formula_2023_01_01(person: People, period: Day) -> Conditions:
        needs = person("home_adaptation_ability", period)
        longhua = any_of(person("home_adaptation_longhua_age", period), needs, person("home_adaptation_income", period))
        elsewhere = any_of(person("home_adaptation_very_old", period), needs)
        return either(person("home_adaptation_in_longhua", period), longhua, elsewhere)


class home_adaptation(Condition):
    """Entitled: registered here, 60 or older, alive and in a supported group."""

    @staticmethod
    def formula_2020_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "home_adaptation"),
            person("hukou_in_city", period),
            person("alive", period),
            person("home_adaptation_age", period),
            person("home_adaptation_group", period),
        )


class home_adaptation_by_longhua(Condition):
    """Entitled to the cap of 龙华."""

    @staticmethod
    def formula_2023_01_01(person: People, period: Day) -> Conditions:
        return all_of(person("home_adaptation_in_longhua", period), person("home_adaptation", period))


class home_adaptation_paid_in_full(Condition):
    """Entitled to the highest cap of 龙华: 特困."""

    @staticmethod
    def formula_2023_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        classes = parameters(period).home_adaptation.longhua_income_classes_in_full
        return all_of(
            in_force(person, period, parameters, "home_adaptation"),
            person("hukou_in_city", period),
            person("alive", period),
            person("home_adaptation_age", period),
            person("home_adaptation_in_longhua", period),
            has_income_class(person, period, classes),
        )


class home_adaptation_amount_fen(Amount):
    """The cap for the home in fen, as far as it is sure."""

    @staticmethod
    def formula_2020_01_01(person: People, period: Day, parameters: Parameters) -> Amounts:
        return amount_of_highest(
            (person("home_adaptation", period), parameters(period).home_adaptation.cap_fen),
        )

    @staticmethod
    def formula_2023_01_01(person: People, period: Day, parameters: Parameters) -> Amounts:
        adaptation = parameters(period).home_adaptation
        return amount_of_highest(
            (person("home_adaptation", period), adaptation.cap_fen),
            (person("home_adaptation_by_longhua", period), adaptation.longhua_cap_fen),
            (person("home_adaptation_paid_in_full", period), adaptation.longhua_cap_in_full_fen),
        )
