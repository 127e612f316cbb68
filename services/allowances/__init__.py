"""The old-age allowance from the offer to the last payment: cases and their steps, what is owed, what is paid.

Nothing is paid without a clear yes of hers, nothing is refused, suspended or stopped but by a worker with a reason.
Every step is an event that is never changed. docs/allowances.md has the states and the edge cases.
"""

from services.allowances.cases import (
    cases_of_phone,
    events_of,
    get_case,
    list_cases,
    open_offers,
    open_offers_of_phone,
    open_offers_with_code,
)
from services.allowances.checking import check_applications, correct_first_months, decide_review
from services.allowances.deadlines import end_offers, remind, renew_offers
from services.allowances.errors import (
    AlreadyApplied,
    AlreadyDecided,
    CaseUnknown,
    NoRuleOn,
    NotEntitled,
    OfferEnded,
    OfferUnknown,
    OnlyByPeople,
    ReasonMissing,
    StepNotPossible,
    TooManyInDoubt,
)
from services.allowances.ledger.adjustments import decide_adjustment, recompute, record_refund
from services.allowances.ledger.bank_file import BankFile, export_bank_file
from services.allowances.ledger.errors import (
    AdjustmentUnknown,
    EarlierMonthOpen,
    LaterMonthListed,
    MonthNotYet,
    RefundTooMuch,
    ReturnUnknown,
    RunNotReady,
    RunUnknown,
)
from services.allowances.ledger.reading import payments_of
from services.allowances.ledger.returns import ReturnCode, record_returns
from services.allowances.ledger.runs import audit_month, confirm_run, get_run, list_month, list_runs, pay_month
from services.allowances.ledger.states import HeldBecause, LineStatus, RunState
from services.allowances.ledger.tier_changes import announce_tier_changes
from services.allowances.ledger.views import Adjustment, Payment, PaymentRun, Total
from services.allowances.offers import agree_to_offer, apply_for, decline_offer, late_reply
from services.allowances.proposing import propose_stops
from services.allowances.screening import ScreeningReport, screen
from services.allowances.states import CaseState, EventKind, StopReason
from services.allowances.stopping import decide_stop, withdraw
from services.allowances.suspending import resume, suspend
from services.allowances.taking_over import take_over
from services.allowances.views import AllowanceCase, AllowanceEvent

__all__ = [
    "Adjustment",
    "AdjustmentUnknown",
    "AllowanceCase",
    "AllowanceEvent",
    "AlreadyApplied",
    "AlreadyDecided",
    "BankFile",
    "CaseState",
    "CaseUnknown",
    "EarlierMonthOpen",
    "EventKind",
    "HeldBecause",
    "LaterMonthListed",
    "LineStatus",
    "MonthNotYet",
    "NoRuleOn",
    "NotEntitled",
    "OfferEnded",
    "OfferUnknown",
    "OnlyByPeople",
    "Payment",
    "PaymentRun",
    "ReasonMissing",
    "RefundTooMuch",
    "ReturnCode",
    "ReturnUnknown",
    "RunNotReady",
    "RunState",
    "RunUnknown",
    "ScreeningReport",
    "StepNotPossible",
    "StopReason",
    "TooManyInDoubt",
    "Total",
    "agree_to_offer",
    "announce_tier_changes",
    "apply_for",
    "audit_month",
    "cases_of_phone",
    "check_applications",
    "confirm_run",
    "correct_first_months",
    "decide_adjustment",
    "decide_review",
    "decide_stop",
    "decline_offer",
    "end_offers",
    "events_of",
    "export_bank_file",
    "get_case",
    "get_run",
    "late_reply",
    "list_cases",
    "list_month",
    "list_runs",
    "open_offers",
    "open_offers_of_phone",
    "open_offers_with_code",
    "pay_month",
    "payments_of",
    "propose_stops",
    "recompute",
    "record_refund",
    "record_returns",
    "remind",
    "renew_offers",
    "resume",
    "screen",
    "suspend",
    "take_over",
    "withdraw",
]
