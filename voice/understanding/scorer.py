"""How likely each intent is, judged by the sentences that people are known to say.

A linear scorer over short runs of characters, of syllables (half of a recogniser's errors are homophones) and of the
kinds of words that the reading found, so that what was learned from one relative or one day holds for all. It learns
from examples, always in the same order: the same examples give the same scorer.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np

from voice.understanding.reading import Reading
from voice.understanding.sounds import syllable

_LONGEST_RUN = {"c": 2, "s": 2, "k": 3}
_ROUNDS, _RATE, _DECAY, _SEED = 6, 8.0, 0.3, 20261124
_START, _END = "<", ">"
# Between names in a file; the text of a reading is one line.
_NEXT = "\n"
_TELLING = frozenset({"service", "benefit"})


class Scorer:
    """Scores readings by what it has learned: a weight for every name of a run and every intent."""

    def __init__(self, names: Iterable[str], intents: Iterable[str], weights: np.ndarray) -> None:
        self._places = {name: place for place, name in enumerate(names)}
        self._intents = tuple(intents)
        self._weights = weights

    @classmethod
    def learned_from(cls, examples: Iterable[tuple[Reading, str]]) -> Self:
        """A scorer that knows these readings and what each of them means."""
        learned = [(features(reading), intent) for reading, intent in examples]
        intents = sorted({intent for _, intent in learned})
        names = dict.fromkeys(name for found, _ in learned for name in found)
        scorer = cls(names, intents, np.zeros((len(names), len(intents)), np.float32))
        scorer._learn([(scorer._known(found), intents.index(intent)) for found, intent in learned])
        return scorer

    @classmethod
    def read_from(cls, file: Path, version: str) -> Self | None:
        """The scorer that was written to this file as this version; None where the file holds no such thing."""
        try:
            with file.open("rb") as opened, np.load(opened) as kept:
                if _text(kept["version"]) != version:
                    return None
                return cls(_text(kept["names"]).split(_NEXT), _text(kept["intents"]).split(_NEXT), kept["weights"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None

    def write_to(self, file: Path, version: str) -> None:
        """Keep what was learned in a file, which appears whole or not at all; raises OSError."""
        beside = file.with_name(f".{os.getpid()}-{file.name}")
        try:
            np.savez(
                beside,
                version=_bytes(version),
                names=_bytes(_NEXT.join(self._places)),
                intents=_bytes(_NEXT.join(self._intents)),
                weights=self._weights,
            )
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)

    def score(self, reading: Reading) -> Mapping[str, float]:
        """The probability of every intent; together they are one."""
        found = features(reading)
        shares = self._shares(self._known(found), len(found))
        return dict(zip(self._intents, shares.tolist(), strict=True))

    def _known(self, found: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        return np.array([self._places[name] for name in found if name in self._places], np.int64)

    def _shares(self, places: np.ndarray, length: int) -> np.ndarray:
        # What was never seen counts in the length: a sentence of strange words is no certain thing.
        sums = self._weights[places].sum(axis=0) / np.sqrt(max(length, 1))
        shares = np.exp(sums - sums.max())
        return shares / shares.sum()

    def _learn(self, learned: list[tuple[np.ndarray, int]]) -> None:
        order = np.random.default_rng(_SEED)
        for turn in range(_ROUNDS):
            rate = _RATE / (1 + _DECAY * turn)
            for at in order.permutation(len(learned)):
                places, intent = learned[at]
                wrong_by = self._shares(places, len(places))
                wrong_by[intent] -= 1
                self._weights[places] -= rate / np.sqrt(max(len(places), 1)) * wrong_by


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


def _text(kept: np.ndarray) -> str:
    return kept.tobytes().decode()


def features(reading: Reading) -> tuple[str, ...]:
    """The runs of a reading, each once."""
    written = [unit.text for unit in reading.units]
    runs = dict.fromkeys(_runs("c", written))
    runs |= dict.fromkeys(_runs("s", [syllable(text) for text in written]))
    runs |= dict.fromkeys(_runs("k", _kinds(reading)))
    runs |= dict.fromkeys(_company(reading))
    return tuple(runs)


def _runs(sort: str, parts: Sequence[str]) -> Iterable[str]:
    row = [_START, *parts, _END]
    for length in range(1, _LONGEST_RUN[sort] + 1):
        for at in range(len(row) - length + 1):
            yield " ".join((sort, *row[at : at + length]))


def _kinds(reading: Reading) -> list[str]:
    """The sentence with its words replaced by what they are; fillers are left out, unknown characters stay."""
    row: list[str] = []
    at = 0
    for token in reading.tokens:
        row += [unit.text for unit in reading.units[at : token.start]]
        at = token.end
        if "filler" not in token.kinds:
            kind = token.slots[0][0] if token.slots else min(token.kinds)
            row.append(f"{kind}!" if token.denied else kind)
    return row + [unit.text for unit in reading.units[at:]]


def _company(reading: Reading) -> Iterable[str]:
    """Which kinds of words are there, and which pairs of them, wherever they stand."""
    there = sorted(
        {
            f"{kind}!" if token.denied else kind
            for token in reading.tokens
            if "filler" not in token.kinds
            for kind in (*token.kinds, *(f"{name}={said}" for name, said in token.slots if name in _TELLING))
        }
    )
    yield from (f"h {kind}" for kind in there)
    yield from (f"p {first} {second}" for first, second in combinations(there, 2))
