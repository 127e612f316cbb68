"""Why something could not be done with a case: one class for each thing that somebody can do something about."""

from __future__ import annotations

from services.errors import ServiceError


class CaseUnknown(ServiceError):
    """There is no such case, or it is not for this actor to know."""

    code = "case_unknown"


class OfferUnknown(ServiceError):
    """There is no such offer."""

    code = "offer_unknown"


class OfferEnded(ServiceError):
    """The offer is over; she can still apply. `ended_on`: the last day on which it could be answered."""

    code = "offer_ended"


class AlreadyDecided(ServiceError):
    """It was answered or decided otherwise before. `state`: what stands."""

    code = "already_decided"


class AlreadyApplied(ServiceError):
    """She has this benefit, or an application for it, already. `case_id`, `state`."""

    code = "already_applied"


class NotEntitled(ServiceError):
    """The rules say no. `reasons`: their codes."""

    code = "not_entitled"


class StepNotPossible(ServiceError):
    """A case in this state can't go that way. `state`, `wanted`."""

    code = "step_not_possible"


class ReasonMissing(ServiceError):
    """Deciding against somebody needs a reason in words."""

    code = "reason_missing"


class OnlyByPeople(ServiceError):
    """The machine may not decide this against somebody: a worker must."""

    code = "only_by_people"


class TooManyInDoubt(ServiceError):
    """So many of those to whom an offer would be made are in doubt that a person must look at the registers first.

    `candidates`, `in_doubt`.
    """

    code = "too_many_in_doubt"


class NoRuleOn(ServiceError):
    """There are no rules for how offers are made on that day. `day`."""

    code = "no_rule_on"
