"""Why a voucher could not be used."""

from __future__ import annotations

from services.errors import ServiceError


class VoucherParametersWrong(ServiceError):
    """The parameter file has an unknown key, a bad value or dates out of order. `file`, `problem`."""

    code = "voucher_parameters_wrong"


class SelfPaidChanged(ServiceError):
    """She would now pay another amount herself than the one she agreed to. `to_pay_fen`: the amount now."""

    code = "self_paid_changed"


class VouchersHeldAlready(ServiceError):
    """For this booking vouchers are held, or were spent, already; release them first. `subject_id`."""

    code = "vouchers_held_already"


class NothingToLower(ServiceError):
    """The rules give her no less than she has: somebody has decided, or the registers came round."""

    code = "nothing_to_lower"
