"""委托代理: family who may act for a senior, from the asking to the end (docs/delegation.md).

`asking`: a family member asks, a job looks up whom she named. `agreeing`: the senior's yes or no. `inviting`: the other
way round. `ending`: whoever ends it, and what is over by itself. `acting` makes the actor who acts. `listing`: who may,
and who did what. `deeds` tells the senior of each deed. `watching` has a worker look at what is unusual.
"""

from services.delegation.acting import act_for
from services.delegation.agreeing import Evidence, Witness, agree_to_delegate, decline_delegate
from services.delegation.asking import ask_to_act, call_off_request, look_up_requests
from services.delegation.by_the_clock import look_after_delegations
from services.delegation.deeds import DelegateDeed, tell_of_deeds
from services.delegation.ending import (
    end_due,
    freeze_delegation,
    give_up,
    release_delegation,
    take_back,
    take_back_all,
)
from services.delegation.errors import (
    DelegationFrozen,
    DelegationOver,
    DelegationStepNotPossible,
    DelegationUnknown,
    EvidenceMissing,
    FamilyNameMissing,
    NameOfSeniorMissing,
    NeedsWitness,
    NoScopes,
    NumberOfSeniorWrong,
    OwnPhone,
    TermWrong,
    TooManyRequests,
)
from services.delegation.inviting import (
    USUAL,
    confirm_invitation,
    decline_invitation,
    extend_delegation,
    invite_delegate,
)
from services.delegation.listing import (
    Family,
    deeds_for,
    delegates_of,
    delegations_of_phone,
    family_of,
    get_charge,
    get_delegation,
    get_request,
    invitations_of,
)
from services.delegation.parameters import check_parameters, rules_on
from services.delegation.views import Charge, Delegation, Request

__all__ = [
    "USUAL",
    "Charge",
    "DelegateDeed",
    "Delegation",
    "DelegationFrozen",
    "DelegationOver",
    "DelegationStepNotPossible",
    "DelegationUnknown",
    "Evidence",
    "EvidenceMissing",
    "Family",
    "FamilyNameMissing",
    "NameOfSeniorMissing",
    "NeedsWitness",
    "NoScopes",
    "NumberOfSeniorWrong",
    "OwnPhone",
    "Request",
    "TermWrong",
    "TooManyRequests",
    "Witness",
    "act_for",
    "agree_to_delegate",
    "ask_to_act",
    "call_off_request",
    "check_parameters",
    "confirm_invitation",
    "decline_delegate",
    "decline_invitation",
    "deeds_for",
    "delegates_of",
    "delegations_of_phone",
    "end_due",
    "extend_delegation",
    "family_of",
    "freeze_delegation",
    "get_charge",
    "get_delegation",
    "get_request",
    "give_up",
    "invitations_of",
    "invite_delegate",
    "look_after_delegations",
    "look_up_requests",
    "release_delegation",
    "rules_on",
    "take_back",
    "take_back_all",
    "tell_of_deeds",
]
