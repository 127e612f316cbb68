"""Copies of our own messages inside a reply: some phones quote what they answer, some people forward it.

A copy holds both answers, so it is taken away before the reply is read. Only a whole one goes: it begins with a
signature, speaks of agreeing and reaches, on the same line, the words that our offers end with. Half a copy stays and
makes the reply unclear, and so does a quotation of somebody else's message: an answer below that is no answer to us.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SIGNATURE = r"(?:【[^【】\n]{1,20}】|\[[^\[\]\n]{1,20}\])"
_ENDING = r"打\s*12345\s*(?:核实)?|都同意请[回复]{1,2}\s*[“\"「]?都同意[”\"」]?"
_WHOLE_COPY = re.compile(rf"{_SIGNATURE}[^【\n]{{0,300}}?(?:{_ENDING})[ \t]*[。.!”\"」』]*")
_QUOTED_LINES = re.compile(r"(?:^[ \t]*>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_QUOTED_COPY = re.compile(rf"[>\s]*{_SIGNATURE}")
_HEADING = re.compile(
    r"^[ \t]*[-—_=]*[ \t]*(?:原短[信讯]|原[信讯]息|原始短信|原文)[ \t]*[:：]?[-—_=]*[ \t]*$", re.MULTILINE
)
_SPEAKS_OF_IT = "同意"


def without_copies(text: str) -> tuple[str, bool]:
    """A plain text without whole copies of our offers, and whether there was one.

    >>> without_copies("【颐年】陈*英:同意请回“同意”,可打12345核实\\n好的")
    ('\\n\\n好的', True)
    """
    rest = _QUOTED_LINES.sub(_if_ours(_QUOTED_COPY), text)
    rest = _WHOLE_COPY.sub(_if_ours(_WHOLE_COPY), rest)
    if rest == text:
        return text, False
    return _HEADING.sub("", rest), True


def _if_ours(form: re.Pattern[str]) -> Callable[[re.Match[str]], str]:
    def replaced(found: re.Match[str]) -> str:
        ours = form.match(found.group()) and _SPEAKS_OF_IT in found.group()
        return "\n" if ours else found.group()

    return replaced
