"""One form for replies, however they were typed: half-width small letters, simplified characters, one mark for a pause.

What is dropped is only what cannot carry meaning. A question mark, a cross, an unknown picture or a stroke through a
word stays, so that the reader finds something that it does not know.
"""

from __future__ import annotations

import re
import unicodedata

from services.replies.words import words

PAUSE = "|"

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
# Joiners, byte order marks, presentation selectors, skin tones: they change how a character looks. Marks that turn the
# direction of writing are not among them, since what she sees is then not what we would read.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")
_PAUSES = re.compile(r"[\s\x00-\x1f\x7f.,;:!~…—–\-·•、。“”‘’\"'「」『』()\[\]{}【】《》〈〉*_^/\\|#]+")
_SPACE_IN_HAN = re.compile(rf"(?<=[{_HAN}])[ \t\u3000]+(?=[{_HAN}])")
_SPELT_DIGITS = re.compile(r"(?<!\d)(\d) (?=\d(?!\d))")
_SPELT_LETTERS = re.compile(r"(?<![a-z])([a-z]) (?=[a-z](?![a-z]))")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=[a-z])")
# A minus makes a number another one, and a mark between two makes them a date, a time or an amount.
_PART_OF_NUMBER = re.compile(r"-(?=\d)|(?<=\d)[.,:;/](?=\d)")
_NO_PAUSE = "\N{MINUS SIGN}"


def plain(text: str) -> str:
    """The text in half-width small letters and simplified characters, pauses and lines kept.

    >>> plain("我同意申請，２１")
    '我同意申请,21'
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return text.lower().translate(words().simplified)


def joined(text: str) -> str:
    """A plain text as the row of characters that the pieces are found in: pauses as one mark, no other spaces.

    >>> joined("同 意。 谢谢!")
    '同意|谢谢'
    >>> joined("thank you, t d")
    'thank you|td'
    """
    text = _APOSTROPHE.sub("", text)
    text = _SPACE_IN_HAN.sub("", text)
    text = _SPELT_DIGITS.sub(r"\1", text)
    text = _SPELT_LETTERS.sub(r"\1", text)
    text = _PART_OF_NUMBER.sub(_NO_PAUSE, text)
    text = _PAUSES.sub(_pause, text)
    return text.strip(PAUSE + " ")


def _pause(found: re.Match[str]) -> str:
    before, after = found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
    both_latin = before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
    return " " if found.group() == " " and both_latin else PAUSE
