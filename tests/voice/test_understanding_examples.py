"""The files of sentences are read strictly, and what is learned from them is always the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voice.understanding.examples import ExamplesError, read_examples
from voice.understanding.lexicon import lexicon
from voice.understanding.reading import Reader, Reading
from voice.understanding.rulebook import rulebook
from voice.understanding.scorer import Scorer

READER = Reader(rulebook(), lexicon())
LEARNED = [("给女儿打电话", "call"), ("打电话给儿子", "call"), ("明天下雨吗", "rain"), ("会下雨吗", "rain")]


def reading(text: str) -> Reading:
    return READER.read(text, date(2026, 11, 23))


def scorer() -> Scorer:
    return Scorer.learned_from((reading(text), intent) for text, intent in LEARNED)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("intent: other\nnow: '2026-11-23T09:00'\nutterances: []", "rain.yaml: intent: 'rain' is expected"),
        ("intent: rain\nwhen: '2026-11-23T09:00'\nutterances: []", "rain.yaml: each group has these keys only"),
        ("intent: [", "rain.yaml: not readable as YAML"),
    ],
)
def test_a_mistake_in_a_file_of_sentences_names_the_file(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "rain.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ExamplesError, match=r".") as raised:
        read_examples(tmp_path)
    assert str(raised.value).startswith(complaint)


def test_what_was_learned_of_one_relative_holds_for_another() -> None:
    scores = scorer().score(reading("打电话给老伴"))
    assert scores["call"] > 0.8
    assert sum(scores.values()) == pytest.approx(1)


def test_the_same_sentences_teach_the_same() -> None:
    assert scorer().score(reading("下雨")) == scorer().score(reading("下雨"))


def test_a_sentence_of_strange_words_is_nothing_certain() -> None:
    assert max(scorer().score(reading("夔龘靐")).values()) < 0.9


def test_what_was_learned_is_the_same_after_it_was_kept_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "learned.npz"
    scorer().write_to(file, "today's rules")
    kept = Scorer.read_from(file, "today's rules")
    assert kept is not None
    assert kept.score(reading("打电话给老伴")) == scorer().score(reading("打电话给老伴"))
    assert [path.name for path in tmp_path.iterdir()] == ["learned.npz"]


@pytest.mark.parametrize("until", [0, 40, -200])
def test_a_file_of_other_rules_or_a_damaged_one_is_not_believed(tmp_path: Path, until: int) -> None:
    file = tmp_path / "learned.npz"
    assert Scorer.read_from(file, "today's rules") is None
    scorer().write_to(file, "yesterday's rules")
    assert Scorer.read_from(file, "today's rules") is None
    file.write_bytes(file.read_bytes()[:until])
    assert Scorer.read_from(file, "yesterday's rules") is None
