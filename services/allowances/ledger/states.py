"""The states of a month's run and of its lines, and why a line is held."""

from __future__ import annotations

from enum import StrEnum


class RunState(StrEnum):
    """How far the month is."""

    HELD = "held"
    """the list is made, but so much differs from last month that an operator must look at it first"""
    LISTED = "listed"
    AUDITED = "audited"
    PAID = "paid"
    """handed to the bank; the month is closed"""


class LineStatus(StrEnum):
    """What becomes of one line of the list."""

    TO_PAY = "to_pay"
    HELD = "held"
    """neither paid nor lost: the next list has it again"""
    PAID = "paid"
    RETURNED = "returned"
    """the bank sent it back; the next list has it again"""


class HeldBecause(StrEnum):
    """Why a line is not paid now, the weightiest first."""

    STOP_UNDECIDED = "stop_undecided"
    """a worker decides whether the benefit has ended"""
    CERTIFICATION_UNDECIDED = "certification_undecided"
    """she was not certified in time, and a worker decides whether to suspend"""
    ADJUSTMENT_UNDECIDED = "adjustment_undecided"
    """a worker decides about a correction of this month"""
    IN_DOUBT = "in_doubt"
    """what the registers say of her does not fit together"""
    NO_ACCOUNT = "no_account"
    """there is no card of her own to pay to"""


class AdjustmentCause(StrEnum):
    """What a correction came from."""

    FACTS_CHANGED = "facts_changed"
    """a corrected birth date, a late notice, a decision about another month"""
    DISTRICT_GAP = "district_gap"
    """between two districts she was registered in none; by the rule nobody pays"""


RUN_STEPS: dict[RunState, frozenset[RunState]] = {
    RunState.HELD: frozenset({RunState.LISTED}),
    RunState.LISTED: frozenset({RunState.AUDITED}),
    RunState.AUDITED: frozenset({RunState.PAID}),
    RunState.PAID: frozenset(),
}
