"""`python -m tests.voice.understanding_table`: how well sentences are understood that nothing was learned from, by
intent and by the way they are said."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable

from tests.voice.utterances import read_unseen
from voice.understanding import Understanding, understand
from voice.understanding.examples import Example
from voice.understanding.rulebook import OUT_OF_SCOPE

Heard = tuple[Example, Understanding]


def main() -> None:
    """Print both tables, and with --wrong every sentence that was not understood."""
    heard = [(example, understand(example.say, example.now)) for example in read_unseen()]
    _table("intent", heard, lambda example: example.intent)
    _table("way", (each for each in heard if each[0].intent != OUT_OF_SCOPE), lambda example: example.style)
    if "--wrong" in sys.argv:
        for example, meaning in heard:
            if (example.intent, example.slots) != (meaning.intent, meaning.slots):
                _print(f"{example.intent} {example.slots} | {example.say} | {meaning.intent} {meaning.slots}")


def _table(title: str, heard: Iterable[Heard], group: Callable[[Example], str]) -> None:
    groups: dict[str, list[Heard]] = defaultdict(list)
    for each in heard:
        groups[group(each[0])].append(each)
        groups["all"].append(each)
    _print(f"{title:<22}{'sentences':>10}{'intent':>9}{'and slots':>11}")
    for name, members in sorted(groups.items(), key=lambda item: (item[0] == "all", item[0])):
        right = [each for each in members if each[0].intent == each[1].intent]
        slots = [each for each in right if each[0].slots == each[1].slots]
        _print(f"{name:<22}{len(members):>10}{len(right) / len(members):>9.1%}{len(slots) / len(members):>11.1%}")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
