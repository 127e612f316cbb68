"""What of a price the city pays to the firm, and what she pays. Pure arithmetic in fen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shares:
    """price = subsidy (paid to the firm, never to her) + what she pays the firm herself."""

    subsidy_fen: int
    self_paid_fen: int


def divide(price_fen: int, aids_fen: int, *, cap_fen: int, aids_cap_fen: int | None) -> Shares:
    """Works count in full, aids and smart devices (`aids_fen` of the price) up to their own limit, all of it up to the
    cap. What is above she pays; what is below the cap nobody gets.

    >>> divide(1_250_000, 400_000, cap_fen=1_000_000, aids_cap_fen=300_000)
    Shares(subsidy_fen=1000000, self_paid_fen=250000)
    >>> divide(600_000, 400_000, cap_fen=1_000_000, aids_cap_fen=300_000)
    Shares(subsidy_fen=500000, self_paid_fen=100000)
    >>> divide(600_000, 400_000, cap_fen=1_000_000, aids_cap_fen=None)
    Shares(subsidy_fen=600000, self_paid_fen=0)
    """
    aids_counted = aids_fen if aids_cap_fen is None else min(aids_fen, aids_cap_fen)
    subsidy = min(cap_fen, price_fen - aids_fen + aids_counted)
    return Shares(subsidy, price_fen - subsidy)
