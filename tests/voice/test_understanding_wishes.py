"""Wishes are heard beside the intent, and `understand` never tells them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.clock import CITY_TIME
from voice.understanding import understand
from voice.understanding.dates import find_weekdays
from voice.understanding.rulebook import OUT_OF_SCOPE, rulebook

FILE = Path(__file__).parent.parent / "intents" / "wishes.yaml"
SENTENCES: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
NOW = datetime.fromisoformat(SENTENCES.pop("now")).replace(tzinfo=CITY_TIME)
SAID = [(wish, entry) for wish, entries in SENTENCES.items() for entry in entries]


def plain(slots: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in slots.items()}


@pytest.mark.parametrize(("wish", "entry"), SAID, ids=[entry["say"] for _, entry in SAID])
def test_a_wish_is_heard_with_what_it_states(wish: str, entry: dict[str, Any]) -> None:
    heard = understand(entry["say"], NOW).wish
    if wish == "none":
        assert heard is None
        return
    assert heard is not None
    assert heard.name == wish
    assert heard.slots == plain(entry.get("slots", {}))
    assert heard.former == plain(entry.get("former", {}))


def test_every_wish_that_has_signs_has_sentences() -> None:
    assert {name for name, wish in rulebook().wishes.items() if wish.rules.signs} == SENTENCES.keys() - {"none"}


def test_a_sentence_with_a_wish_is_told_as_an_intent_of_the_vocabulary() -> None:
    for _, entry in SAID:
        meaning = understand(entry["say"], NOW)
        assert meaning.intent in {*rulebook().slots_of, OUT_OF_SCOPE}
        assert set(meaning.slots) <= set(rulebook().slots_of.get(meaning.intent, ()))


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("每天", "1234567"),
        ("工作日", "12345"),
        ("星期一到星期五", "12345"),
        ("周五到周一", "1567"),
        ("每个星期三和星期六", "36"),
        ("逢周二四", "24"),
        ("周末", "67"),
    ],
)
def test_days_that_come_again_are_found(said: str, days: str) -> None:
    assert [mention.days for mention in find_weekdays(said)] == [days]


def test_one_weekday_is_a_day_and_does_not_come_again() -> None:
    assert list(find_weekdays("星期三中午")) == []
