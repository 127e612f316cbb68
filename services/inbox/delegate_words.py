"""Reading a text message that takes back what somebody may do for her; the words are in `delegate_words.yaml`, read
strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from services.family import Relation
from services.inbox.words import InboxWordsWrong

FILE = Path(__file__).with_name("delegate_words.yaml")
SECTIONS = {"verbs", "matters", "all", "whom"}


@dataclass(frozen=True)
class TakingBack:
    """What is taken back: `code` and `relation` name one, `is_all` means everybody. None of them: she named nobody."""

    code: str | None = None
    relation: Relation | None = None
    is_all: bool = False


def read_taking_back(row: str) -> TakingBack | None:
    """What a joined, plain text takes back; None where it says something else.

    >>> read_taking_back("取消代办"), read_taking_back("不让女儿帮我办了").relation
    (TakingBack(code=None, relation=None, is_all=False), <Relation.DAUGHTER: 'daughter'>)
    >>> read_taking_back("取消代办3921").code, read_taking_back("全部取消代办").is_all, read_taking_back("取消订餐")
    ('3921', True, None)
    """
    pattern, whom = _pattern()
    match = pattern.fullmatch(row.replace(" ", "").replace("|", ""))
    if match is None:
        return None
    said = next((match[name] for name in ("whom", "whom_first") if match[name]), None)
    return TakingBack(match["code"], whom.get(said or ""), bool(match["all"] or match["all_inside"]))


@cache
def _pattern() -> tuple[re.Pattern[str], Mapping[str, Relation]]:
    found = taking_back_words(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    whom = {word: Relation(relation) for relation, words in found["whom"].items() for word in words}
    verbs, matters, everybody = (_one_of(found[name]) for name in ("verbs", "matters", "all"))
    people = _one_of(whom)
    return re.compile(
        f"(?:请|麻烦|我要|我想|我|要|想)*(?P<all>{everybody})?(?P<whom_first>{people})?{verbs}"
        f"(?P<all_inside>{everybody})?(?:我的|我|的|对|给)?(?P<whom>{people})?(?:的|再)?{matters}"
        "(?:了|吧|啦|啊|事)*(?P<code>[0-9]{4})?(?:号)?"
    ), whom


def taking_back_words(found: object) -> dict[str, dict[str, list[str]]]:
    """The words from a file's content. Raises InboxWordsWrong for what is missing, unknown or no list of words."""
    if not isinstance(found, dict) or set(found) != SECTIONS:
        raise InboxWordsWrong(where="the file", problem=f"expected {sorted(SECTIONS)}")
    whom = found["whom"]
    if not isinstance(whom, dict) or set(whom) != set(Relation):
        raise InboxWordsWrong(where="whom", problem=f"expected {sorted(Relation)}")
    for name, listed in [*whom.items(), *((name, found[name]) for name in SECTIONS - {"whom"})]:
        if not isinstance(listed, list) or not all(isinstance(word, str) and word for word in listed):
            raise InboxWordsWrong(where=name, problem="expected a list of words")
    return found


def _one_of(words: object) -> str:
    assert isinstance(words, list | dict)
    return f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"
