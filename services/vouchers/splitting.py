"""How a price divides between vouchers and the person. Pure arithmetic in fen; shares are rounded down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.vouchers.kinds import ItemKind, VoucherKind
from services.vouchers.parameters import Rules

HUNDRED_PERCENT = 100


@dataclass(frozen=True)
class Purse:
    """What is left in one voucher of one month."""

    kind: VoucherKind
    left_fen: int


def divide(price_fen: int, item: ItemKind, purses: Sequence[Purse], rules: Rules) -> tuple[int, ...]:
    """What each of the purses pays, in their own order; of several of one kind the first pays first.

    >>> from datetime import date
    >>> from services.vouchers.parameters import rules_on
    >>> rules = rules_on(date(2026, 11, 24))
    >>> subsidy, voucher = Purse(VoucherKind.HOME_CARE_SUBSIDY, 10_000), Purse(
    ...     VoucherKind.CARE_CONSUMPTION_VOUCHER, 80_000)
    >>> divide(15_000, ItemKind.BATHING, [subsidy, voucher], rules)
    (10000, 2500)
    >>> divide(20_000, ItemKind.MEDICAL_HELP, [voucher], rules)
    (10000,)
    """
    paid = [0] * len(purses)
    remainder = price_fen
    for kind in rules.order:
        base = price_fen if rules.share_of == "price" else remainder
        share = min(remainder, base * rules.percent[kind].get(item, 0) // HUNDRED_PERCENT)
        for place, purse in enumerate(purses):
            if purse.kind is kind:
                paid[place] = min(share, max(0, purse.left_fen))
                share -= paid[place]
                remainder -= paid[place]
    return tuple(paid)
