"""Vouchers for care: what each month gives, how a price divides, and holding, spending and losing them by booking.

A capability that books services asks `split_price` for a quote, `hold_vouchers` when she agreed, `release_vouchers`
when it is cancelled and `settle_vouchers` when the service was given. docs/vouchers.md has the rules and their doubts.
"""

from services.vouchers.by_the_clock import issue_this_month, remind_everybody
from services.vouchers.deciding import decide_voucher
from services.vouchers.errors import NothingToLower, SelfPaidChanged, VoucherParametersWrong, VouchersHeldAlready
from services.vouchers.holding import held_vouchers, hold_vouchers, release_vouchers, settle_vouchers, split_price
from services.vouchers.issuing import OnLost, issue_month, issue_vouchers
from services.vouchers.kinds import ItemKind, MovementKind, VoucherKind
from services.vouchers.parameters import check_parameters
from services.vouchers.reminding import remind_of_unused
from services.vouchers.views import HeldVouchers, LostHold, Voucher, VoucherPart, VoucherSplit
from services.vouchers.wallets import see_vouchers

__all__ = [
    "HeldVouchers",
    "ItemKind",
    "LostHold",
    "MovementKind",
    "NothingToLower",
    "OnLost",
    "SelfPaidChanged",
    "Voucher",
    "VoucherKind",
    "VoucherParametersWrong",
    "VoucherPart",
    "VoucherSplit",
    "VouchersHeldAlready",
    "check_parameters",
    "decide_voucher",
    "held_vouchers",
    "hold_vouchers",
    "issue_month",
    "issue_this_month",
    "issue_vouchers",
    "release_vouchers",
    "remind_everybody",
    "remind_of_unused",
    "see_vouchers",
    "settle_vouchers",
    "split_price",
]
