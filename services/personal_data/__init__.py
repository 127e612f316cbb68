"""What is held about somebody: she takes it away, has it corrected, and has deleted what no law keeps.

The catalogue in `held` knows every table that says something about a person; a test fails where one is missing.
"""

from services.personal_data.correcting import (
    LONGEST_WORDS,
    CorrectionField,
    CorrectionRequest,
    CorrectionUnclear,
    CorrectionUnknown,
    ask_for_correction,
    corrections_of,
    decide_correction,
    get_correction,
)
from services.personal_data.erasing import Erased, erase_what_may_go
from services.personal_data.exporting import HeldData, HeldSection, data_held_about
from services.personal_data.held import Basis, Section
from services.personal_data.parameters import (
    PersonalDataParametersWrong,
    check_parameters,
    kept_years_on,
    review_by,
)

__all__ = [
    "LONGEST_WORDS",
    "Basis",
    "CorrectionField",
    "CorrectionRequest",
    "CorrectionUnclear",
    "CorrectionUnknown",
    "Erased",
    "HeldData",
    "HeldSection",
    "PersonalDataParametersWrong",
    "Section",
    "ask_for_correction",
    "check_parameters",
    "corrections_of",
    "data_held_about",
    "decide_correction",
    "erase_what_may_go",
    "get_correction",
    "kept_years_on",
    "review_by",
]
