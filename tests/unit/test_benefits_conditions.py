"""Conditions that may be unknown: Kleene's tables, and which fields stay open."""

from __future__ import annotations

import numpy as np
import pytest

from services.benefits.conditions import (
    BIT_OF,
    NO,
    YES,
    Conditions,
    all_of,
    any_of,
    either,
    field_names,
    negation_of,
    open_fields,
)

AGE = BIT_OF["birth_on"]
HOME = BIT_OF["hukou"]


def a(*values: int) -> Conditions:
    return np.array(values, dtype=np.int32)


def test_all_of_is_no_as_soon_as_one_is() -> None:
    left = a(NO, NO, NO, YES, YES, AGE)
    right = a(NO, YES, HOME, YES, HOME, HOME)
    assert all_of(left, right).tolist() == [NO, NO, NO, YES, HOME, AGE | HOME]


def test_any_of_is_yes_as_soon_as_one_is() -> None:
    left = a(NO, NO, NO, YES, YES, AGE)
    right = a(NO, YES, HOME, YES, HOME, HOME)
    assert any_of(left, right).tolist() == [NO, YES, HOME, YES, YES, AGE | HOME]


def test_the_negation_of_what_is_open_is_open() -> None:
    assert negation_of(a(NO, YES, AGE)).tolist() == [YES, NO, AGE]


@pytest.mark.parametrize(
    ("which", "if_yes", "if_no", "expected"),
    [
        (YES, NO, YES, NO),
        (NO, NO, YES, YES),
        (YES, AGE, NO, AGE),
        # open, and the two agree
        (HOME, YES, YES, YES),
        (HOME, NO, NO, NO),
        # open, and they do not
        (HOME, YES, NO, HOME),
        (HOME, YES, AGE, HOME | AGE),
        (HOME, AGE, AGE, HOME | AGE),
    ],
)
def test_either_follows_the_known_side(which: int, if_yes: int, if_no: int, expected: int) -> None:
    assert either(a(which), a(if_yes), a(if_no)).tolist() == [expected]


def test_combining_changes_none_of_the_parts() -> None:
    left, right = a(AGE, YES), a(NO, HOME)
    all_of(left, right)
    any_of(left, right)
    negation_of(left)
    assert (left.tolist(), right.tolist()) == ([AGE, YES], [NO, HOME])


def test_open_fields_have_names_in_the_order_of_the_form() -> None:
    assert open_fields(a(HOME, YES), a(AGE, NO)).tolist() == [AGE | HOME, 0]
    assert field_names(AGE | HOME) == ("birth_on", "hukou")
    assert field_names(0) == ()
