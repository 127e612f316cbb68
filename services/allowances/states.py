"""The states of a case and the steps between them; nothing moves a case but `services.allowances.steps`."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case is."""

    OFFERED = "offered"
    """the offer is open"""
    DECLINED = "declined"
    """she did not want it; she may still apply"""
    OFFER_ENDED = "offer_ended"
    """nobody answered in time; a worker looks, and she may still apply"""
    APPLIED = "applied"
    """she agreed or applied; the facts are to be checked"""
    IN_REVIEW = "in_review"
    """a fact is in doubt; a worker decides"""
    REFUSED = "refused"
    """a worker refused it"""
    ACTIVE = "active"
    """approved: paid from its first month on"""
    SUSPENDED = "suspended"
    """a worker suspended it, for a missed certification"""
    STOPPED = "stopped"
    """a worker stopped it from a month on"""
    WITHDRAWN = "withdrawn"
    """she took it back before anything was paid, and a worker made sure"""


class StopReason(StrEnum):
    """Why a case is, or may have to be, stopped."""

    DIED = "died"
    MOVED_OUT = "moved_out"
    WITHDRAWN = "withdrawn"
    ERROR = "error"


class EventKind(StrEnum):
    """What happened in a case."""

    OFFERED = "offered"
    OFFERED_AGAIN = "offered_again"
    REMINDED = "reminded"
    OFFER_ENDED = "offer_ended"
    AGREED = "agreed"
    APPLIED = "applied"
    DECLINED = "declined"
    AGREED_LATE = "agreed_late"
    AGREED_FROM_OTHER_PHONE = "agreed_from_other_phone"
    APPROVED = "approved"
    PUT_IN_REVIEW = "put_in_review"
    REFUSED = "refused"
    WISHED_TO_WITHDRAW = "wished_to_withdraw"
    STOP_PROPOSED = "stop_proposed"
    STOP_PROPOSAL_DROPPED = "stop_proposal_dropped"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"
    REINSTATED = "reinstated"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    FIRST_MONTH_CORRECTED = "first_month_corrected"
    TAKEN_OVER = "taken_over"


# In these a case has ended; the same person may begin another one.
FINAL = frozenset(
    {CaseState.DECLINED, CaseState.OFFER_ENDED, CaseState.REFUSED, CaseState.STOPPED, CaseState.WITHDRAWN}
)

# In these no answer changes anything any more; the code of such a case may be given to another offer of the phone.
UNANSWERABLE = frozenset({CaseState.REFUSED, CaseState.STOPPED, CaseState.WITHDRAWN})

# Answered; while the time of such an offer runs, a word without a code may mean it again, and not another of the phone.
MEANT_AGAIN = frozenset(
    {
        CaseState.APPLIED,
        CaseState.IN_REVIEW,
        CaseState.ACTIVE,
        CaseState.SUSPENDED,
        CaseState.DECLINED,
        CaseState.WITHDRAWN,
    }
)

# A late answer that a worker confirms, and a stop that turns out to be wrong, are the two ways back.
ALLOWED: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OFFERED: frozenset({CaseState.APPLIED, CaseState.DECLINED, CaseState.OFFER_ENDED}),
    CaseState.OFFER_ENDED: frozenset({CaseState.APPLIED, CaseState.DECLINED}),
    CaseState.DECLINED: frozenset(),
    CaseState.APPLIED: frozenset({CaseState.ACTIVE, CaseState.IN_REVIEW, CaseState.WITHDRAWN}),
    CaseState.IN_REVIEW: frozenset({CaseState.ACTIVE, CaseState.REFUSED, CaseState.WITHDRAWN}),
    CaseState.REFUSED: frozenset(),
    CaseState.ACTIVE: frozenset({CaseState.SUSPENDED, CaseState.STOPPED, CaseState.WITHDRAWN}),
    CaseState.SUSPENDED: frozenset({CaseState.ACTIVE, CaseState.STOPPED}),
    CaseState.STOPPED: frozenset({CaseState.ACTIVE}),
    CaseState.WITHDRAWN: frozenset(),
}
