"""The rule files are loaded strictly, and what they hold can be found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voice.understanding import normalise
from voice.understanding.rulebook import RULES_DIRECTORY, RulesError, load_rulebook, rulebook
from voice.understanding.templates import TemplateError, expand


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the rule files to break."""
    return Path(shutil.copytree(RULES_DIRECTORY, tmp_path / "zh"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("book_meal.yaml", "signs:", "sings:", "book_meal.yaml: unknown key 'sings'"),
        ("book_meal.yaml", "closed: true", "close: true", "unknown key 'close'"),
        ("book_meal.yaml", "parts: [order,", "parts: [oder,", "unknown kind 'oder'"),
        ("yes.yaml", 'intent: "yes"', "intent: yes", "yes.yaml: intent: 'yes' is expected"),
        ("_words.yaml", "role: filler", "role: fillers", "_words.yaml: kinds: filler: role: 'fillers' is not allowed"),
        ("_words.yaml", "slot: date", "slot: dates", "slot: 'dates' is not allowed"),
        ("_words.yaml", "      lunch:", "      lunsh:", "say: 'lunsh': the slot meal cannot hold this"),
        ("_words.yaml", '"+1":', '"tomorrow":', "a number of days from today is expected"),
        ("no.yaml", "kinds:", "kinds:\n  agree:\n    say: [好]", "kinds: agree: this kind is already in yes.yaml"),
        ("goodbye.yaml", "kinds:", "kinds:\n  spare_words:\n    say: [哈罗]", "spare_words: no sign uses it"),
        ("repeat.yaml", "kinds:", "kinds:\n  cut_off:\n    say: ['(一|二']", "missing ')'"),
        ("intents.yaml", "slots: [date, meal]", "slots: [day, meal]", "unknown slot 'day'"),
        ("intents.yaml", "  goodbye: {slots: []}", "", "goodbye.yaml: intents.yaml names no such intent"),
        ("help.yaml", "intent: help", "intent: [", "help.yaml: not readable as YAML"),
    ],
)
def test_a_mistake_in_a_rule_file_names_file_and_key(rules: Path, file: str, old: str, new: str, message: str) -> None:
    replace(rules / file, old, new)
    with pytest.raises(RulesError, match=r".") as raised:
        load_rulebook(rules)
    assert message in str(raised.value)


def test_a_word_cannot_state_two_values(rules: Path) -> None:
    replace(rules / "_words.yaml", "breakfast: [早上", "breakfast: [晚上, 早上")
    with pytest.raises(RulesError, match="already states"):
        load_rulebook(rules)


def test_every_word_stands_in_the_form_that_texts_are_brought_into() -> None:
    assert [word for word in rulebook().words if normalise(word) != word] == []


@pytest.mark.parametrize(
    ("template", "phrases"),
    [
        ("订", ["订"]),
        ("[预](订|定)", ["预订", "预定", "订", "定"]),
        ("(帮|给)我[一[小]下]", ["帮我一小下", "帮我一下", "帮我", "给我一小下", "给我一下", "给我"]),
    ],
)
def test_a_template_stands_for_its_phrases(template: str, phrases: list[str]) -> None:
    assert list(expand(template)) == phrases


@pytest.mark.parametrize("template", ["(一|二", "一)", "[一", "[一]", "", "(" + "|".join(map(str, range(2001))) + ")"])
def test_a_template_that_cannot_be_used_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        expand(template)
