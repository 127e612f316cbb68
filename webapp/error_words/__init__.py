"""The screen's table from a service's refusal to words: what happened, why, and what to press next; one file for each
capability.

Voice and text messages have tables of their own for the same codes. A code without an entry is a bug of ours; the test
of this table knows every code of `services`.
"""

from __future__ import annotations

from services.errors import ServiceError
from webapp.error_words import benefits, delegation, emergency, home_adaptation, home_care, meals, person
from webapp.error_words.page import ErrorWords, Table
from webapp.error_words.person import phone_number_words

__all__ = ["TABLE", "ErrorWords", "error_words", "phone_number_words"]

TABLE: Table = (
    meals.TABLE
    | home_care.TABLE
    | home_adaptation.TABLE
    | benefits.TABLE
    | person.TABLE
    | delegation.TABLE
    | emergency.TABLE
)


def error_words(error: ServiceError) -> ErrorWords:
    """The words for a refusal. Raises KeyError for a code that has none."""
    return TABLE[error.code](error.facts)
