"""Phones, ID numbers, names and ages as people write and count them."""

from __future__ import annotations

from datetime import date

import pytest

from services.demo.people import demo_people
from services.people import (
    IdNumberWrong,
    PhoneNumberWrong,
    masked_name,
    normal_id_number,
    normal_phone,
)


@pytest.mark.parametrize(
    "typed",
    ["15400000001", " 154 0000 0001 ", "154-0000-0001", "+8615400000001", "86 15400000001", "１５４０００００００１"],
)
def test_a_phone_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert normal_phone(typed) == "15400000001"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("1540000000", 10),
        ("154000000011", 12),
        ("", 0),
        ("12400000001", 11),
        ("abc", 0),
        ("1540000000٢", 11),
        ("075512345678", 12),
    ],
)
def test_anything_else_is_refused_with_the_number_of_digits(typed: str, digits: int) -> None:
    with pytest.raises(PhoneNumberWrong) as refused:
        normal_phone(typed)
    assert refused.value.facts["digits"] == digits
    assert typed == "" or typed not in str(refused.value)


@pytest.mark.parametrize(
    # the test numbers of domain section 4.3
    "number",
    ["44039919560315001X", "44039919520229002x", "440399194607040139", "440399193601010241", "810000195505050016"],
)
def test_right_id_numbers_are_accepted(number: str) -> None:
    assert normal_id_number(number) == number.upper()


@pytest.mark.parametrize("number", ["440399195603150011", "44039919560315001", "", "44039919560315001XX"])
def test_wrong_id_numbers_are_refused(number: str) -> None:
    with pytest.raises(IdNumberWrong):
        normal_id_number(number)


def test_names_are_masked_but_for_the_first_and_last_character() -> None:
    assert [masked_name(name) for name in ("陈丽英", "陈英", "欧阳建国")] == ["陈*英", "陈*", "欧**国"]


@pytest.mark.parametrize("today", [date(2026, 11, 24), date(2028, 2, 29), date(2026, 12, 31)])
def test_the_demo_cast_can_be_nobody_real(today: date) -> None:
    cast = demo_people(today)
    assert len(cast) >= 12
    for person in cast:
        assert normal_id_number(person.id_number).startswith("440399")
        assert person.id_number[6:14] == f"{person.birth_on:%Y%m%d}"
        assert normal_phone(person.phone).startswith("1540000")
    assert len({person.id_number for person in cast}) == len(cast)
