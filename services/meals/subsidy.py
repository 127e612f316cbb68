"""How the city's subsidy reaches a meal: for which meals, days and canteens, how often. No database in here.

Who gets how much is the business of `services.benefits`; this is how meals are booked under it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.benefits import MealCap, facts_of, meal_subsidy_cap
from services.errors import ServiceError
from services.meals.views import Canteen, Meal, PriceSplit
from services.people import Hukou, Person
from services.working_days import is_working_day

FILE = Path(__file__).with_name("subsidy.yaml")


class ParametersWrong(ServiceError):
    """A parameter file has an unknown key, a bad value or dates out of order; `file` and `problem`."""

    code = "parameters_wrong"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SubsidyRule(_Strict):
    """How the subsidy is used from one date on, until the next rule begins."""

    valid_from: date
    reference: str
    confidence: str
    review_by: date
    meals: tuple[Meal, ...]
    working_days_only: bool
    portions_a_day: Annotated[int, Field(ge=0)]
    portions_a_week: Annotated[int, Field(ge=0)]
    where: Literal["district_of_hukou", "city"]
    # What the canteen gets from the city for each subsidised diner.
    operator_fen_a_diner: Annotated[int, Field(ge=0)]
    # What the city pays of bringing a subsidised meal to somebody entitled.
    delivery_fen_a_trip: Annotated[int, Field(ge=0)]
    delivery_from_age: int
    delivery_from_age_if_disabled: int
    # GB/T 42195: 2 is moderate.
    disabled_from_level: Annotated[int, Field(ge=0, le=4)]


@cache
def load_rules(file: Path = FILE) -> tuple[SubsidyRule, ...]:
    """All rules, oldest first. Raises ParametersWrong naming the file."""
    try:
        rules = TypeAdapter(tuple[SubsidyRule, ...]).validate_python(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (ValueError, yaml.YAMLError) as error:
        raise ParametersWrong(file=file.name, problem=str(error)) from error
    starts = [rule.valid_from for rule in rules]
    if not rules or starts != sorted(set(starts)):
        raise ParametersWrong(file=file.name, problem="expected rules with different valid_from, oldest first")
    return rules


def rule_on(day: date) -> SubsidyRule | None:
    """The rule in force on `day`; None before the first one."""
    return next((rule for rule in reversed(load_rules()) if rule.valid_from <= day), None)


def cap_on(person: Person, day: date) -> MealCap:
    """The most that the city pays for one meal of this person on `day`: the benefit's own rules decide."""
    return meal_subsidy_cap(facts_of(person, as_of=day))


def subsidised_portions(rule: SubsidyRule, day: date, meal: Meal, quantity: int, taken_on: Iterable[date]) -> int:
    """How many of `quantity` portions are subsidised, when subsidised ones were booked for the days `taken_on`."""
    if meal not in rule.meals or (rule.working_days_only and not is_working_day(day)):
        return 0
    monday = day - timedelta(days=day.weekday())
    taken = list(taken_on)
    left_today = rule.portions_a_day - sum(taken_day == day for taken_day in taken)
    left_this_week = rule.portions_a_week - sum(monday <= taken_day < monday + timedelta(days=7) for taken_day in taken)
    return max(0, min(quantity, left_today, left_this_week))


def delivery_is_paid_for(rule: SubsidyRule, person: Person, day: date) -> bool:
    """Whether the city pays for bringing meals to her on `day`: registered here and 100, or 70 and not able to look
    after herself to a moderate degree or worse. Whose ability nobody has assessed is not entitled by it."""
    if person.hukou is not Hukou.SHENZHEN:
        return False
    age = person.age_on(day)
    is_disabled = person.ability_level is not None and person.ability_level >= rule.disabled_from_level
    return age >= rule.delivery_from_age or (is_disabled and age >= rule.delivery_from_age_if_disabled)


@dataclass(frozen=True)
class SubsidisedPrice:
    """A price split and the rule that it follows from."""

    split: PriceSplit
    rule: str


def price_of(
    person: Person,
    canteen: Canteen,
    cap: MealCap,
    *,
    day: date,
    meal: Meal,
    price_fen: int,
    quantity: int,
    delivery: bool,
    taken_on: Iterable[date],
) -> SubsidisedPrice:
    """What `quantity` portions cost her: the city pays the real price of a portion up to her cap, never more.

    `cap` is hers on `day` (`cap_on`); it is handed in because a page of menus asks for it once and not for each.
    """
    fee = canteen.delivery_fee_fen if delivery else 0
    rule = rule_on(day)
    subsidy = delivery_subsidy = 0
    if rule is not None and (rule.where == "city" or canteen.district == person.hukou_district):
        portions = subsidised_portions(rule, day, meal, quantity, taken_on)
        subsidy = portions * min(cap.fen, price_fen)
        if subsidy and delivery_is_paid_for(rule, person, day):
            delivery_subsidy = min(rule.delivery_fen_a_trip, fee)
    return SubsidisedPrice(PriceSplit(price_fen * quantity, subsidy, fee, delivery_subsidy), cap.rule)
