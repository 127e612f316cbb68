"""Finds known words in a text, as they are written and as they sound.

The words of the rules stand in a tree keyed by coarse sound; one walk from each place of the text finds exact words,
homophones (午参 for 午餐) and accents (民天 for 明天) alike. Only kinds of words with `by_sound` are taken by their
sound, only from two characters on, and what differs in sound must share a character: a short answer is never guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from voice.understanding.rulebook import Rulebook, Word, rulebook
from voice.understanding.sounds import coarse, syllable

_UNITS = re.compile(r"[a-z']+|\S")
_END = ""


@dataclass(frozen=True)
class Unit:
    """One Chinese character, one Latin word, one digit or one pause, with its place in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class WordFound:
    """A word of the rules at units `start` to `end`; cost is 0 for the exact word and grows with the difference."""

    word: Word
    start: int
    end: int
    cost: float


HOMOPHONE_COST = 0.25
ACCENT_COST = 0.5
HEARD_COST = 0.5


def units_of(text: str) -> tuple[Unit, ...]:
    """Normalised text in the pieces that words are made of."""
    return tuple(Unit(match[0], match.start(), match.end()) for match in _UNITS.finditer(text))


class Lexicon:
    """The words of one rulebook, ready to be found."""

    def __init__(self, rules: Rulebook) -> None:
        self._tree: dict[str, Any] = {}
        for word in rules.words.values():
            node = self._tree
            for unit in _UNITS.findall(word.text):
                node = node.setdefault(_key(unit), {})
            node.setdefault(_END, []).append(word)

    def find(self, units: tuple[Unit, ...]) -> Iterator[WordFound]:
        """Every known word, overlapping ones included."""
        keys = [_key(unit.text) for unit in units]
        for start in range(len(units)):
            node = self._tree
            for end in range(start, len(units)):
                node = node.get(keys[end], {})
                if not node:
                    break
                for word in node.get(_END, ()):
                    cost = _cost(word, units[start : end + 1])
                    if cost is not None:
                        yield WordFound(word, start, end + 1, cost)


def _key(text: str) -> str:
    return text if text.isascii() else coarse(text)


def _cost(word: Word, heard: tuple[Unit, ...]) -> float | None:
    said = _UNITS.findall(word.text)
    if all(unit == other.text for unit, other in zip(said, heard, strict=True)):
        return HEARD_COST if word.heard else 0.0
    if not word.by_sound or len(said) < 2:
        return None
    cost, same = 0.0, 0
    for unit, other in zip(said, heard, strict=True):
        if unit == other.text:
            same += 1
        elif syllable(unit) == syllable(other.text):
            cost += HOMOPHONE_COST
        else:
            cost += ACCENT_COST
    if same == 0 and cost > HOMOPHONE_COST * len(said):
        return None
    return cost


@cache
def lexicon() -> Lexicon:
    """The words of the rules that this repository ships."""
    return Lexicon(rulebook())
