"""What is asked of a person, and the conditions that several benefits share."""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

from typing import Any

import numpy as np

from services.benefits import days
from services.benefits.conditions import BIT_OF, Conditions, known, known_where, negation_of
from services.benefits.engine import (
    Condition,
    Day,
    DayKnown,
    HukouKnown,
    IncomeClassKnown,
    Parameters,
    People,
    Years,
    new_named,
    new_variable,
    number_input,
)
from services.benefits.facts import NO_DISTRICT, NO_LEVEL
from services.people import Hukou

NO_AGE = -1

INPUTS = (
    new_named("hukou", HukouKnown, "Where the household is registered (户籍)."),
    number_input("hukou_district", NO_DISTRICT, "The district of the household registration, six digits.", Condition),
    new_named("income_class", IncomeClassKnown, "特困 destitute, 低保 minimum_living, 低保边缘 its margin, or none."),
    number_input("ability_level", NO_LEVEL, "Loss of ability, GB/T 42195: 0 intact to 4 complete.", Condition),
    *(
        new_variable(name, Condition, documentation, default_value=BIT_OF[name])
        for name, documentation in {
            "resident": "Lives in the city, whatever the household registration.",
            "three_withouts": "三无: without income, without ability to work, without anybody who must support her.",
            "special_care": "重点优抚: martyrs' kin, revolutionary elders and others whom the state owes care.",
            "bereaved_single_child_family": "失独: the only child died or is disabled (third degree or worse).",
            "can_look_after_self": "Does not need somebody else for daily life.",
            "lives_alone": "Nobody else lives in the household.",
            "has_card": "Has a 颐年卡.",
        }.items()
    ),
)


class as_of(DayKnown):
    """The day asked about: the day of the calculation unless another is given."""

    @staticmethod
    def formula(person: People, period: Day) -> Any:
        return np.datetime64(str(period.start), "D")


class birth_on(DayKnown):
    """Day of birth, as in the household registration."""


class died_on(DayKnown):
    """Day of death; not given means that no death is known."""


class age(Years):
    """Completed years on the day asked about, or at death; -1 where the day of birth is not known.

    Nobody grows older after death: a birthday later in the month of death reaches no age and no tier.
    """

    @staticmethod
    def formula(person: People, period: Day) -> Any:
        day, born, died = person("as_of", period), person("birth_on", period), person("died_on", period)
        last_day = np.where(days.is_given(died), np.minimum(day, died), day)
        return np.where(days.is_given(born), days.completed_years(born, last_day), NO_AGE)


class alive(Condition):
    """No death is known up to the day asked about; the day of death itself counts as a day alive."""

    @staticmethod
    def formula(person: People, period: Day) -> Conditions:
        died = person("died_on", period)
        return known(~days.is_given(died) | (person("as_of", period) <= died))


class alive_this_month(Condition):
    """No death is known before the month of the day asked about: what is paid monthly includes the month of death."""

    @staticmethod
    def formula(person: People, period: Day) -> Conditions:
        died = person("died_on", period)
        this_month = days.month_number(person("as_of", period))
        return known(~days.is_given(died) | (this_month <= days.month_number(died)))


class hukou_in_city(Condition):
    """The household is registered in Shenzhen."""

    @staticmethod
    def formula(person: People, period: Day) -> Conditions:
        return name_is_among(person("hukou", period), [Hukou.SHENZHEN], HukouKnown, "hukou")


class cannot_look_after_self(Condition):
    """Needs somebody else for daily life (介护)."""

    @staticmethod
    def formula(person: People, period: Day) -> Conditions:
        return negation_of(person("can_look_after_self", period))


def has_reached(person: People, period: Day, years: int) -> Conditions:
    """Whether each person is at least so old."""
    ages = person("age", period)
    return known_where(ages != NO_AGE, ages >= years, "birth_on")


def needs_care(person: People, period: Day, from_level: int) -> Conditions:
    """Whether each person's assessed loss of ability is at least of this level."""
    levels = person("ability_level", period)
    return known_where(levels != NO_LEVEL, levels >= from_level, "ability_level")


def has_income_class(person: People, period: Day, classes: list[str]) -> Conditions:
    """Whether each person belongs to one of the income classes."""
    return name_is_among(person("income_class", period), classes, IncomeClassKnown, "income_class")


def name_is_among(values: Any, wanted: list[str], names: Any, field: str) -> Conditions:
    """Whether each of the named values is among the wanted names; open where it is not known."""
    codes = np.asarray(values)
    return known_where(codes != 0, np.isin(codes, [names[name].index for name in wanted]), field)


def in_force(person: People, period: Day, parameters: Parameters, benefit: str) -> Conditions:
    """YES for everybody while the benefit exists, NO after it has ended."""
    return np.full(person.count, int(parameters(period)[benefit].in_force), dtype=np.int32)
