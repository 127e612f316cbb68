"""Vosk for real, on the small Korean model: loading, streaming, grammar, and every way in which it fails.

What is said does not matter here, only that a model of the same build behaves. Chinese text rules are switched off.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.voice.conftest import Spoken
from tests.voice.noises import KINDS, noise
from voice.audio import RATE
from voice.models import ModelStore
from voice.recognizers import RecognizerError, Transcript
from voice.recognizers.grammar import PhraseNotCoveredError, cover, grammar
from voice.recognizers.vosk_engine import VoskRecognizer, moved_end_points

CHINESE_WORDS = {"明天", "明", "天", "午餐", "送", "到", "送到", "家", "家里", "里"}


@pytest.fixture(scope="session")
def korean(models: ModelStore) -> VoskRecognizer:
    return VoskRecognizer(models.path("vosk-ko"), chinese=False)


def test_words_are_shown_while_she_speaks(korean: VoskRecognizer, spoken: Spoken) -> None:
    sound = spoken("明天中午帮我订一份午餐送到家里", tail=1.0)
    utterance = korean.utterance()
    partials = [
        text for begin in range(0, len(sound), 1_600) if (text := utterance.accept(sound[begin : begin + 1_600]))
    ]
    heard = utterance.finish()
    assert len(partials) >= 2
    assert len(set(partials)) == len(partials)
    assert heard.speech
    assert heard.text
    assert 0.0 < heard.confidence <= 1.0


def test_a_pause_to_think_does_not_lose_what_was_said_before(korean: VoskRecognizer, spoken: Spoken) -> None:
    first = spoken("明天中午", tail=1.5)
    alone = _hear(korean, first)
    whole = _hear(korean, np.concatenate([first, spoken("午餐", lead=0.0)]))
    assert len(whole.text) > len(alone.text) > 0


def test_nobody_is_heard_in_the_sounds_of_a_room(korean: VoskRecognizer) -> None:
    # Vosk adds a little chance to what it hears, so one of five may pass: of these sounds one in several hundred does.
    for kind in KINDS:
        assert sum(_hear(korean, noise(kind, seed)).speech for seed in range(1, 6)) <= 1, kind.__name__


def test_text_in_another_script_is_refused_by_default(
    models: ModelStore, korean: VoskRecognizer, spoken: Spoken
) -> None:
    utterance = korean.utterance()
    utterance._chinese = True
    utterance.accept(spoken("明天中午"))
    assert not utterance.finish().speech


def test_silence_and_no_sound_at_all_are_values_not_errors(korean: VoskRecognizer) -> None:
    assert not _hear(korean, np.zeros(3 * RATE, dtype=np.int16)).speech
    assert korean.utterance().finish() == Transcript(text="", confidence=0.0, speech=False)
    assert korean.utterance().accept(np.empty(0, dtype=np.int16)) is None


def test_a_grammar_limits_what_can_be_heard(korean: VoskRecognizer, spoken: Spoken) -> None:
    recognizer = korean.model.recognizer([("네",), ("아니요",)])
    recognizer.AcceptWaveform(spoken("明天中午帮我订一份午餐").tobytes())
    words = json.loads(recognizer.FinalResult())["text"].split()
    assert words
    assert set(words) <= {"네", "아니요"}


def test_expected_words_that_the_model_lacks_do_not_stop_a_turn(korean: VoskRecognizer, caplog) -> None:
    assert not korean.model.knows("不对")
    assert not _hear(korean, np.zeros(RATE // 10, dtype=np.int16), ["不对", "아니요"]).speech
    assert "phrase_not_covered" in caplog.text


def test_a_phrase_that_cannot_be_covered_is_refused_by_name(korean: VoskRecognizer) -> None:
    assert korean.model.cover("내일 점심") == ("내일", "점심")
    with pytest.raises(PhraseNotCoveredError, match="午餐"):
        korean.model.cover("午餐")


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("明天", ("明天",)),  # the longest word, not its characters
        ("送到家里", ("送到", "家里")),
        ("送到家里天", ("送到", "家里", "天")),
        ("明天 午餐", ("明天", "午餐")),
    ],
)
def test_a_phrase_is_cut_into_the_models_words(phrase: str, words: tuple[str, ...]) -> None:
    assert cover(phrase, CHINESE_WORDS.__contains__) == words


@pytest.mark.parametrize("phrase", ["晚餐", "明天晚餐", "", "  "])
def test_a_phrase_without_words_in_the_model_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseNotCoveredError):
        cover(phrase, CHINESE_WORDS.__contains__)


def test_a_grammar_is_written_in_characters_and_never_empty() -> None:
    assert grammar([("送到", "家里")], with_unknown=True) == '["送到 家里", "[unk]"]'
    with pytest.raises(ValueError, match="at least one"):
        grammar([], with_unknown=True)


def test_end_points_are_moved_and_the_installed_model_stays_as_it_is(models: ModelStore) -> None:
    installed = (models.path("vosk-ko") / "conf" / "model.conf").read_text()
    moved = moved_end_points(installed)
    assert "rule2.min-trailing-silence=0.5" in installed
    assert "--endpoint.rule2.min-trailing-silence=4.0" in moved
    assert moved.count("min-trailing-silence") == 4
    assert "--endpoint.silence-phones=1:2:3:4:5:6:7:8:9:10" in moved


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecognizerError, match="holds no Vosk model"):
        VoskRecognizer(tmp_path / "missing").utterance()


@pytest.mark.parametrize("damaged", ["am/final.mdl", "graph/HCLr.fst"])
def test_a_damaged_model_is_told(models: ModelStore, tmp_path: Path, damaged: str) -> None:
    model = models.path("vosk-ko")
    for file in (path for path in model.rglob("*") if path.is_file()):
        copy = tmp_path / file.relative_to(model)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file == model / damaged:
            copy.write_bytes(file.read_bytes()[:5_000])
        else:
            copy.symlink_to(file)
    with pytest.raises(RecognizerError, match="damaged"):
        VoskRecognizer(tmp_path).utterance()


def test_many_speak_at_once(korean: VoskRecognizer, spoken: Spoken) -> None:
    sounds = [spoken(text) for text in ("取消晚餐", "再说一遍")]
    with ThreadPoolExecutor(len(sounds)) as threads:
        assert all(heard.speech for heard in threads.map(lambda sound: _hear(korean, sound), sounds))


def _hear(recognizer: VoskRecognizer, sound: np.ndarray, expected: list[str] | None = None) -> Transcript:
    utterance = recognizer.utterance(expected or [])
    utterance.accept(sound)
    return utterance.finish()
