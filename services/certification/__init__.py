"""资格认证: campaigns in which everybody who is paid is certified to be alive, by her own voice, by people, or by data.

The machine certifies, reminds and proposes; whether a payment is suspended for a missed campaign a worker decides. One
proof of life is shared with social insurance in both directions (docs/certification.md).
"""

from services.certification.by_the_clock import look_after_certification
from services.certification.campaigns import certification_of, close_campaign, current_campaign, open_campaign
from services.certification.deciding import decide_missed
from services.certification.errors import (
    CertificationParametersWrong,
    ChallengeUnknown,
    MustBeSpoken,
    NothingMissed,
    NothingToCertify,
    NoWindowNow,
    PartnerUnknown,
    SeenDayWrong,
    TooManyMissed,
    WindowStillOpen,
)
from services.certification.exporting import ProofExport, export_proofs
from services.certification.importing import ProofCounts, ProofImport, import_proofs
from services.certification.kinds import (
    CheckOutcome,
    Direction,
    EvidenceKind,
    HelperRelation,
    MissedDecision,
    SignalKind,
    WorkerBecause,
)
from services.certification.ledger import Proof, Shared, proofs_of, sharings_of
from services.certification.matching import certify_by_data
from services.certification.parameters import parameters as read_parameters
from services.certification.reminding import send_reminders
from services.certification.speaking import certify_self, current_challenge, start_self_certification
from services.certification.views import (
    Campaign,
    CertificationCheck,
    CertificationStatus,
    Challenge,
    ClosingReport,
    OpeningReport,
    ReminderReport,
)
from services.certification.visits import ask_for_visit, record_visit
from services.certification.vouching import days_that_count, record_helper, vouch_for

__all__ = [
    "Campaign",
    "CertificationCheck",
    "CertificationParametersWrong",
    "CertificationStatus",
    "Challenge",
    "ChallengeUnknown",
    "CheckOutcome",
    "ClosingReport",
    "Direction",
    "EvidenceKind",
    "HelperRelation",
    "MissedDecision",
    "MustBeSpoken",
    "NoWindowNow",
    "NothingMissed",
    "NothingToCertify",
    "OpeningReport",
    "PartnerUnknown",
    "Proof",
    "ProofCounts",
    "ProofExport",
    "ProofImport",
    "ReminderReport",
    "SeenDayWrong",
    "Shared",
    "SignalKind",
    "TooManyMissed",
    "WindowStillOpen",
    "WorkerBecause",
    "ask_for_visit",
    "certification_of",
    "certify_by_data",
    "certify_self",
    "close_campaign",
    "current_campaign",
    "current_challenge",
    "days_that_count",
    "decide_missed",
    "export_proofs",
    "import_proofs",
    "look_after_certification",
    "open_campaign",
    "proofs_of",
    "read_parameters",
    "record_helper",
    "record_visit",
    "send_reminders",
    "sharings_of",
    "start_self_certification",
    "vouch_for",
]
