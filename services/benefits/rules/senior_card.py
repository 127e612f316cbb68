"""智慧养老颐年卡: one card for identity, concessions, payment of the allowance, bank and transit.

Source: the city's reply of 2021; issued since April 2020 to everybody of 60 and older who lives in the city, wherever
she is registered. Registered seniors who live elsewhere get it too (异地办理): their allowance is paid to it. Whether
she has one already does not change the right to it.
"""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

from services.benefits.conditions import Conditions, all_of, any_of
from services.benefits.engine import Condition, Day, Parameters, People
from services.benefits.rules.person import has_reached, in_force


class senior_card_age(Condition):
    """Old enough."""

    @staticmethod
    def formula_2020_04_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).senior_card.from_age)


class senior_card_belongs_here(Condition):
    """Lives in the city or is registered in it."""

    @staticmethod
    def formula_2020_04_01(person: People, period: Day) -> Conditions:
        return any_of(person("resident", period), person("hukou_in_city", period))


class senior_card(Condition):
    """Entitled to a card: 60 or older, alive, living in the city or registered in it."""

    @staticmethod
    def formula_2020_04_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "senior_card"),
            person("senior_card_belongs_here", period),
            person("alive", period),
            person("senior_card_age", period),
        )
