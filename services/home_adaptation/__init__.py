"""居家适老化改造, making a senior's home safe: from the application to the payment of the firm, each home once.

The city's part is paid to the firm after she has accepted the work, never in cash and never to her; what is above the
cap she pays the firm herself. Every step is an event that is never changed. docs/home-adaptation.md has the states.
"""

from services.home_adaptation.applying import apply_for_adaptation, withdraw_adaptation
from services.home_adaptation.assessing import assess_home, list_firms
from services.home_adaptation.building import accept_work, begin_work, finish_work, object_to_work
from services.home_adaptation.deciding import decide_adaptation, record_payment
from services.home_adaptation.errors import (
    AdaptationAppliedFor,
    AdaptationParametersWrong,
    AdaptationStepNotPossible,
    AdaptationUnknown,
    AddressNotKnown,
    CostAboveQuote,
    FirmUnknown,
    HomeAdaptedAlready,
    HouseholdAdaptedAlready,
    NeedsMissing,
    NoteMissing,
    NoteTooLong,
    NotInHousehold,
    PaymentWrong,
    PhotoMissing,
    PhotoWrong,
    QuoteChanged,
    QuoteExpired,
    QuoteWrong,
    TooManyPhotos,
)
from services.home_adaptation.firms import NewFirm, add_firm
from services.home_adaptation.household import adaptation_of_household, take_out_of_household
from services.home_adaptation.listing import (
    events_of_adaptation,
    get_adaptation,
    home_of,
    latest_adaptation,
    list_adaptations,
)
from services.home_adaptation.parameters import check_parameters, rules_on
from services.home_adaptation.photos import MOST_A_STAGE, MOST_BYTES, add_photo, read_photo
from services.home_adaptation.quoting import (
    MOST_LINES,
    NewQuoteItem,
    agree_to_quote,
    record_owner_agreement,
    record_quote,
)
from services.home_adaptation.states import AdaptationState, EventKind, ItemGroup, Owner, PhotoStage
from services.home_adaptation.steps import LONGEST_NOTE
from services.home_adaptation.views import (
    Adaptation,
    AdaptationEvent,
    Firm,
    Home,
    HouseholdMember,
    Photo,
    Quote,
    QuoteItem,
)

__all__ = [
    "LONGEST_NOTE",
    "MOST_A_STAGE",
    "MOST_BYTES",
    "MOST_LINES",
    "Adaptation",
    "AdaptationAppliedFor",
    "AdaptationEvent",
    "AdaptationParametersWrong",
    "AdaptationState",
    "AdaptationStepNotPossible",
    "AdaptationUnknown",
    "AddressNotKnown",
    "CostAboveQuote",
    "EventKind",
    "Firm",
    "FirmUnknown",
    "Home",
    "HomeAdaptedAlready",
    "HouseholdAdaptedAlready",
    "HouseholdMember",
    "ItemGroup",
    "NeedsMissing",
    "NewFirm",
    "NewQuoteItem",
    "NotInHousehold",
    "NoteMissing",
    "NoteTooLong",
    "Owner",
    "PaymentWrong",
    "Photo",
    "PhotoMissing",
    "PhotoStage",
    "PhotoWrong",
    "Quote",
    "QuoteChanged",
    "QuoteExpired",
    "QuoteItem",
    "QuoteWrong",
    "TooManyPhotos",
    "accept_work",
    "adaptation_of_household",
    "add_firm",
    "add_photo",
    "agree_to_quote",
    "apply_for_adaptation",
    "assess_home",
    "begin_work",
    "check_parameters",
    "decide_adaptation",
    "events_of_adaptation",
    "finish_work",
    "get_adaptation",
    "home_of",
    "latest_adaptation",
    "list_adaptations",
    "list_firms",
    "object_to_work",
    "read_photo",
    "record_owner_agreement",
    "record_payment",
    "record_quote",
    "rules_on",
    "take_out_of_household",
    "withdraw_adaptation",
]
