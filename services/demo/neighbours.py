"""The neighbours: fictional seniors of the streets about the canteen of 翠竹, so that its lists look like a district.

They have no stories and nobody signs in as one of them. They are paid the allowance for long, and an assessor has just
seen them, so that screening and certification find nothing to ask them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from itertools import count
from typing import Any

from services.demo.people import demo_id_number, years_before
from services.meals.diets import Allergen, Diet
from services.people import Hukou, IncomeClass, NewPerson

# The cast has the numbers before it; the demonstration phone shows only those.
FIRST_PHONE = 15400010001
# In ID numbers and cards, after the cast.
FIRST_PLACE = 40
DISTRICT = "罗湖区"
# street, community, how many
HOMES = (
    ("翠竹", "翠竹", 16),
    ("翠竹", "木头龙", 10),
    ("翠竹", "水贝", 8),
    ("翠竹", "翠平", 6),
    ("翠竹", "愉天", 4),
    ("黄贝", "黄贝岭", 8),
    ("黄贝", "水库", 4),
    ("桂园", "老围", 7),
    ("桂园", "红村", 3),
    ("南湖", "渔民村", 6),
    ("莲塘", "仙湖", 8),
)
SURNAMES = "陈林黄李张何吴刘梁罗谢杨邓曾叶苏卢潘钟彭许蔡冯蒋余廖范石邱汤"
GIVEN = {
    "female": "桂英秀兰玉珍凤英月娥淑芬惠珍美玲金莲素华丽珠雪梅瑞芳银娣巧云兰芝淑贞宝珠彩霞翠萍",
    "male": "国强建华志明德福文彬炳坤永昌金水福来树林振邦长根润生启明汉文伯年世荣庆祥",
}
# Nobody on a list is taken for somebody of the cast.
NAMES_OF_THE_CAST = frozenset({"陈*英", "林*华", "黄*仪", "李*全", "张*兰", "郭*强", "何*雯", "吴*芳"})
ASSESSED_DAYS_AGO = 20


@dataclass(frozen=True)
class Neighbour:
    """One of them: as a person, and how she eats. `likes` are the meals that she has on most days."""

    place: int
    new: NewPerson
    likes: frozenset[str]
    is_brought: bool
    diets: tuple[Diet, ...]
    allergies: tuple[Allergen, ...]


def chance(*of: object) -> float:
    """A number from 0 to 1 that looks drawn and is the same each time.

    >>> chance("翠竹", 3) == chance("翠竹", 3), 0 <= chance(1) < 1
    (True, True)
    """
    return int.from_bytes(blake2b(repr(of).encode(), digest_size=4).digest()) / 2**32


def neighbours(today: date) -> tuple[Neighbour, ...]:
    """All of them; ages follow from today, everything else is the same each time."""
    names = _names()
    homes = [(street, community) for street, community, how_many in HOMES for _ in range(how_many)]
    return tuple(
        _neighbour(place, next(names[_sex(place)]), street, community, today)
        for place, (street, community) in enumerate(homes)
    )


def _sex(place: int) -> str:
    return "male" if chance("sex", place) < 0.4 else "female"


def _names() -> dict[str, Iterator[str]]:
    return {sex: _names_of(sex) for sex in GIVEN}


def _names_of(sex: str) -> Iterator[str]:
    """One name after the other, none twice."""
    given, known = [GIVEN[sex][start : start + 2] for start in range(0, len(GIVEN[sex]), 2)], set[str]()
    for number in count():
        surname = SURNAMES[int(chance("surname", sex, number) * len(SURNAMES))]
        name = surname + given[number % len(given)]
        if name not in known and f"{name[0]}*{name[-1]}" not in NAMES_OF_THE_CAST:
            known.add(name)
            yield name


def _neighbour(place: int, name: str, street: str, community: str, today: date) -> Neighbour:
    is_near = street == "翠竹"
    likes = {meal for meal, share in _habits(community).items() if chance("likes", place, meal) < share}
    return Neighbour(
        place=place,
        new=_person(place, name, street, community, today),
        likes=frozenset(likes or {"lunch"}),
        is_brought=chance("brought", place) < (0.2 if is_near else 0.75),
        diets=tuple(diet for diet, share in ((Diet.SOFT_FOOD, 0.2), (Diet.LOW_SALT, 0.25))
                    if chance("diet", place, diet.value) < share),
        allergies=tuple(each for each in Allergen if chance("allergy", place, each.value) < 0.05),
    )  # fmt: skip


def _habits(community: str) -> dict[str, float]:
    """Which share of a community has which meal. Breakfast is for those next door."""
    return {
        "breakfast": 0.95 if community in ("翠竹", "木头龙") else 0,
        "lunch": 0.9,
        "dinner": 0.45 if community in ("翠竹", "木头龙", "水贝") else 0.2,
    }


def _person(place: int, name: str, street: str, community: str, today: date) -> NewPerson:
    age = 66 + int(chance("age", place) * 28)
    birth_on = years_before(today - timedelta(days=15 + int(chance("birthday", place) * 330)), age)
    is_registered = chance("hukou", place) < 0.7
    ability = 0 if age < 80 else int(chance("ability", place) * 3.2)
    door = f"{1 + place % 9}栋{1 + place % 3}单元{2 + place % 7}0{1 + place % 4}"
    facts: dict[str, Any] = {
        "hukou": Hukou.SHENZHEN if is_registered else Hukou.ELSEWHERE,
        "hukou_district": DISTRICT if is_registered else None,
        "resident": True,
        "income_class": IncomeClass.MINIMUM_LIVING if chance("income", place) < 0.06 else IncomeClass.NONE,
        "three_withouts": False,
        "special_care": False,
        "bereaved_single_child_family": False,
        "lives_alone": chance("alone", place) < 0.3,
        "ability_level": ability,
        "can_look_after_self": ability < 2,
        "ability_assessed_on": today - timedelta(days=ASSESSED_DAYS_AGO),
        "has_card": True,
        "card_last_four": f"{9000 + FIRST_PLACE + place}",
        "card_holder_matches": True,
    }
    return NewPerson(
        name=name,
        sex=_sex(place),
        birth_on=birth_on,
        id_number=demo_id_number(birth_on, _sex(place), FIRST_PLACE + place),
        phone=str(FIRST_PHONE + place),
        address=f"{DISTRICT}{street}街道{community}社区{door}(示例)",
        district=DISTRICT,
        street=street,
        community=community,
        is_demonstration=True,
        **facts,
    )
