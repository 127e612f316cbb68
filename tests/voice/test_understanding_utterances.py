"""Every sentence of `tests/intents/zh/` against all intents."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from zhconv import convert

from tests.voice.utterances import DIRECTORY, Utterance, read_utterances
from voice.understanding import normalise, understand
from voice.understanding.rulebook import OUT_OF_SCOPE, rulebook

UTTERANCES = read_utterances()
EACH = pytest.mark.parametrize("utterance", UTTERANCES, ids=lambda utterance: f"{utterance.intent}-{utterance.say}")


@EACH
def test_a_sentence_means_its_intent_with_its_slots_and_no_other(utterance: Utterance) -> None:
    meaning = understand(utterance.say, utterance.now)
    assert (meaning.intent, meaning.slots) == (utterance.intent, utterance.slots)


@EACH
def test_traditional_characters_change_nothing(utterance: Utterance) -> None:
    meaning = understand(convert(utterance.say, "zh-hant"), utterance.now)
    assert (meaning.intent, meaning.slots) == (utterance.intent, utterance.slots)


@EACH
def test_spaces_between_characters_change_nothing(utterance: Utterance) -> None:
    if not utterance.say.isascii():
        spaced = " ".join(normalise(utterance.say)) if not any(c.isascii() for c in utterance.say) else utterance.say
        meaning = understand(f"  {spaced} ", utterance.now)
        assert (meaning.intent, meaning.slots) == (utterance.intent, utterance.slots)


def test_every_intent_of_the_contract_has_a_file_of_sentences() -> None:
    intents = {path.stem for path in DIRECTORY.glob("*.yaml")}
    assert intents == {*rulebook().slots_of, OUT_OF_SCOPE}


def test_no_sentence_stands_in_two_files() -> None:
    repeated = [say for say, count in Counter(normalise(each.say) for each in UTTERANCES).items() if count > 1 and say]
    assert not repeated


def test_a_sentence_is_understood_within_five_milliseconds() -> None:
    understand("明天", UTTERANCES[0].now)
    times = []
    for utterance in UTTERANCES:
        start = time.perf_counter()
        understand(utterance.say, utterance.now)
        times.append(time.perf_counter() - start)
    # The median, because the machine may do something else in any one of them.
    assert sorted(times)[len(times) // 2] < 0.005
