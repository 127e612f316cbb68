"""The words of certification: what proves a life, how somebody stands in a campaign, how a challenge ended."""

from __future__ import annotations

from enum import StrEnum


class EvidenceKind(StrEnum):
    """What a certification rests on."""

    SELF = "self"
    """she said four digits that she had just been given, signed in"""
    FAMILY = "family"
    """somebody of her family vouched for her: before a worker, or on line as her delegate"""
    OTHER = "other"
    """another helper vouched for her, in the same ways"""
    VISIT = "visit"
    """a worker saw her"""
    DATA_MATCH = "data_match"
    """signals of other offices that are strong enough together"""
    SHARED = "shared"
    """a proof of life that social insurance took, counted here too"""


# Where a person acted; what follows from other offices' data is nothing that we could tell them.
OUR_OWN = frozenset({EvidenceKind.SELF, EvidenceKind.FAMILY, EvidenceKind.OTHER, EvidenceKind.VISIT})


class HelperRelation(StrEnum):
    """What somebody who vouches for her is to her."""

    DAUGHTER = "daughter"
    SON = "son"
    SPOUSE = "spouse"
    GRANDCHILD = "grandchild"
    RELATIVE = "relative"
    OTHER = "other"
    """no family: a neighbour, a friend, somebody who looks after her"""

    @property
    def evidence(self) -> EvidenceKind:
        """What the word of such a helper is.

        >>> HelperRelation.SON.evidence, HelperRelation.OTHER.evidence
        (<EvidenceKind.FAMILY: 'family'>, <EvidenceKind.OTHER: 'other'>)
        """
        return EvidenceKind.OTHER if self is HelperRelation.OTHER else EvidenceKind.FAMILY


class SignalKind(StrEnum):
    """What another office saw that speaks for somebody being alive. How strong each is stands in the parameters."""

    PENSION_CERTIFICATION = "pension_certification"
    ABILITY_ASSESSMENT = "ability_assessment"
    HOSPITAL_VISIT = "hospital_visit"
    VACCINATION = "vaccination"
    CARD_ACTIVITY = "card_activity"


class MemberStatus(StrEnum):
    """How somebody stands in a campaign."""

    DUE = "due"
    DONE = "done"
    MISSED = "missed"


class CheckOutcome(StrEnum):
    """What came of digits that were said."""

    PASSED = "passed"
    WRONG = "wrong"
    EXPIRED = "expired"
    NO_TRIES_LEFT = "no_tries_left"


class MissedDecision(StrEnum):
    """What a worker decided about somebody who missed a campaign."""

    SUSPENDED = "suspended"
    KEPT = "kept"


class Direction(StrEnum):
    """Which way proofs went."""

    RECEIVED = "received"
    GIVEN = "given"


class WorkerBecause(StrEnum):
    """Why a worker goes to somebody instead of a text message."""

    ASKED = "asked"
    NO_PHONE = "no_phone"
    LIVES_AWAY = "lives_away"
    LAPSED = "lapsed"
    SAMPLE_AUDIT = "sample_audit"
