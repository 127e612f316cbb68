"""Facts: ages for one person and for many, and values that cannot be."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from services.ages import completed_years
from services.benefits import days
from services.benefits.facts import FIELDS, NOBODY, Facts, FactsWrong, codes_of
from services.people import Hukou

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("year", [1899, 1900, 1999, 2000, 2026, 2028])
def test_ages_of_many_are_the_ages_of_each(year: int) -> None:
    """Every day of a year (1900 was no leap year, 2000 was) against births at the end of February and of a year."""
    births = [date(1850, 2, 28), date(1852, 2, 29), date(1852, 3, 1), date(1880, 12, 31), date(1881, 1, 1)]
    all_days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    for born in births:
        on = np.array(all_days, dtype="datetime64[D]")
        together = days.completed_years(np.full(len(on), np.datetime64(born, "D")), on)
        assert together.tolist() == [completed_years(born, day) for day in all_days]


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        # born on a leap day: 28 February completes the year where there is no 29th
        (date(1952, 2, 29), date(2026, 2, 27), 73),
        (date(1952, 2, 29), date(2026, 2, 28), 74),
        (date(1952, 2, 29), date(2028, 2, 28), 75),
        (date(1952, 2, 29), date(2028, 2, 29), 76),
        # a hundred years that hold no leap day at their end
        (date(2000, 2, 29), date(2100, 2, 28), 100),
        (date(1926, 11, 24), date(2026, 11, 23), 99),
        (date(1926, 11, 24), TODAY, 100),
        (TODAY, TODAY, 0),
    ],
)
def test_a_year_is_complete_on_the_birthday(born: date, day: date, years: int) -> None:
    assert completed_years(born, day) == years


def test_what_is_not_told_has_a_code_that_no_value_has() -> None:
    assert codes_of(Facts(as_of=TODAY))[1:] == NOBODY[1:]
    for field in FIELDS:
        if field.expected.startswith("true"):
            assert field.not_known not in (field.code_of(True), field.code_of(False))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"birth_on": TODAY + timedelta(days=1)}, "birth_on"),
        ({"birth_on": date(1849, 12, 31)}, "birth_on"),
        ({"birth_on": date(1895, 11, 24)}, "birth_on"),
        ({"birth_on": date(1950, 1, 2), "died_on": date(1950, 1, 1)}, "died_on"),
        ({"hukou": Hukou.SHENZHEN, "hukou_district": "420106"}, "hukou_district"),
        ({"hukou_district": "44030"}, "hukou_district"),
        ({"hukou_district": "罗湖区"}, "hukou_district"),
        ({"hukou_district": "４４０３０３"}, "hukou_district"),
        ({"ability_level": 5}, "ability_level"),
        ({"ability_level": -1}, "ability_level"),
        ({"ability_level": True}, "ability_level"),
        ({"resident": 1}, "resident"),
    ],
)
def test_facts_that_cannot_be_are_refused_by_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(FactsWrong) as refused:
        codes_of(Facts(as_of=TODAY, **wrong))  # type: ignore[arg-type]
    assert refused.value.facts["field"] == field


@pytest.mark.parametrize(
    "right",
    [
        {"birth_on": TODAY},
        {"birth_on": date(1896, 11, 24)},
        # dead for long: her age stopped then
        {"birth_on": date(1880, 1, 1), "died_on": date(1960, 1, 1)},
        {"birth_on": date(1950, 1, 1), "died_on": date(1950, 1, 1)},
        # a death after the day asked about is only later than it
        {"birth_on": date(1950, 1, 1), "died_on": date(2030, 1, 1)},
        {"hukou": Hukou.SHENZHEN, "hukou_district": "440309"},
        {"hukou": Hukou.SHENZHEN, "hukou_district": "441521"},
        # a district that is left over from before she moved away decides nothing
        {"hukou": Hukou.ELSEWHERE, "hukou_district": "440303"},
        # oddly together, but from different sources: for a worker, not for us
        {"ability_level": 0, "can_look_after_self": False},
    ],
)
def test_facts_that_can_be_are_taken(right: dict[str, object]) -> None:
    codes_of(Facts(as_of=TODAY, **right))  # type: ignore[arg-type]
