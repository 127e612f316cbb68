"""Answers: exact about what is not known, with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from services.benefits import Benefit, Facts, Per, Status, assess, meal_subsidy_cap
from services.benefits.answers import Verdicts, verdicts_for
from services.benefits.conditions import BIT_OF
from services.benefits.facts import FIELDS, NOBODY, PLACE_OF, codes_of, day_code
from services.benefits.reasons import OUTLINES
from services.benefits.system import STATUSES, city_rules
from services.people import Hukou, IncomeClass

TODAY = date(2026, 11, 24)
NEED_TO_KNOW = STATUSES.index(Status.NEED_TO_KNOW)
ELIGIBLE = STATUSES.index(Status.ELIGIBLE)

# Values of each field that some rule tells apart; ages at least one between any two thresholds.
VALUES: dict[str, tuple[object, ...]] = {
    "birth_on": tuple(f"{year}-11-24" for year in (1971, 1961, 1951, 1941, 1931, 1921)),
    "hukou": ("shenzhen", "elsewhere"),
    "hukou_district": ("440303", "440309"),
    "resident": (True, False),
    "income_class": tuple(IncomeClass),
    "three_withouts": (True, False),
    "special_care": (True, False),
    "bereaved_single_child_family": (True, False),
    "ability_level": (1, 2),
    "can_look_after_self": (True, False),
}


def every_combination(as_of: date) -> NDArray[np.int64]:
    """Facts with each field at each of its values and, last, not known."""
    choices = [
        [*(FIELDS[PLACE_OF[name]].code_of(value) for value in values), FIELDS[PLACE_OF[name]].not_known]
        for name, values in VALUES.items()
    ]
    mesh = np.meshgrid(*choices, indexing="ij")
    codes = np.tile(np.array(NOBODY, dtype=np.int64), (mesh[0].size, 1))
    codes[:, PLACE_OF["as_of"]] = day_code(as_of)
    for name, column in zip(VALUES, mesh, strict=True):
        codes[:, PLACE_OF[name]] = column.ravel()
    return codes


def settled_range(answers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The lowest and the highest answer over all ways in which the missing facts can turn out."""
    lowest, highest = answers.copy(), answers.copy()
    for axis in range(answers.ndim):
        for bound, smallest in ((lowest, True), (highest, False)):
            moved = np.moveaxis(bound, axis, 0)
            moved[-1] = moved[:-1].min(axis=0) if smallest else moved[:-1].max(axis=0)
    return lowest, highest


def could_change(answers: NDArray[np.int64], axis: int) -> NDArray[np.bool_]:
    """Where the field of this axis is missing: whether it can change the answer, the others being as they may be."""
    known = np.moveaxis(answers, axis, 0)[:-1]
    changes = known.max(axis=0) != known.min(axis=0)
    for other in range(changes.ndim):
        moved = np.moveaxis(changes, other, 0)
        moved[-1] = moved[:-1].any(axis=0)
    return changes


def every_verdict(as_of: date) -> Iterator[Verdicts]:
    ((places, verdicts),) = verdicts_for(every_combination(as_of))
    assert places.tolist() == list(range(len(places)))
    yield from verdicts


@pytest.mark.parametrize("as_of", [date(2018, 6, 1), date(2022, 6, 1), TODAY, date(2027, 6, 1)])
def test_what_is_missing_is_exactly_what_could_change_the_answer(as_of: date) -> None:
    """A quarter of a million people who differ in what is known of them, each against all that she may turn out to be.

    Settled means: every way in which the missing facts can turn out gives this status and this amount.
    """
    shape = tuple(len(values) + 1 for values in VALUES.values())
    for verdicts in every_verdict(as_of):
        # 0 for not eligible, beyond it the amounts; only the corners where everything is known are read as answers.
        answers = np.where(verdicts.status == ELIGIBLE, verdicts.amounts.astype(np.int64) + 1, 0).reshape(shape)
        lowest, highest = settled_range(answers)
        status = verdicts.status.reshape(shape)
        assert np.array_equal(status == NEED_TO_KNOW, lowest != highest), verdicts.benefit
        settled = lowest == highest
        assert np.array_equal(np.where(settled, answers, 0), np.where(settled, lowest, 0)), verdicts.benefit
        assert np.array_equal(verdicts.amounts.reshape(shape), np.maximum(lowest - 1, 0)), verdicts.benefit
        for axis, name in enumerate(VALUES):
            named = np.moveaxis(verdicts.missing.reshape(shape) & BIT_OF[name] > 0, axis, 0)
            assert not named[:-1].any(), (verdicts.benefit, name)
            assert np.array_equal(named[-1], could_change(answers, axis)), (verdicts.benefit, name)


@pytest.mark.parametrize("as_of", [date(2010, 6, 1), date(2022, 6, 1), TODAY])
def test_every_answer_has_a_reason(as_of: date) -> None:
    for verdicts in every_verdict(as_of):
        _, examples = np.unique(verdicts.keys(), return_index=True)
        for place in examples.tolist():
            answer = verdicts.answer(place)
            assert answer.reasons, answer
            assert bool(answer.missing) == (answer.status is Status.NEED_TO_KNOW)
            has_amount = answer.status is Status.ELIGIBLE and answer.per is not None
            assert (answer.amount_fen is not None) == has_amount
            assert answer.amount_fen != 0


def test_the_number_for_an_answer_has_room_for_all_its_parts() -> None:
    assert max(BIT_OF.values()) < 2**14
    assert max(len(outline.named) for outline in OUTLINES.values()) <= 12


@pytest.mark.parametrize(
    ("facts", "benefit", "reasons"),
    [
        ({"hukou": Hukou.SHENZHEN}, Benefit.OLD_AGE_ALLOWANCE, ("hukou_in_city", "age_reached")),
        ({"hukou": Hukou.ELSEWHERE}, Benefit.OLD_AGE_ALLOWANCE, ("hukou_not_in_city",)),
        (
            {"hukou": Hukou.ELSEWHERE, "birth_on": date(1990, 1, 1), "died_on": date(2020, 1, 1)},
            Benefit.OLD_AGE_ALLOWANCE,
            ("hukou_not_in_city", "age_not_reached", "died"),
        ),
        ({}, Benefit.OLD_AGE_ALLOWANCE, ("facts_missing",)),
        ({"hukou": Hukou.SHENZHEN}, Benefit.MEAL_SUBSIDY, ("amount_depends_on_missing_facts",)),
        (
            {"hukou": Hukou.SHENZHEN, "special_care": True},
            Benefit.MEAL_SUBSIDY,
            ("hukou_in_city", "age_reached", "special_care"),
        ),
        ({"as_of": date(2027, 1, 1)}, Benefit.CARE_CONSUMPTION_VOUCHER, ("not_in_force",)),
        (
            {"resident": False, "hukou": Hukou.HK_MO_TW},
            Benefit.SENIOR_CARD,
            ("neither_lives_nor_registered_here",),
        ),
    ],
)
def test_reasons_are_codes(facts: dict[str, object], benefit: Benefit, reasons: tuple[str, ...]) -> None:
    told = {"as_of": TODAY, "birth_on": date(1946, 1, 1)} | facts
    assert assess(Facts(**told))[benefit].reasons == reasons  # type: ignore[arg-type]


def test_a_whole_answer() -> None:
    answer = assess(Facts(as_of=TODAY, birth_on=date(1926, 11, 24), hukou=Hukou.SHENZHEN))[Benefit.OLD_AGE_ALLOWANCE]
    assert (answer.status, answer.amount_fen, answer.per) == (Status.ELIGIBLE, 100000, Per.MONTH)
    assert (answer.missing, answer.at_least_fen, answer.rule) == ((), 100000, "old_age_allowance-2019-10-01")


def test_people_of_different_days_are_answered_together_as_each_alone() -> None:
    """One of each day around every change of a rule, in one go."""
    days = [day + timedelta(days=shift) for day in city_rules().days_of_change for shift in (-1, 0, 1)]
    people = [
        Facts(
            as_of=day,
            birth_on=date(1935, 1, 31),
            hukou=Hukou.SHENZHEN,
            hukou_district="440309",
            resident=True,
            income_class=IncomeClass.MINIMUM_LIVING,
            ability_level=3,
        )
        for day in days
    ]
    together: dict[int, dict[Benefit, object]] = {}
    for places, verdicts in verdicts_for(np.array([codes_of(person) for person in people])):
        for row, place in enumerate(places.tolist()):
            together[place] = {each.benefit: each.answer(row) for each in verdicts}
    assert [together[place] for place in range(len(people))] == [assess(person) for person in people]


def test_the_cap_for_a_meal_counts_only_what_is_known() -> None:
    known = Facts(as_of=TODAY, birth_on=date(1946, 1, 1), hukou=Hukou.SHENZHEN, income_class=IncomeClass.NONE)
    cap = meal_subsidy_cap(known)
    assert (cap.fen, cap.missing) == (500, ("special_care", "bereaved_single_child_family"))
    assert cap.rule == "meal_subsidy-2019-11-01"
    assert meal_subsidy_cap(Facts(as_of=TODAY, hukou=Hukou.ELSEWHERE)).fen == 0
