"""Amounts that rise in rungs: who stands on a rung also stands on those below it."""

from __future__ import annotations

import numpy as np

from services.benefits.conditions import YES, Conditions
from services.benefits.engine import Amounts


def amount_of_highest(*rungs: tuple[Conditions, int]) -> Amounts:
    """The amount of the highest rung that each person surely stands on, lowest rung first; 0 for none.

    Each rung is a condition and its amount in fen. Where a higher rung is open the amount is what is sure at least.
    """
    amount = np.zeros(len(rungs[0][0]), dtype=np.int32)
    for condition, fen in rungs:
        amount[condition == YES] = fen
    return amount
