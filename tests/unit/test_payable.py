"""What is owed for which month, on both sides of every threshold, and in one voice with the rules."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from services.allowances.months import last_day_of, month_of, months_from, months_later
from services.allowances.payable import (
    AllowanceTerms,
    Payer,
    Registration,
    Suspension,
    amount_for,
    amounts_for,
    owed_in_all_lives,
    owed_months,
    payer_of,
    tier_change_in,
)
from services.benefits import Benefit, Facts, assess
from services.people import Hukou

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("birth_on", "month", "fen"),
    [
        # seventy on the last day of June, and on the first of July
        (date(1956, 6, 30), JUNE, 200_00),
        (date(1956, 7, 1), JUNE, 0),
        (date(1956, 7, 1), JULY, 200_00),
        (date(1956, 7, 31), JULY, 200_00),
        # eighty
        (date(1946, 7, 1), JUNE, 200_00),
        (date(1946, 7, 31), JULY, 300_00),
        # ninety
        (date(1936, 7, 1), JUNE, 300_00),
        (date(1936, 7, 15), JULY, 500_00),
        # a hundred
        (date(1926, 7, 1), JUNE, 500_00),
        (date(1926, 7, 31), JULY, 1000_00),
        # a leap day: February in common years and in leap years, never March
        (date(1956, 2, 29), date(2026, 1, 1), 0),
        (date(1956, 2, 29), date(2026, 2, 1), 200_00),
        (date(1948, 2, 29), date(2028, 1, 1), 200_00),
        (date(1948, 2, 29), date(2028, 2, 1), 300_00),
        # the amounts before October 2019, and the months before the allowance began at seventy
        (date(1940, 5, 5), date(2019, 9, 1), 100_00),
        (date(1940, 5, 5), date(2019, 10, 1), 200_00),
        (date(1940, 5, 5), date(2017, 12, 1), 0),
        (date(1920, 5, 5), date(2011, 5, 1), 0),
        (date(1920, 5, 5), date(2011, 6, 1), 300_00),
    ],
)
def test_a_month_has_the_amount_of_the_age_that_is_reached_in_it(birth_on: date, month: date, fen: int) -> None:
    assert amount_for(month, birth_on) == fen


def test_the_amount_is_the_answer_of_the_rules_for_the_last_day_of_the_month() -> None:
    random = Random(70)
    for _ in range(400):
        birth_on = date(1915, 1, 1) + timedelta(days=random.randrange(48 * 365))
        month = months_later(date(2011, 1, 1), random.randrange(17 * 12))
        died_on = random.choice([None, month + timedelta(days=random.randrange(28))])
        if birth_on > month or (died_on and died_on < birth_on):
            continue
        facts = Facts(as_of=last_day_of(month), birth_on=birth_on, died_on=died_on, hukou=Hukou.SHENZHEN)
        answer = assess(facts)[Benefit.OLD_AGE_ALLOWANCE]
        assert amount_for(month, birth_on, died_on) == (answer.amount_fen or 0), (birth_on, month, died_on)


def test_whoever_died_in_a_month_is_paid_for_it_and_not_for_the_next_as_the_rules_say() -> None:
    terms = AllowanceTerms(date(1950, 1, 1), JUNE, died_on=date(2026, 7, 1))
    assert list(owed_months(terms, AUGUST)) == [JUNE, JULY]
    for month in (JUNE, JULY, AUGUST):
        facts = Facts(as_of=last_day_of(month), birth_on=terms.birth_on, died_on=terms.died_on, hukou=Hukou.SHENZHEN)
        assert owed_months(terms, AUGUST).get(month) == assess(facts)[Benefit.OLD_AGE_ALLOWANCE].amount_fen


def test_many_people_get_the_amounts_that_each_of_them_gets() -> None:
    random = Random(80)
    births = [date(1915, 1, 1) + timedelta(days=random.randrange(48 * 365)) for _ in range(500)] + [date(1956, 2, 29)]
    for month in (date(2026, 2, 1), date(2028, 2, 1), date(2019, 9, 1), date(2010, 1, 1)):
        at_once = amounts_for(month, np.array(births, dtype="datetime64[D]"))
        assert at_once.tolist() == [amount_for(month, birth_on) for birth_on in births]


def test_nobody_reaches_a_tier_after_death() -> None:
    assert amount_for(JULY, date(1946, 7, 20), died_on=date(2026, 7, 19)) == 200_00
    assert amount_for(JULY, date(1946, 7, 20), died_on=date(2026, 7, 20)) == 300_00


def test_an_early_application_begins_with_the_month_of_the_age_and_a_late_one_with_its_own_month() -> None:
    seventy_in_july = date(1956, 7, 20)
    assert list(owed_months(AllowanceTerms(seventy_in_july, date(2026, 5, 1)), AUGUST)) == [JULY, AUGUST]
    assert list(owed_months(AllowanceTerms(seventy_in_july, AUGUST), AUGUST)) == [AUGUST]


def test_nothing_is_owed_before_the_month_asked_for_is_there() -> None:
    terms = AllowanceTerms(date(1950, 1, 1), JULY)
    assert owed_months(terms, JUNE) == {}
    assert list(owed_months(terms, JULY)) == [JULY]


def test_the_month_of_moving_out_is_the_last() -> None:
    assert list(owed_months(AllowanceTerms(date(1950, 1, 1), JUNE, until_month=JULY), AUGUST)) == [JUNE, JULY]


def test_a_suspended_month_is_not_owed_until_it_is_paid_back_at_its_own_tier() -> None:
    eighty_in_july = date(1946, 7, 20)

    def owed(suspension: Suspension) -> dict[date, int]:
        return owed_months(AllowanceTerms(eighty_in_july, date(2026, 5, 1), suspensions=(suspension,)), AUGUST)

    assert list(owed(Suspension(JUNE))) == [date(2026, 5, 1)]
    assert owed(Suspension(JUNE, date(2026, 8, 9), back_pay=True)) == {
        date(2026, 5, 1): 200_00,
        JUNE: 200_00,
        JULY: 300_00,
        AUGUST: 300_00,
    }
    assert list(owed(Suspension(JUNE, date(2026, 8, 9)))) == [date(2026, 5, 1), AUGUST]


def test_two_lives_owe_a_month_once() -> None:
    first = AllowanceTerms(date(1950, 1, 1), date(2026, 1, 1), until_month=JUNE)
    second = AllowanceTerms(date(1950, 1, 1), JUNE)
    owed = owed_in_all_lives([("second", second), ("first", first)], AUGUST)
    assert list(owed) == list(months_from(date(2026, 1, 1), AUGUST))
    assert (owed[JUNE], owed[JULY]) == (("first", 200_00), ("second", 200_00))


@pytest.mark.parametrize(
    ("birth_on", "change"),
    [
        (date(1946, 7, 1), (80, 200_00, 300_00)),
        (date(1946, 8, 1), None),
        (date(1926, 7, 31), (100, 500_00, 1000_00)),
        # the allowance begins: that is no change of tier
        (date(1956, 7, 1), None),
        (date(1950, 7, 1), None),
    ],
)
def test_a_change_of_tier_is_known_by_its_month(birth_on: date, change: tuple[int, int, int] | None) -> None:
    found = tier_change_in(JULY, birth_on)
    assert (found and (found.age, found.from_fen, found.to_fen)) == change


def test_the_old_district_pays_the_month_of_the_move_and_the_new_one_the_next() -> None:
    moved = [Registration("罗湖区", until=date(2026, 7, 2)), Registration("福田区", since=date(2026, 7, 3))]
    assert [payer_of(month, moved) for month in (JUNE, JULY, AUGUST)] == [
        Payer("罗湖区", in_gap=False),
        Payer("罗湖区", in_gap=False),
        Payer("福田区", in_gap=False),
    ]


def test_a_gap_between_two_registrations_is_for_a_person_to_look_at() -> None:
    moved = [Registration("罗湖区", until=date(2026, 6, 30)), Registration("福田区", since=date(2026, 7, 1))]
    assert payer_of(JULY, moved) == Payer("罗湖区", in_gap=True)
    assert payer_of(AUGUST, moved) == Payer("福田区", in_gap=False)
    assert payer_of(AUGUST, moved[:1]) == Payer("罗湖区", in_gap=True)


def test_months_are_counted_across_years() -> None:
    assert list(months_from(date(2025, 12, 9), date(2026, 2, 1))) == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        month_of(date(2026, 2, 3)),
    ]
