"""The states of the adaptation of a home and the steps between them; nothing moves a case but
`services.home_adaptation.steps`."""

from __future__ import annotations

from enum import StrEnum


class AdaptationState(StrEnum):
    """Where a case is, and who is to act."""

    APPLIED = "applied"
    """a worker of her community comes and looks at the home"""
    ASSESSED = "assessed"
    """what the home needs is written down; the firm makes a quote"""
    QUOTED = "quoted"
    """she, and whoever owns the home, say whether they agree"""
    AGREED = "agreed"
    """a worker decides"""
    APPROVED = "approved"
    """the firm may begin"""
    BUILDING = "building"
    BUILT = "built"
    """the firm is done; she looks whether all is well"""
    ACCEPTED = "accepted"
    """the firm is to be paid"""
    PAID = "paid"
    REFUSED = "refused"
    """a worker refused it"""
    WITHDRAWN = "withdrawn"
    """she did not want it after all"""


class EventKind(StrEnum):
    """What happened in a case."""

    APPLIED = "applied"
    ASSESSED = "assessed"
    QUOTED = "quoted"
    AGREED = "agreed"
    OWNER_AGREED = "owner_agreed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    BEGUN = "begun"
    FINISHED = "finished"
    OBJECTED = "objected"
    """she found something wrong, and the firm goes on"""
    ACCEPTED = "accepted"
    PAID = "paid"
    PHOTO_ADDED = "photo_added"
    HOUSEHOLD_CORRECTED = "household_corrected"
    """somebody at the address is no part of the household"""


class Owner(StrEnum):
    """Whose home it is."""

    HERSELF = "herself"
    FAMILY = "family"
    LANDLORD = "landlord"


class ItemGroup(StrEnum):
    """What the sub-cap distinguishes."""

    WORKS = "works"
    AIDS = "aids"
    SMART = "smart"


class PhotoStage(StrEnum):
    """What a photo shows."""

    BEFORE = "before"
    AFTER = "after"
    CONSENT = "consent"
    """the paper on which the owner agreed"""


# In these a case has ended without a firm having built: the home, and she, may have another one.
WITHOUT_WORK = frozenset({AdaptationState.REFUSED, AdaptationState.WITHDRAWN})
FINAL = WITHOUT_WORK | {AdaptationState.PAID}
# Until these nothing has been promised to a firm, and she can still take it back.
BEFORE_APPROVAL = frozenset(
    {AdaptationState.APPLIED, AdaptationState.ASSESSED, AdaptationState.QUOTED, AdaptationState.AGREED}
)

ALLOWED: dict[AdaptationState, frozenset[AdaptationState]] = {
    AdaptationState.APPLIED: frozenset({AdaptationState.ASSESSED, *WITHOUT_WORK}),
    # Assessed once more: another firm, or other needs.
    AdaptationState.ASSESSED: frozenset({AdaptationState.ASSESSED, AdaptationState.QUOTED, *WITHOUT_WORK}),
    AdaptationState.QUOTED: frozenset(
        {AdaptationState.ASSESSED, AdaptationState.QUOTED, AdaptationState.AGREED, *WITHOUT_WORK}
    ),
    AdaptationState.AGREED: frozenset(
        {AdaptationState.ASSESSED, AdaptationState.QUOTED, AdaptationState.APPROVED, *WITHOUT_WORK}
    ),
    AdaptationState.APPROVED: frozenset({AdaptationState.BUILDING, AdaptationState.WITHDRAWN}),
    AdaptationState.BUILDING: frozenset({AdaptationState.BUILT}),
    AdaptationState.BUILT: frozenset({AdaptationState.ACCEPTED, AdaptationState.BUILDING}),
    AdaptationState.ACCEPTED: frozenset({AdaptationState.PAID}),
    AdaptationState.PAID: frozenset(),
    AdaptationState.REFUSED: frozenset(),
    AdaptationState.WITHDRAWN: frozenset(),
}
