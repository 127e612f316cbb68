"""The sentences that the scorer learned from, and those that were kept apart to measure with."""

from __future__ import annotations

from pathlib import Path

from voice.understanding.examples import Example, read_examples

UNSEEN_DIRECTORY = Path(__file__).parent.parent / "intents" / "zh"


def read_unseen() -> tuple[Example, ...]:
    """The sentences of `tests/intents/zh/`: nothing was ever learned from them."""
    return read_examples(UNSEEN_DIRECTORY)
