"""敬老优待: eight concessions (parks, museums, sports grounds, buses and metro, ...) for everybody old who lives here.

Source: the city's announcement of the eight items, in force since 2019-08-02. Registered here, elsewhere, in Hong Kong,
Macao or Taiwan alike; no application. Excluded: whoever does not live in the city.
"""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

from services.benefits.conditions import Conditions, all_of
from services.benefits.engine import Condition, Day, Parameters, People
from services.benefits.rules.person import has_reached, in_force


class senior_concession_age(Condition):
    """Old enough."""

    @staticmethod
    def formula_2019_08_02(person: People, period: Day, parameters: Parameters) -> Conditions:
        return has_reached(person, period, parameters(period).senior_concession.from_age)


class senior_concession(Condition):
    """Entitled: 60 or older, living in the city, alive."""

    @staticmethod
    def formula_2019_08_02(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "senior_concession"),
            person("resident", period),
            person("alive", period),
            person("senior_concession_age", period),
        )
