"""The words that the inbox itself knows, read strictly from `words.yaml`. What agrees or declines is in
`services.replies`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from services.errors import ServiceError

FILE = Path(__file__).with_name("words.yaml")


class InboxWordsWrong(ServiceError):
    """The file of words is not as it must be; `where` and `problem`."""

    code = "inbox_words_wrong"


@dataclass(frozen=True)
class InboxWords:
    """Words that are a reply on their own, and signs inside one."""

    resume: frozenset[str]
    visit: frozenset[str]
    help: frozenset[str]
    emergency: frozenset[str]
    automatic: tuple[str, ...]
    none_of_them: tuple[str, ...]


@cache
def inbox_words() -> InboxWords:
    """The words of `words.yaml`. Raises InboxWordsWrong."""
    return inbox_words_from(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def inbox_words_from(found: object) -> InboxWords:
    """The words from a file's content. Raises InboxWordsWrong for what is missing, unknown or no list of words."""
    if not isinstance(found, dict) or set(found) != {"words", "signs"}:
        raise InboxWordsWrong(where="the file", problem="expected the sections words and signs")
    words = _lists(found["words"], "words", {"resume", "visit", "help", "emergency"})
    signs = _lists(found["signs"], "signs", {"automatic", "none_of_them"})
    return InboxWords(
        resume=frozenset(words["resume"]),
        visit=frozenset(words["visit"]),
        help=frozenset(words["help"]),
        emergency=frozenset(words["emergency"]),
        automatic=tuple(signs["automatic"]),
        none_of_them=tuple(signs["none_of_them"]),
    )


def _lists(found: object, section: str, names: set[str]) -> dict[str, list[str]]:
    if not isinstance(found, dict) or set(found) != names:
        raise InboxWordsWrong(where=section, problem=f"expected {sorted(names)}")
    for name, listed in found.items():
        if not isinstance(listed, list) or not all(isinstance(word, str) and word for word in listed):
            raise InboxWordsWrong(where=f"{section}.{name}", problem="expected a list of words")
    return found
