"""Why a certification could not be done as asked."""

from __future__ import annotations

from services.errors import ServiceError


class NothingToCertify(ServiceError):
    """She is not, or no longer, asked to be certified."""

    code = "nothing_to_certify"


class MustBeSpoken(ServiceError):
    """Typed digits prove nothing: they must be said, where a recogniser hears them."""

    code = "must_be_spoken"


class ChallengeUnknown(ServiceError):
    """Not a challenge of hers, or one of a time gone by."""

    code = "challenge_unknown"


class NoWindowNow(ServiceError):
    """There is no campaign on this day. `next_starts_on`: when the next one begins."""

    code = "no_window_now"


class WindowStillOpen(ServiceError):
    """A campaign cannot be closed before its last day is over. `ends_on`."""

    code = "window_still_open"


class TooManyMissed(ServiceError):
    """So many missed a campaign that something else must be wrong, such as a file that never came: `missed` of
    `population`. An operator may close it all the same."""

    code = "too_many_missed"


class NothingMissed(ServiceError):
    """No missed certification of this person waits for a decision."""

    code = "nothing_missed"


class SeenDayWrong(ServiceError):
    """Who vouches for somebody has seen her lately: on a day from `first_on` to `last_on`."""

    code = "seen_day_wrong"


class PartnerUnknown(ServiceError):
    """No agreement lets this office receive our proofs. `allowed`: those that may."""

    code = "partner_unknown"


class CertificationParametersWrong(ServiceError):
    """The parameter file is not as it must be: `file` and `problem`."""

    code = "certification_parameters_wrong"
