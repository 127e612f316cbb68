"""Opening the record of a senior: a worker says why first, and it stays open to her for a while.

That it was opened, by whom and why stands in the record of deeds, and the senior can ask for it. What stands on the
worker's list is a reason by itself, so a task opens the record of whom it is about.
"""

from services.records.opening import (
    TO_CHOOSE,
    OpeningReason,
    OpeningReasonMissing,
    OpeningWordsTooLong,
    RecordOpening,
    close_record,
    is_open_because,
    open_record,
    open_record_for_task,
    with_open_records,
)
from services.records.parameters import RecordParametersWrong, Rules, check_parameters, review_by, rules_on
from services.records.tables import LONGEST_WORDS

__all__ = [
    "LONGEST_WORDS",
    "TO_CHOOSE",
    "OpeningReason",
    "OpeningReasonMissing",
    "OpeningWordsTooLong",
    "RecordOpening",
    "RecordParametersWrong",
    "Rules",
    "check_parameters",
    "close_record",
    "is_open_because",
    "open_record",
    "open_record_for_task",
    "review_by",
    "rules_on",
    "with_open_records",
]
