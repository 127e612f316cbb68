"""When offers are made and end, from which month is paid, and which steps a case can take."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from services.allowances import deadlines, rules, steps
from services.allowances.deadlines import offer_variables
from services.allowances.errors import ReasonMissing
from services.allowances.offer_codes import CODES, free_code
from services.allowances.rules import entitled_by, first_month, month_of_reaching_age, offer_ends_on, stops_from
from services.allowances.states import ALLOWED, FINAL, CaseState
from services.allowances.steps import refuse_the_machine
from services.clock import local_day
from tests.allowances import worker


@pytest.mark.parametrize("module", [rules, steps, deadlines])
def test_the_examples_in_the_documentation_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("born", "applied_on", "first"),
    [
        # months before, in the month itself, on its last day
        (date(1957, 1, 15), date(2026, 11, 1), date(2027, 1, 1)),
        (date(1957, 1, 15), date(2027, 1, 1), date(2027, 1, 1)),
        (date(1957, 1, 31), date(2027, 1, 31), date(2027, 1, 1)),
        # the first day after it: late, from the application on
        (date(1957, 1, 1), date(2027, 2, 1), date(2027, 2, 1)),
        # years late
        (date(1940, 7, 1), date(2026, 11, 24), date(2026, 11, 1)),
        # leap days: always February
        (date(1956, 2, 29), date(2025, 12, 30), date(2026, 2, 1)),
        (date(1960, 2, 29), date(2029, 12, 30), date(2030, 2, 1)),
        # over the end of the year
        (date(1956, 12, 31), date(2026, 10, 8), date(2026, 12, 1)),
    ],
)
def test_the_first_month_is_that_of_the_age_or_of_the_application_whichever_is_later(
    born: date, applied_on: date, first: date
) -> None:
    assert first_month(born, applied_on) == first


def test_the_day_of_the_birthday_does_not_matter_within_its_month() -> None:
    months = {month_of_reaching_age(date(1957, 1, day), date(2026, 11, 24)) for day in range(1, 32)}
    assert months == {date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("day", "ends_on"),
    [
        (date(2026, 11, 1), date(2027, 1, 31)),
        (date(2026, 11, 30), date(2027, 1, 31)),
        # February has its own last day
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2027, 12, 31), date(2028, 2, 29)),
    ],
)
def test_offers_look_two_months_ahead_and_end_with_the_month_of_the_birthday(day: date, ends_on: date) -> None:
    assert (entitled_by(day), offer_ends_on(day)) == (ends_on, ends_on)


def test_the_city_s_day_decides_and_not_that_of_greenwich() -> None:
    before_midnight = datetime(2027, 1, 31, 15, 59, tzinfo=UTC)
    assert local_day(before_midnight) == date(2027, 1, 31)
    assert local_day(before_midnight + timedelta(minutes=1)) == date(2027, 2, 1)
    assert local_day(datetime(2027, 2, 1, 0, 0, tzinfo=timezone(timedelta(hours=8)))) == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("happened_on", "first_unpaid"),
    [
        (date(2026, 11, 1), date(2026, 12, 1)),
        (date(2026, 11, 30), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_the_month_of_a_death_or_a_move_is_still_paid(happened_on: date, first_unpaid: date) -> None:
    assert stops_from(happened_on) == first_unpaid


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(1957, 1, 24), {"turn": "turning", "age": 70, "amount": 20000}),
        # her birthday is today
        (date(1956, 11, 24), {"turn": "turned", "age": 70, "amount": 20000}),
        (date(1943, 1, 1), {"turn": "turned", "age": 83, "amount": 20000}),
    ],
)
def test_an_offer_says_how_old_she_will_be_or_is(born: date, said: dict[str, object]) -> None:
    assert offer_variables(born, date(2026, 11, 24), 20000) == said


def test_codes_have_two_digits_and_none_is_given_twice_at_one_phone() -> None:
    used: set[str] = set()
    while (code := free_code(used)) is not None:
        assert len(code) == 2
        assert code not in used
        used.add(code)
    assert len(used) == len(CODES)


def test_every_state_has_its_steps_and_only_two_lead_back_from_an_end() -> None:
    assert set(ALLOWED) == set(CaseState)
    ways_back = {(state, later) for state in FINAL for later in ALLOWED[state] if later not in FINAL}
    assert ways_back == {(CaseState.OFFER_ENDED, CaseState.APPLIED), (CaseState.STOPPED, CaseState.ACTIVE)}


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_deciding_against_somebody_needs_words(reason: str | None) -> None:
    with pytest.raises(ReasonMissing):
        refuse_the_machine(worker(), reason)
    refuse_the_machine(worker(), "已核实")
