"""What is held about somebody: she takes it away, and has deleted what no law keeps.

The catalogue in `held` knows every table that says something about a person; a test fails where one is missing.
"""

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
    "Basis",
    "Erased",
    "HeldData",
    "HeldSection",
    "PersonalDataParametersWrong",
    "Section",
    "check_parameters",
    "data_held_about",
    "erase_what_may_go",
    "kept_years_on",
    "review_by",
]
