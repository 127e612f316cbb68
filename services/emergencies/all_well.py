"""Whether somebody says that nothing is wrong; the words are in `all_well.yaml`. The same for a text message and for
what she says: a false yes silences an alarm, so anything else beside these words is none."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from services.errors import ServiceError
from services.replies.normalising import PAUSE, joined, plain

FILE = Path(__file__).with_name("all_well.yaml")
SECTIONS = ("says", "beside")
LONGEST = 40


class AllWellWordsWrong(ServiceError):
    """The file of words is not as it must be; `problem`."""

    code = "all_well_words_wrong"


def says_all_well(text: str) -> bool:
    """Whether this says that nothing is wrong, and nothing else.

    >>> says_all_well("没事，按错了"), says_all_well("哎呀不好意思，我没事，是不小心碰到的")
    (True, True)
    >>> says_all_well("没事才怪"), says_all_well("没事，就是起不来"), says_all_well("好的"), says_all_well("")
    (False, False, False, False)
    """
    if len(text) > LONGEST:
        return False
    row = joined(plain(text)).replace(PAUSE, "").replace(" ", "")
    says, beside = _words()
    # What the words before each place can be made of: nothing but `beside` (False), or with one that says it (True).
    made: list[set[bool]] = [{False}] + [set() for _ in row]
    for place in range(len(row)):
        for word in says | beside:
            if made[place] and row.startswith(word, place):
                made[place + len(word)] |= {True} if word in says else made[place]
    return True in made[len(row)]


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    found = all_well_words(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    says, beside = (frozenset(word.replace(" ", "").replace("'", "") for word in found[name]) for name in SECTIONS)
    return says, beside


def all_well_words(found: object) -> dict[str, list[str]]:
    """The words from a file's content. Raises AllWellWordsWrong for what is missing, unknown or no list of words."""
    if not isinstance(found, dict) or set(found) != set(SECTIONS):
        raise AllWellWordsWrong(problem="expected the sections says and beside")
    for name, listed in found.items():
        if not isinstance(listed, list) or not all(isinstance(word, str) and word for word in listed):
            raise AllWellWordsWrong(problem=f"{name}: expected a list of words")
    return found
