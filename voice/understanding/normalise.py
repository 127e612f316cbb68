"""One form for text from keyboards and recognisers.

Every reader of what a person said goes through `normalise`: half-width letters and digits, simplified characters,
no spaces inside Chinese, and one mark for every kind of pause. Polite words and particles stay where they are: cutting
them out by characters would cut 请 out of 申请. The rules know them as fillers instead.
"""

import re
import unicodedata

from voice.script import simplified

CLAUSE_BREAK = "，"

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# A point, slash, dash or colon between two digits belongs to a date or a time.
_NOT_BETWEEN_DIGITS = re.compile(r"(?<!\d)[./:\-]|[./:\-](?!\d)")
_PAUSES = re.compile(rf"(?:[^\w\s{HAN}./:\-]|_|\n)+")
_SPACES_AROUND_HAN = re.compile(rf"(?<=[{HAN}，])\s+|\s+(?=[{HAN}，])")
_BREAKS = re.compile(r"\s*，[，\s]*")


def normalise(text: str) -> str:
    """The text in the one form that the rules read.

    >>> normalise("明天 中午，帮 我 訂 ２ 份！")
    '明天中午，帮我订2份'
    >>> normalise("Book 个 lunch, 11/24 …")
    'book个lunch，11/24'
    """
    text = unicodedata.normalize("NFKC", text).lower()
    text = simplified(text)
    text = _NOT_BETWEEN_DIGITS.sub(CLAUSE_BREAK, text)
    text = _PAUSES.sub(CLAUSE_BREAK, text)
    text = _BREAKS.sub(CLAUSE_BREAK, text)
    text = _SPACES_AROUND_HAN.sub("", text)
    return text.strip(CLAUSE_BREAK + " ")
