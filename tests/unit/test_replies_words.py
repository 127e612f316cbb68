"""The file of words is read strictly."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
import yaml

from services.replies import copies, normalising, reading
from services.replies.words import FILE, WordsWrong, words_from


@pytest.fixture
def found() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def test_the_file_as_it_is_is_right(found: dict[str, Any]) -> None:
    assert words_from(found).pieces


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        (("extra",), {}, "the file"),
        (("pieces", "agreeement"), ["同意"], "pieces"),
        (("parts", "we"), ["我", 1], "we"),
        (("parts", "we"), [True], "we"),
        (("parts", "we"), "我", "we"),
        (("parts", "we"), [], "we"),
        (("pieces", "stop"), ["{nobody}停"], "stop"),
        (("pieces", "stop"), ["停("], "stop"),
        (("phrases", "object"), "{nothing}", "object"),
        (("stands_alone",), [""], "stands_alone"),
        (("traditional",), "辦办 願", "traditional"),
    ],
)
def test_whatever_is_wrong_stops_the_reader_naming_the_place(
    found: dict[str, Any], place: tuple[str, ...], value: object, where: str
) -> None:
    section = found
    for name in place[:-1]:
        section = section[name]
    section[place[-1]] = value
    with pytest.raises(WordsWrong) as wrong:
        words_from(found)
    assert wrong.value.facts["where"] == where


def test_every_part_and_phrase_is_used(found: dict[str, Any]) -> None:
    patterns = [pattern for listed in found["pieces"].values() for pattern in listed] + list(found["phrases"].values())
    assert not [name for name in (*found["parts"], *found["phrases"]) if not any(f"{{{name}}}" in p for p in patterns)]


def test_the_examples_in_the_docstrings_are_true() -> None:
    for module in (copies, normalising, reading):
        assert doctest.testmod(module).failed == 0
