"""The words of a delegation: what somebody is to the senior, where a delegation stands, why it ended."""

from __future__ import annotations

from enum import StrEnum


class Relation(StrEnum):
    """What the family member is to the senior."""

    DAUGHTER = "daughter"
    SON = "son"
    SPOUSE = "spouse"
    GRANDCHILD = "grandchild"
    OTHER = "other"


class DelegationState(StrEnum):
    """Where a delegation stands."""

    ASKED = "asked"
    """the family member asked; the senior has not agreed"""
    INVITED = "invited"
    """the senior wants it; the family member has not agreed"""
    ACTIVE = "active"
    FROZEN = "frozen"
    """a worker stopped it until somebody has looked"""
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a delegation, or the request for one, is over."""

    DECLINED = "declined"
    LAPSED = "lapsed"
    """nobody answered in time; also where nobody was meant"""
    CALLED_OFF = "called_off"
    """whoever asked or invited took it back before the answer"""
    TAKEN_BACK = "taken_back"
    """by the senior's word"""
    GIVEN_UP = "given_up"
    """by the family member"""
    EXPIRED = "expired"
    BY_WORKER = "by_worker"
    DEATH = "death"
    REPLACED = "replaced"
    """a new one of the same two took its place"""


WAITING = frozenset({DelegationState.ASKED, DelegationState.INVITED})
IN_FORCE = frozenset({DelegationState.ACTIVE, DelegationState.FROZEN})
# Final states are final; what ended is asked for anew.
ALLOWED: dict[DelegationState, frozenset[DelegationState]] = {
    DelegationState.ASKED: frozenset({DelegationState.ACTIVE, DelegationState.ENDED}),
    DelegationState.INVITED: frozenset({DelegationState.ACTIVE, DelegationState.ENDED}),
    DelegationState.ACTIVE: frozenset({DelegationState.FROZEN, DelegationState.ENDED}),
    DelegationState.FROZEN: frozenset({DelegationState.ACTIVE, DelegationState.ENDED}),
    DelegationState.ENDED: frozenset(),
}


class DelegationEventKind(StrEnum):
    """What happened to a delegation."""

    ASKED = "asked"
    INVITED = "invited"
    PUT_TO_WORKER = "put_to_worker"
    """no text message of hers can agree: a worker asks her"""
    AGREED = "agreed"
    """by the senior, or with a worker as witness"""
    CONFIRMED = "confirmed"
    """by the family member who was invited"""
    EXTENDED = "extended"
    FROZEN = "frozen"
    RELEASED = "released"
    ENDED = "ended"
