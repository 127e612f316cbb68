"""Conditions that may be unknown, for many people at once.

A condition is a whole number for each person: `NO`, `YES`, or, where it is not known, the set of those fields that
would decide it, one bit for each field. So one number tells both that something is open and what to ask for. The
words for that number, and the rules themselves, live elsewhere.

The three ways to combine conditions follow Kleene: a condition that is NO decides `all_of` whatever else is unknown,
one that is YES decides `any_of`. A field that can no longer change the result falls out of the set by itself.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from services.benefits.facts import FIELDS

Conditions = NDArray[np.int32]

NO = 0
YES = 1

BIT_OF = {field.name: field.bit for field in FIELDS if field.bit}


def known(truth: NDArray[np.bool_]) -> Conditions:
    """YES where `truth` holds, NO elsewhere."""
    return truth.astype(np.int32)


def known_where(is_known: NDArray[np.bool_], truth: NDArray[np.bool_], field: str) -> Conditions:
    """YES or NO where the field is known, open for that field elsewhere."""
    return np.where(is_known, truth, BIT_OF[field]).astype(np.int32)


def is_open(condition: Conditions) -> NDArray[np.bool_]:
    """Where a condition is neither YES nor NO."""
    return condition > YES


def all_of(*conditions: Conditions) -> Conditions:
    """YES where all are, NO where one is; elsewhere open for what the open ones need."""
    together = np.bitwise_or.reduce(conditions)
    refused = np.logical_or.reduce([condition == NO for condition in conditions])
    result: Conditions = np.where(together > YES, together & ~YES, together)
    result[refused] = NO
    return result


def any_of(*conditions: Conditions) -> Conditions:
    """YES where one is, NO where all are; elsewhere open for what the open ones need."""
    result: Conditions = np.bitwise_or.reduce(conditions)
    result[np.logical_or.reduce([condition == YES for condition in conditions])] = YES
    return result


def negation_of(condition: Conditions) -> Conditions:
    """YES for NO and NO for YES; what is open stays open."""
    result: Conditions = np.where(is_open(condition), condition, YES - condition)
    return result


def either(which: Conditions, if_yes: Conditions, if_no: Conditions) -> Conditions:
    """`if_yes` where `which` is YES, `if_no` where it is NO; where it is open both must agree, or the result is
    open."""
    agreed = (if_yes == if_no) & ~is_open(if_yes)
    undecided = np.where(agreed, if_yes, (which | if_yes | if_no) & ~YES)
    result: Conditions = np.where(which == YES, if_yes, np.where(which == NO, if_no, undecided))
    return result


def open_fields(*conditions: Conditions) -> Conditions:
    """The fields that at least one of the conditions still needs, 0 for none."""
    result: Conditions = np.bitwise_or.reduce([condition & ~YES for condition in conditions])
    return result


def field_names(fields: int) -> tuple[str, ...]:
    """The names in a set of fields, in the order of the input form.

    >>> field_names(BIT_OF["birth_on"] | BIT_OF["hukou"])
    ('birth_on', 'hukou')
    """
    return tuple(_names(fields))


def _names(fields: int) -> Iterable[str]:
    return (name for name, bit in BIT_OF.items() if fields & bit)
