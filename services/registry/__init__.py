"""What other offices know of people: extracts of their registers, imported as CSV files (docs/registry.md).

Every statement is kept with its source and date; what is known of a person follows from the latest ones, and what does
not fit together becomes a finding for a worker.
"""

from services.registry.contracts import Kind
from services.registry.files import ExtractUnusable
from services.registry.findings import Finding, FindingKind, is_in_doubt, list_open_findings, people_in_doubt
from services.registry.importing import Counts, ImportReport, import_extract
from services.registry.origins import Origin, origins_of
from services.registry.plausibility import ImportHeld, Limits
from services.registry.reading import Rejection
from services.registry.settlements import FindingSettled, FindingUnknown, RecordInUse, Settlement, SettlementImpossible
from services.registry.settling import Settled, settle_finding, settlements_for

__all__ = [
    "Counts",
    "ExtractUnusable",
    "Finding",
    "FindingKind",
    "FindingSettled",
    "FindingUnknown",
    "ImportHeld",
    "ImportReport",
    "Kind",
    "Limits",
    "Origin",
    "RecordInUse",
    "Rejection",
    "Settled",
    "Settlement",
    "SettlementImpossible",
    "import_extract",
    "is_in_doubt",
    "list_open_findings",
    "origins_of",
    "people_in_doubt",
    "settle_finding",
    "settlements_for",
]
