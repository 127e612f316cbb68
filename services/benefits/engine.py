"""The seam to OpenFisca: everything else in `services.benefits` is typed and knows only what this module hands out.

OpenFisca wants each variable to be a class of its own, whose name is the variable's name and whose formulas are
functions named after the day from which they hold (`formula_2019_10_01`). The bases below fill in what is the same
for all of ours: one entity, one day at a time, the label from the docstring. Formulas are written as static methods,
which is what they are, and are handed to OpenFisca as the plain functions that it expects.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode  # type: ignore[import-untyped]
from openfisca_core.periods import DateUnit, Instant, Period
from openfisca_core.simulations import SimulationBuilder  # type: ignore[import-untyped]
from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # type: ignore[import-untyped]
from openfisca_core.variables import Variable  # type: ignore[import-untyped]

from services.benefits.conditions import Conditions
from services.benefits.days import Days
from services.benefits.facts import HUKOU_NAMES, INCOME_CLASS_NAMES, NO_DAY

# What OpenFisca hands to a formula, none of it typed: the day, and the parameters of a day by name.
Day = Any
Parameters = Callable[[Any], Any]
Amounts = NDArray[np.int32]


class People(Protocol):
    """Everybody whom a formula is asked about: `person(variable, period)` is an array with one value for each."""

    count: int

    def __call__(self, variable: str, period: Day) -> Any:
        """The values of a variable."""


PERSON = Entity("person", "persons", "A person", "Somebody whose benefits are asked for.")


def new_names(name: str, members: Iterable[str]) -> Any:
    """Names for a variable that has one of several; their order is that of their codes."""
    return Enum(name, {str(member): str(member) for member in members})


HukouKnown = new_names("HukouKnown", HUKOU_NAMES)
IncomeClassKnown = new_names("IncomeClassKnown", INCOME_CLASS_NAMES)


def _complete(variable: type, value_type: type, **attributes: object) -> None:
    """Put what OpenFisca looks for into the class itself; it does not look at bases."""
    documentation = inspect.getdoc(variable) or ""
    shared = {
        "value_type": value_type,
        "entity": PERSON,
        "definition_period": DateUnit.DAY,
        "label": documentation.partition("\n")[0],
        "documentation": documentation,
    }
    for name, value in (shared | attributes).items():
        setattr(variable, name, value)
    for name, value in list(vars(variable).items()):
        if isinstance(value, staticmethod):
            setattr(variable, name, value.__func__)


class Condition(Variable):  # type: ignore[misc]
    """A condition as `services.benefits.conditions` defines it."""

    def __init_subclass__(cls) -> None:
        _complete(cls, int)


class Amount(Variable):  # type: ignore[misc]
    """Money in fen."""

    def __init_subclass__(cls) -> None:
        _complete(cls, int, unit="fen")


class Years(Variable):  # type: ignore[misc]
    """Whole years."""

    def __init_subclass__(cls) -> None:
        _complete(cls, int, unit="years")


class DayKnown(Variable):  # type: ignore[misc]
    """A day, `NO_DAY` where it is not known."""

    def __init_subclass__(cls) -> None:
        _complete(cls, date, default_value=NO_DAY)


class Words(Variable):  # type: ignore[misc]
    """Codes with a space between them, for tests that people read."""

    def __init_subclass__(cls) -> None:
        _complete(cls, str)


def new_variable(name: str, base: type, documentation: str, **attributes: object) -> type:
    """A variable made from data instead of written as a class."""
    return type(name, (base,), {"__doc__": documentation, "__module__": __name__, **attributes})


def new_named(name: str, names: Any, documentation: str, **attributes: object) -> type:
    """A variable with one of several names; the first is what an input is when it is not told."""
    variable = new_variable(name, Variable, documentation, **attributes)
    _complete(variable, Enum, possible_values=names, default_value=next(iter(names)))
    return variable


def number_input(name: str, not_known: int, documentation: str, base: type = Years) -> type:
    """An input that is a whole number, with one value that stands for not known."""
    return new_variable(name, base, documentation, default_value=not_known)


def variables_of(module: ModuleType) -> list[type]:
    """The variables that a module writes as classes, in the order of writing."""
    return [
        member
        for member in vars(module).values()
        if inspect.isclass(member) and issubclass(member, Variable) and member.__module__ == module.__name__
    ]


class RuleSystem(TaxBenefitSystem):  # type: ignore[misc]
    """OpenFisca's rules with our parameters, and with the parameters of a day looked up once instead of per formula."""

    def __init__(self, variables: Iterable[type], parameters: Mapping[str, object]) -> None:
        super().__init__([PERSON])
        self.add_variables(*variables)
        self.parameters = ParameterNode("", data=dict(parameters))
        self._parameters_on: dict[str, Any] = {}

    def get_parameters_at_instant(self, instant: Any) -> Any:
        """The parameters in force on a day."""
        key = str(instant)
        if key not in self._parameters_on:
            self._parameters_on[key] = super().get_parameters_at_instant(instant)
        return self._parameters_on[key]


class Calculation:
    """The rules of one day applied to many people."""

    def __init__(self, rules: RuleSystem, on: date, people: int) -> None:
        self._period = Period((DateUnit.DAY, Instant((on.year, on.month, on.day)), 1))
        self._simulation = SimulationBuilder().build_default_simulation(rules, people)

    def tell(self, variable: str, values: Conditions | Days) -> None:
        """Set an input for everybody."""
        self._simulation.set_input(variable, self._period, values)

    def ask(self, variable: str) -> Conditions:
        """The whole numbers that the rules give for everybody."""
        answer: Conditions = self._simulation.calculate(variable, self._period)
        return answer
