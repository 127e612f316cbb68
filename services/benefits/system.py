"""The rules put together: parameters, inputs, formulas, and for each benefit its status and what is missing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from services.benefits.conditions import NO, field_names, open_fields
from services.benefits.engine import (
    Condition,
    Day,
    People,
    RuleSystem,
    Words,
    new_named,
    new_names,
    new_variable,
    variables_of,
)
from services.benefits.names import Benefit, Status
from services.benefits.parameter_files import FOLDER, ParameterFile, read_parameter_files
from services.benefits.reasons import OUTLINES, Outline
from services.benefits.rules import (
    accident_insurance,
    care_consumption_voucher,
    home_adaptation,
    home_care_subsidy,
    meal_subsidy,
    old_age_allowance,
    person,
    senior_card,
    senior_concession,
)

RULES = (
    old_age_allowance,
    home_care_subsidy,
    care_consumption_voucher,
    meal_subsidy,
    home_adaptation,
    senior_concession,
    accident_insurance,
    senior_card,
)
# The order is that of the codes: 0, 1, 2.
STATUSES = tuple(Status)
StatusKnown = new_names("StatusKnown", STATUSES)


@dataclass(frozen=True)
class Rules:
    """The rules of all times, ready to be asked."""

    system: RuleSystem
    files: Mapping[Benefit, ParameterFile]
    days_of_change: tuple[date, ...]

    def era_of(self, day: date) -> int:
        """Two days of the same era have the same rules and amounts: 0 is before any rule, then one for each change."""
        return bisect_right(self.days_of_change, day)

    def first_day_of_era(self, era: int) -> date:
        """The first day of an era; of the one before any rule, an arbitrary day."""
        return self.days_of_change[era - 1] if era else date(1900, 1, 1)

    def is_in_force(self, benefit: Benefit, day: date) -> bool:
        """Whether the benefit exists on a day."""
        return bool(self.system.parameters.children[benefit].in_force.get_at_instant(str(day)))

    def version_on(self, benefit: Benefit, day: date) -> str:
        """The name of the rule that holds on a day, for the record of a decision: the benefit and its last change."""
        changes = self.files[benefit].days_of_change
        latest = bisect_right(changes, day)
        return f"{benefit}-{changes[latest - 1]}" if latest else f"{benefit}-none"


@cache
def city_rules(folder: Path = FOLDER) -> Rules:
    """The rules with the parameters of a folder, read once. Raises ParameterFileWrong."""
    files = read_parameter_files(folder)
    written = [variable for module in (person, *RULES) for variable in variables_of(module)]
    made = [variable for benefit in Benefit for variable in _answers_of(benefit, OUTLINES[benefit])]
    system = RuleSystem([*person.INPUTS, *written, *made], {benefit.value: files[benefit].data for benefit in Benefit})
    changes = {day for file in files.values() for day in file.days_of_change}
    for variable in system.variables.values():
        changes.update(date.fromisoformat(day) for day in variable.formulas if day != str(date.min))
    return Rules(system, files, tuple(sorted(changes)))


def _answers_of(benefit: Benefit, outline: Outline) -> list[type]:
    """The status of a benefit, the fields that its answer still needs as a set, and the same in words."""
    needed, status, words = f"{benefit}_needs", f"{benefit}_status", f"{benefit}_missing"

    def needs(person: People, period: Day) -> Any:
        return open_fields(*(person(name, period) for name in (benefit.value, *outline.rungs)))

    def status_code(person: People, period: Day) -> Any:
        entitled, missing = person(benefit.value, period), person(needed, period)
        settled = np.where(entitled == NO, STATUSES.index(Status.NOT_ELIGIBLE), STATUSES.index(Status.ELIGIBLE))
        return np.where(missing > 0, STATUSES.index(Status.NEED_TO_KNOW), settled)

    def names(person: People, period: Day) -> Any:
        return np.array([" ".join(field_names(fields)) for fields in person(needed, period)], dtype=object)

    return [
        new_variable(needed, Condition, "The fields that could still change the answer.", formula=needs),
        new_named(status, StatusKnown, "Eligible or not, or what decides it is missing.", formula=status_code),
        new_variable(words, Words, "The names of the fields that could still change the answer.", formula=names),
    ]
