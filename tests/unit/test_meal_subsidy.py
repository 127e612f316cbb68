"""What the city pays towards a meal: one case on each side of every threshold of domain section 2.4."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.meals.subsidy import (
    ParametersWrong,
    cap_on,
    load_rules,
    price_of,
    rule_on,
    subsidised_portions,
)
from services.meals.views import Canteen, CanteenKind, Meal
from services.people import Hukou, IncomeClass, Person

TUESDAY = date(2026, 11, 24)
NOBODY = UUID(int=0)
CANTEEN = Canteen(
    NOBODY, "翠竹社区长者饭堂(示例)", CanteenKind.SENIOR_CANTEEN, "罗湖区", "翠竹", "翠竹", "", "", True, 200
)
SENIOR = Person(
    id=NOBODY,
    city="shenzhen",
    name="王秀珍",
    sex="female",
    birth_on=date(1945, 7, 7),
    masked_phone="154****0002",
    hukou=Hukou.SHENZHEN,
    hukou_district="罗湖区",
    district="罗湖区",
    street="翠竹",
    community="翠竹",
    income_class=IncomeClass.NONE,
    special_care=False,
    bereaved_single_child_family=False,
    lives_alone=False,
    locale="zh_Hans",
    is_demonstration=True,
)


def to_pay(
    person: Person, *, price_fen: int = 1500, day: date = TUESDAY, meal: Meal = Meal.LUNCH, **more: object
) -> int:
    arguments = {"quantity": 1, "delivery": False, "taken_on": (), "canteen": CANTEEN} | more
    canteen = arguments.pop("canteen")
    return price_of(
        person, canteen, cap_on(person, day), day=day, meal=meal, price_fen=price_fen, **arguments
    ).split.to_pay_fen  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "price_fen", "expected"),
    [
        # 户籍 70-99: five yuan off
        ({}, 1500, 1000),
        ({}, 1800, 1300),
        ({}, 1200, 700),
        # the last day of 69, the first of 70
        ({"birth_on": date(1956, 11, 25)}, 1500, 1500),
        ({"birth_on": date(1956, 11, 24)}, 1500, 1000),
        # 100 and over is key group whatever the income
        ({"birth_on": date(1926, 11, 25)}, 1800, 1300),
        ({"birth_on": date(1926, 11, 24)}, 1800, 300),
        # key group: never more than the meal costs
        ({"income_class": IncomeClass.MINIMUM_LIVING}, 1200, 0),
        ({"income_class": IncomeClass.DESTITUTE}, 1500, 0),
        ({"income_class": IncomeClass.MINIMUM_LIVING_MARGIN}, 1800, 300),
        ({"special_care": True}, 1800, 300),
        ({"bereaved_single_child_family": True}, 1800, 300),
        # key group from 60 on
        ({"special_care": True, "birth_on": date(1966, 11, 24)}, 1500, 0),
        ({"special_care": True, "birth_on": date(1966, 11, 25)}, 1500, 1500),
        # not registered here: the ordinary price
        ({"hukou": Hukou.ELSEWHERE, "hukou_district": None}, 1500, 1500),
        ({"hukou": Hukou.HK_MO_TW, "hukou_district": None}, 1500, 1500),
        # registered in another district of the city
        ({"hukou_district": "福田区"}, 1500, 1500),
        # what is not known is no hard situation
        ({"income_class": None, "special_care": None, "bereaved_single_child_family": None}, 1500, 1000),
    ],
)
def test_the_cap_follows_from_age_hukou_and_situation(change: dict[str, object], price_fen: int, expected: int) -> None:
    assert to_pay(replace(SENIOR, **change), price_fen=price_fen) == expected


def test_only_lunch_on_working_days_is_subsidised() -> None:
    assert to_pay(SENIOR, meal=Meal.DINNER) == 1500
    assert to_pay(SENIOR, day=date(2026, 11, 28)) == 1500
    # National Day is a holiday although it is a Thursday; the Saturday after it is worked (调休).
    assert to_pay(SENIOR, day=date(2026, 10, 1)) == 1500
    assert to_pay(SENIOR, day=date(2026, 10, 10)) == 1000


def test_one_portion_of_several_is_subsidised() -> None:
    assert to_pay(SENIOR, quantity=2) == 1000 + 1500


def test_the_delivery_fee_comes_on_top() -> None:
    assert to_pay(SENIOR, delivery=True) == 1000 + 200


def test_one_a_day_and_five_a_week() -> None:
    rule = rule_on(TUESDAY)
    assert rule is not None
    assert subsidised_portions(rule, TUESDAY, Meal.LUNCH, 1, [TUESDAY]) == 0
    a_week = [date(2026, 10, day) for day in (5, 6, 7, 8, 9)]
    # Saturday 10 October 2026 is worked: the sixth working day of its week
    assert subsidised_portions(rule, date(2026, 10, 10), Meal.LUNCH, 1, a_week) == 0
    assert subsidised_portions(rule, date(2026, 10, 10), Meal.LUNCH, 1, a_week[:4]) == 1
    # the week before does not count
    assert subsidised_portions(rule, date(2026, 10, 12), Meal.LUNCH, 1, a_week) == 1


def test_before_the_first_rule_nobody_paid() -> None:
    assert rule_on(date(2019, 10, 31)) is None
    assert to_pay(SENIOR, day=date(2019, 10, 31)) == 1500
    assert to_pay(SENIOR, day=date(2019, 11, 1)) == 1000


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("portions_a_day: 1", "portions_a_day: -1"), "portions_a_day"),
        (("portions_a_day: 1", "portionsaday: 1"), "portionsaday"),
        (("2019-11-01", "2019-13-01"), "month"),
        (("2019-11-01", "soon"), "valid_from"),
        (("[lunch]", "[brunch]"), "meals"),
    ],
)
def test_a_bad_parameter_file_is_refused_by_name(tmp_path, change: tuple[str, str], named: str) -> None:
    from services.meals.subsidy import FILE

    file = tmp_path / "subsidy.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(ParametersWrong, match=named) as refused:
        load_rules(file)
    assert refused.value.facts["file"] == "subsidy.yaml"


def test_no_rule_is_close_to_its_review_date() -> None:
    """Red 60 days before: somebody has to look whether the city has changed it."""
    from datetime import timedelta

    from services.clock import SystemClock, local_day

    assert load_rules()[-1].review_by - local_day(SystemClock().now()) > timedelta(days=60)
