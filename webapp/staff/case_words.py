"""States and events of allowance cases, and the doubts about an application, in words for workers."""

from __future__ import annotations

from flask_babel import gettext as _

from services.allowances import CaseState, EventKind, StopReason
from webapp.staff.known_words import field_words


def state_words(state: CaseState) -> str:
    """Where a case is."""
    return {
        CaseState.OFFERED: _("Offered, no answer yet"),
        CaseState.DECLINED: _("Declined"),
        CaseState.OFFER_ENDED: _("Offer ended without an answer"),
        CaseState.APPLIED: _("Applied, being checked"),
        CaseState.IN_REVIEW: _("With a worker"),
        CaseState.REFUSED: _("Refused"),
        CaseState.ACTIVE: _("Being paid"),
        CaseState.SUSPENDED: _("Suspended"),
        CaseState.STOPPED: _("Stopped"),
        CaseState.WITHDRAWN: _("Withdrawn"),
    }[state]


def stop_reason_words(reason: StopReason) -> str:
    """Why a case was stopped."""
    return {
        StopReason.DIED: _("she died"),
        StopReason.MOVED_OUT: _("her household left the city"),
        StopReason.WITHDRAWN: _("she did not want it any more"),
        StopReason.ERROR: _("it was granted by mistake"),
    }[reason]


def event_words(kind: EventKind) -> str:
    """What happened in a case."""
    return {
        EventKind.OFFERED: _("The offer was sent"),
        EventKind.OFFERED_AGAIN: _("The offer was sent again"),
        EventKind.REMINDED: _("She was reminded"),
        EventKind.OFFER_ENDED: _("The offer ended without an answer"),
        EventKind.AGREED: _("She agreed"),
        EventKind.APPLIED: _("She applied"),
        EventKind.DECLINED: _("She declined"),
        EventKind.AGREED_LATE: _("She agreed after the offer had ended"),
        EventKind.AGREED_FROM_OTHER_PHONE: _("Somebody agreed from another telephone"),
        EventKind.APPROVED: _("Approved"),
        EventKind.PUT_IN_REVIEW: _("Put to a worker"),
        EventKind.REFUSED: _("Refused"),
        EventKind.WISHED_TO_WITHDRAW: _("She does not want it any more"),
        EventKind.STOP_PROPOSED: _("A stop was put to a worker"),
        EventKind.STOP_PROPOSAL_DROPPED: _("The reason for stopping it is gone"),
        EventKind.STOPPED: _("Stopped"),
        EventKind.WITHDRAWN: _("Withdrawn"),
        EventKind.KEPT: _("Kept"),
        EventKind.REINSTATED: _("Brought back"),
        EventKind.SUSPENDED: _("Suspended"),
        EventKind.RESUMED: _("Paid again"),
        EventKind.FIRST_MONTH_CORRECTED: _("The first month was corrected"),
        EventKind.TAKEN_OVER: _("Taken over from the system before"),
    }[kind]


def doubt_words(code: str) -> str:
    """One doubt about an application, as a sentence."""
    if code.startswith("unknown_"):
        return _("It is not known: %(field)s.", field=field_words(code.removeprefix("unknown_")))
    return {
        "registers_disagree": _("The registers say different things of her."),
        "age_not_reached": _("By the registers she is too young."),
        "hukou_not_in_city": _("By the registers her household is not registered in the city."),
        "died": _("The registers report her death."),
        "phone_not_confirmed": _(
            "She agreed by text message, from a number that nobody has confirmed for a year. Ask her."
        ),
        "facts_missing": _("A fact is missing."),
    }.get(code, _("The rules say no (%(code)s).", code=code))
