"""银龄安康: accident insurance that the city buys for everybody old who is registered here, without application.

Source: the city's reply of 2021 (from 60, up to 100,000 yuan); begun in 2009 for the very old, under conditions that
were not found. Cover begins at 0:00 of the 60th birthday. Excluded: whoever is not registered in the city. Districts
may insure more on top.
"""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

from services.benefits.conditions import Conditions, all_of
from services.benefits.engine import Amount, Amounts, Condition, Day, Parameters, People
from services.benefits.rules.person import has_reached, in_force
from services.benefits.rules.rungs import amount_of_highest


class accident_insurance_age(Condition):
    """Old enough."""

    @staticmethod
    def formula_2021_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).accident_insurance.from_age)


class accident_insurance(Condition):
    """Insured: 60 or older, registered here, alive."""

    @staticmethod
    def formula_2021_01_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "accident_insurance"),
            person("hukou_in_city", period),
            person("alive", period),
            person("accident_insurance_age", period),
        )


class accident_insurance_amount_fen(Amount):
    """The most that is paid in a year, in fen."""

    @staticmethod
    def formula_2021_01_01(person: People, period: Day, parameters: Parameters) -> Amounts:
        insurance = parameters(period).accident_insurance
        return amount_of_highest((person("accident_insurance", period), insurance.cap_fen))
