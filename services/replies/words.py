"""The words of replies, read strictly from `words.yaml` when the first reply is read: whatever is wrong there stops it,
naming the place. The reader itself is in `reading`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.errors import ServiceError

FILE = Path(__file__).with_name("words.yaml")

_SECTIONS = {"traditional", "pictures", "parts", "pieces", "phrases", "stands_alone", "leads_to_agreement", "about"}
_NAME = re.compile(r"\{([a-z_]+)\}")
# A word of Latin letters or a number is only found whole: no n in now, no 1 in 11.
_EDGE_BEFORE = r"(?:(?<![a-z])|(?![a-z]))(?:(?<![0-9])|(?![0-9]))"
_EDGE_AFTER = r"(?:(?<![a-z])|(?![a-z]))(?:(?<![0-9])|(?![0-9]))"


class Role(StrEnum):
    """What a piece of a reply does. The order decides between two that are equally long: the more careful first."""

    STOP = "stop"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"
    PLEASANTRY = "pleasantry"
    RECEIVED = "received"
    THANKS = "thanks"
    GREETING = "greeting"
    SOUND = "sound"
    ECHO = "echo"
    AGREEMENT_FOR_ALL = "agreement_for_all"
    AGREEMENT = "agreement"
    BRIEF = "brief"
    CODE = "code"


class WordsWrong(ServiceError):
    """The file of words is not as it must be; `where` in it and `problem`."""

    code = "reply_words_wrong"


@dataclass(frozen=True)
class Words:
    """The words, ready for use."""

    simplified: Mapping[int, int]
    approving: frozenset[str]
    kind: frozenset[str]
    refusing: frozenset[str]
    subjects: tuple[str, ...]
    pieces: Mapping[Role, tuple[re.Pattern[str], ...]]
    stands_alone: frozenset[str]
    leads_to_agreement: frozenset[str]
    about: Mapping[str, tuple[str, ...]]


@cache
def words() -> Words:
    """The words of `words.yaml`. Raises WordsWrong."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return words_from(found)


def words_from(found: Any) -> Words:
    """The words from a file's content. Raises WordsWrong for what is missing, unknown or no pattern."""
    if not isinstance(found, dict) or set(found) != _SECTIONS:
        raise WordsWrong(where="the file", problem=f"expected the sections {sorted(_SECTIONS)}")
    if set(found["pieces"]) != set(Role):
        raise WordsWrong(where="pieces", problem=f"expected {[role.value for role in Role]}")
    parts = {name: _one_of(_texts(name, listed)) for name, listed in found["parts"].items()}
    for name, phrase in found["phrases"].items():
        parts[name] = f"(?:{_filled(name, phrase, parts)})"
    pairs = found["traditional"].split()
    if wrong := [pair for pair in pairs if len(pair) != 2]:
        raise WordsWrong(where="traditional", problem=f"expected pairs of characters, not {wrong[0]}")
    return Words(
        simplified={ord(pair[0]): ord(pair[1]) for pair in pairs},
        approving=frozenset(found["pictures"]["approving"]),
        kind=frozenset(found["pictures"]["kind"]),
        refusing=frozenset(found["pictures"]["refusing"]),
        subjects=tuple(sorted(_texts("we", found["parts"]["we"]), key=len, reverse=True)),
        pieces={role: tuple(_pattern(role, text, parts) for text in found["pieces"][role]) for role in Role},
        stands_alone=frozenset(_texts("stands_alone", found["stands_alone"])),
        leads_to_agreement=frozenset(_texts("leads_to_agreement", found["leads_to_agreement"])),
        about={name: tuple(_texts(name, listed)) for name, listed in found["about"].items()},
    )


def _texts(where: str, listed: Any) -> list[str]:
    # YAML reads an unquoted no or 1 as something else than a word.
    if not isinstance(listed, list) or not listed or not all(isinstance(word, str) and word for word in listed):
        raise WordsWrong(where=where, problem="expected a list of words, those like no and 1 in quotation marks")
    return listed


def _one_of(texts: list[str]) -> str:
    longest_first = sorted(texts, key=len, reverse=True)
    return f"(?:{'|'.join(re.escape(text) for text in longest_first)})"


def _filled(where: str, text: str, parts: Mapping[str, str]) -> str:
    if unknown := set(_NAME.findall(text)) - set(parts):
        raise WordsWrong(where=where, problem=f"no part or phrase {sorted(unknown)[0]}")
    return _NAME.sub(lambda name: parts[name.group(1)], text)


def _pattern(role: str, text: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    try:
        return re.compile(f"{_EDGE_BEFORE}(?:{_filled(role, text, parts)}){_EDGE_AFTER}")
    except re.error as error:
        raise WordsWrong(where=role, problem=f"{text}: {error}") from error
