"""The demo cast. Birthdays follow from the day of the first seeding, so that somebody is always about to turn 70."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from services.people import Hukou, IncomeClass, NewPerson, id_check_digit

AREA_OF_NOBODY = "440399"
# Sequence numbers of women end in an even digit, of men in an odd one.
FIRST_SEQUENCE = {"female": 20, "male": 21}
# Two with whom a community worker has to do at once (`services.demo.worker_list`).
WHO_DIED, TO_BE_VISITED = "邱伯年", "谭凤英"


def demo_people(today: date) -> tuple[NewPerson, ...]:
    """A dozen seniors with the stories of the field: a couple with one phone, somebody living alone, a leap-day birth,
    a hundred-year-old, households registered here, there and in Hong Kong."""
    turning_70 = years_before(today + timedelta(days=61), 70)
    homes: list[tuple[str, str, date, int, str, str, str, dict[str, Any]]] = [
        # name, sex, birth, phone's last digits, district, street, community, further facts
        ("王秀珍", "female", years_before(today - timedelta(days=140), 81), 2, "罗湖区", "翠竹", "翠竹",
         {"ability_level": 0, "can_look_after_self": True}),
        ("陈丽英", "female", turning_70, 1, "福田区", "莲花", "景田", {}),
        ("林国华", "male", years_before(today - timedelta(days=80), 72), 1, "福田区", "莲花", "景田", {}),
        ("黄婉仪", "female", years_before(today - timedelta(days=33), 90), 3, "罗湖区", "翠竹", "木头龙",
         {"lives_alone": True, "ability_level": 1, "can_look_after_self": True}),
        ("李德全", "male", years_before(today - timedelta(days=54), 100), 4, "盐田区", "海山", "鹏湾",
         {"ability_level": 3, "can_look_after_self": False}),
        ("张秀兰", "female", date(1952, 2, 29), 5, "南山区", "粤海", "麻岭", {}),
        ("郭志强", "male", years_before(today - timedelta(days=200), 76), 6, "龙华区", "民治", "民乐",
         {"hukou_changed_on": today - timedelta(days=70)}),
        ("何嘉雯", "female", years_before(today - timedelta(days=17), 71), 7, "南山区", "招商", "海月",
         {"hukou": Hukou.HK_MO_TW, "hukou_district": None}),
        ("吴桂芳", "female", years_before(today - timedelta(days=300), 83), 8, "宝安区", "西乡", "龙珠",
         {"hukou": Hukou.ELSEWHERE, "hukou_district": None, "ability_level": 2, "can_look_after_self": False}),
        ("赵玉梅", "female", years_before(today - timedelta(days=250), 68), 9, "龙岗区", "南湾", "南岭村",
         {"income_class": IncomeClass.MINIMUM_LIVING, "lives_alone": True, "has_card": False}),
        ("孙福生", "male", years_before(today - timedelta(days=120), 85), 10, "光明区", "新湖", "圳美",
         {"special_care": True}),
        ("周月娥", "female", years_before(today - timedelta(days=10), 79), 11, "坪山区", "坑梓", "秀新", {}),
        ("欧阳建国", "male", years_before(today - timedelta(days=90), 74), 12, "大鹏新区", "葵涌", "土洋",
         {"bereaved_single_child_family": True}),
        (WHO_DIED, "male", years_before(today - timedelta(days=110), 88), 13, "罗湖区", "翠竹", "翠竹", {}),
        (TO_BE_VISITED, "female", years_before(today - timedelta(days=220), 92), 14, "罗湖区", "翠竹", "翠竹",
         {"lives_alone": True}),
    ]  # fmt: skip
    return tuple(_person(place, *home) for place, home in enumerate(homes))


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 February for a leap day in a common year."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def demo_id_number(birth_on: date, sex: str, place: int) -> str:
    """An ID number that nobody can have, with the right check digit."""
    first = f"{AREA_OF_NOBODY}{birth_on:%Y%m%d}{FIRST_SEQUENCE[sex] + 2 * place:03}"
    return first + id_check_digit(first)


def _person(
    place: int,
    name: str,
    sex: str,
    birth_on: date,
    phone: int,
    district: str,
    street: str,
    community: str,
    further: dict[str, Any],
) -> NewPerson:
    facts: dict[str, Any] = {
        "hukou": Hukou.SHENZHEN,
        "hukou_district": district,
        "resident": True,
        "income_class": IncomeClass.NONE,
        "three_withouts": False,
        "special_care": False,
        "bereaved_single_child_family": False,
        "lives_alone": False,
        "has_card": True,
    } | further
    if facts["has_card"]:
        facts |= {"card_last_four": f"{9000 + place}", "card_holder_matches": True}
    return NewPerson(
        name=name,
        sex=sex,
        birth_on=birth_on,
        id_number=demo_id_number(birth_on, sex, place),
        phone=f"1540000{phone:04}",
        address=f"{district}{street}街道{community}社区{place + 1}栋{place + 1}01(示例)",
        district=district,
        street=street,
        community=community,
        is_demonstration=True,
        **facts,
    )
