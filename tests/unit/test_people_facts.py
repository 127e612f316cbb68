"""From people to the facts that the rules ask for."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from uuid import UUID

import pytest

from services.benefits import Benefit, Facts, Status, assess, facts_of
from services.benefits.facts import codes_of
from services.districts import DISTRICT_CODES
from services.people import Hukou, IncomeClass, Person

TODAY = date(2026, 11, 24)
LITTLE_KNOWN = Person(
    id=UUID(int=0),
    city="shenzhen",
    name="方玉兰",
    sex="female",
    birth_on=date(1950, 1, 1),
    masked_phone=None,
    hukou=Hukou.SHENZHEN,
    hukou_district=None,
    district=None,
    street=None,
    community=None,
    income_class=None,
    special_care=None,
    bereaved_single_child_family=None,
    lives_alone=None,
    locale="zh_Hans",
    is_demonstration=False,
)
WELL_KNOWN = replace(
    LITTLE_KNOWN,
    hukou_district="罗湖区",
    income_class=IncomeClass.MINIMUM_LIVING,
    special_care=False,
    bereaved_single_child_family=False,
    lives_alone=True,
    died_on=date(2026, 11, 20),
    resident=True,
    three_withouts=False,
    ability_level=3,
    can_look_after_self=False,
    has_card=True,
)


def test_what_is_not_known_of_a_person_is_not_known_to_the_rules() -> None:
    facts = facts_of(LITTLE_KNOWN, as_of=TODAY)
    assert facts == Facts(as_of=TODAY, birth_on=date(1950, 1, 1), hukou=Hukou.SHENZHEN)
    assert assess(facts)[Benefit.OLD_AGE_ALLOWANCE].status is Status.ELIGIBLE
    assert assess(facts)[Benefit.HOME_CARE_SUBSIDY].status is Status.NEED_TO_KNOW


def test_everything_that_is_known_reaches_the_rules() -> None:
    facts = facts_of(WELL_KNOWN, as_of=TODAY)
    assert facts.hukou_district == "440303"
    for field in fields(Facts):
        if field.name not in {"as_of", "hukou_district"}:
            assert getattr(facts, field.name) == getattr(WELL_KNOWN, field.name), field.name
            assert getattr(facts, field.name) is not None, field.name


@pytest.mark.parametrize("district", DISTRICT_CODES)
def test_every_district_of_the_city_is_one_to_the_rules_too(district: str) -> None:
    codes_of(facts_of(replace(LITTLE_KNOWN, hukou_district=district), as_of=TODAY))


@pytest.mark.parametrize("hukou", [Hukou.ELSEWHERE, Hukou.HK_MO_TW])
def test_a_district_counts_only_for_who_is_registered_here(hukou: Hukou) -> None:
    person = replace(LITTLE_KNOWN, hukou=hukou, hukou_district="罗湖区")
    assert facts_of(person, as_of=TODAY).hukou_district is None


def test_a_district_that_nobody_knows_is_not_known() -> None:
    assert facts_of(replace(LITTLE_KNOWN, hukou_district="老街区"), as_of=TODAY).hukou_district is None
