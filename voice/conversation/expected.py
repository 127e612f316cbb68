"""The words that the recogniser may expect for each question, from `expected_words.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

OPENING = "opening"
_FILE = Path(__file__).parent / "expected_words.yaml"


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {question: tuple(words) for question, words in yaml.safe_load(_FILE.read_text(encoding="utf-8")).items()}


def expected_words(question: str | None) -> tuple[str, ...]:
    """The words for a question; for None those of the opening. A question without a list of its own gets these too."""
    return _table().get(question or OPENING, _table()[OPENING])


def questions_with_words() -> frozenset[str]:
    """All questions that have a list."""
    return frozenset(_table())
