"""The vocabulary of one question, in words that a Vosk model has.

Vosk takes a list of words and drops those it does not know without telling; a grammar of which nothing is left hears
nothing, and a malformed one kills the process. So phrases are cut into known words here, and nothing else ever writes
a grammar.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

UNKNOWN = "[unk]"
"""Stands in a grammar for everything that is not in it."""


class PhraseNotCoveredError(ValueError):
    """A phrase holds a piece that the model has no word for."""

    def __init__(self, phrase: str) -> None:
        super().__init__(f"the recognition model has no words for {phrase!r}")
        self.phrase = phrase


def cover(phrase: str, knows: Callable[[str], bool]) -> tuple[str, ...]:
    """The phrase as the fewest words that the model knows; raises PhraseNotCoveredError where it has none.

    Spaces in the phrase are kept as word boundaries.

    >>> cover("送到家里", {"送", "到", "送到", "家里"}.__contains__)
    ('送到', '家里')
    """
    words: list[str] = []
    for part in phrase.split():
        words += _fewest_words(part, phrase, knows)
    if not words:
        raise PhraseNotCoveredError(phrase)
    return tuple(words)


def _fewest_words(part: str, phrase: str, knows: Callable[[str], bool]) -> list[str]:
    best: list[list[str] | None] = [[]] + [None] * len(part)
    for end in range(1, len(part) + 1):
        for begin in range(end):
            before = best[begin]
            if before is None or not knows(part[begin:end]):
                continue
            current = best[end]
            if current is None or len(before) + 1 < len(current):
                best[end] = [*before, part[begin:end]]
    found = best[-1]
    if found is None:
        raise PhraseNotCoveredError(phrase)
    return found


def grammar(phrases: Sequence[Sequence[str]], *, with_unknown: bool) -> str:
    """The grammar that Vosk reads. Raises ValueError for no phrases: an empty grammar kills the process."""
    lines = [" ".join(words) for words in phrases]
    if not lines:
        raise ValueError("a grammar needs at least one phrase")
    # Escaped characters would make every Chinese word unknown.
    return json.dumps([*lines, UNKNOWN] if with_unknown else lines, ensure_ascii=False)
