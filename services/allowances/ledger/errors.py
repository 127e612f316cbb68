"""Why a step of the month could not be taken."""

from __future__ import annotations

from services.errors import ServiceError


class RunUnknown(ServiceError):
    """There is no such run."""

    code = "run_unknown"


class MonthNotYet(ServiceError):
    """A month is listed when it has begun. `month`."""

    code = "month_not_yet"


class EarlierMonthOpen(ServiceError):
    """An earlier month is not paid yet; months follow each other. `month`: the open one."""

    code = "earlier_month_open"


class LaterMonthListed(ServiceError):
    """A later month was listed already; what this one still owed is on its list. `month`: the later one."""

    code = "later_month_listed"


class RunNotReady(ServiceError):
    """The run is not at this step. `state`: where it is, `wanted`: where it would have to be."""

    code = "run_not_ready"


class AdjustmentUnknown(ServiceError):
    """There is no such correction, or it is not for this actor to know."""

    code = "adjustment_unknown"


class ReturnUnknown(ServiceError):
    """A returned payment names no payment of this run. `reference`."""

    code = "return_unknown"


class RefundTooMuch(ServiceError):
    """More came back than is due. `due_fen`."""

    code = "refund_too_much"
