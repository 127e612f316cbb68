"""Why somebody may not act for a senior, or why it could not be agreed."""

from __future__ import annotations

from services.actor import NotAllowed
from services.errors import ServiceError


class DelegationParametersWrong(ServiceError):
    """The parameter file has an unknown key, a bad value or dates out of order. `file`, `problem`."""

    code = "delegation_parameters_wrong"


class DelegationUnknown(NotAllowed):
    """There is no such request or right, or it is not for this actor to know."""

    code = "delegation_unknown"


class DelegationOver(ServiceError):
    """It has ended. `reason`: one of `EndReason`."""

    code = "delegation_over"


class DelegationFrozen(ServiceError):
    """A worker has stopped it until somebody has looked."""

    code = "delegation_frozen"


class DelegationStepNotPossible(ServiceError):
    """From where it stands it can't go that way. `state`."""

    code = "delegation_step_not_possible"


class NeedsWitness(ServiceError):
    """Whoever answers here may be the family member herself, since both have this phone: a worker has to be there."""

    code = "needs_witness"


class TooManyRequests(ServiceError):
    """So many requests in one day are not made. `wait_seconds`."""

    code = "too_many_requests"


class FamilyNameMissing(ServiceError):
    """The senior would not know who asks: the family member has not written her name yet."""

    code = "family_name_missing"


class NameOfSeniorMissing(ServiceError):
    """Who is meant was not written."""

    code = "name_of_senior_missing"


class NumberOfSeniorWrong(ServiceError):
    """Neither a mobile number nor an ID number nor the last four digits of a card."""

    code = "number_of_senior_wrong"


class NoScopes(ServiceError):
    """Nothing was ticked that she shall do."""

    code = "no_scopes"


class TermWrong(ServiceError):
    """For one month at least, `most` at most."""

    code = "term_wrong"


class OwnPhone(ServiceError):
    """The number is the senior's own."""

    code = "own_phone"


class EvidenceMissing(ServiceError):
    """A worker says what she looked at, and writes down how she made sure."""

    code = "evidence_missing"
