"""The unified social credit code of an organisation (统一社会信用代码, GB 32100-2015), by which providers are known."""

from __future__ import annotations

import re
import unicodedata

from services.home_care.errors import CreditCodeWrong

# Its characters in the order of their values: no I, O, S, V or Z, which look like digits or each other.
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# 3 to the power of the place, modulo 31.
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def credit_code_check(first_seventeen: str) -> str:
    """The 18th character (GB 32100-2015, 4.5).

    >>> credit_code_check("91350100M000100Y4")
    '3'
    """
    total = sum(
        CHARACTERS.index(character) * weight for character, weight in zip(first_seventeen, WEIGHTS, strict=True)
    )
    return CHARACTERS[-total % 31]


def normal_credit_code(text: str) -> str:
    """A code in capitals with its check character proven. Raises CreditCodeWrong."""
    code = unicodedata.normalize("NFKC", text).strip().upper()
    if (
        not re.fullmatch(f"[{CHARACTERS}]{{2}}[0-9]{{6}}[{CHARACTERS}]{{10}}", code)
        or credit_code_check(code[:17]) != code[17]
    ):
        raise CreditCodeWrong()
    return code
