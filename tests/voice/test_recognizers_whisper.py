"""Whisper for real, on sentences spoken by the neural voice and on sounds in which nobody speaks."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soxr
from pypinyin import lazy_pinyin

from tests.voice.conftest import Spoken
from tests.voice.noises import KINDS, noise
from voice.audio import RATE
from voice.audio.reading import to_int16
from voice.recognizers import Recognizer, Samples, Transcript
from voice.recognizers.spectrogram import log_mel

MEAL_WORDS = ("订餐", "明天", "后天", "今天", "中午", "晚上", "午餐", "晚餐", "送到家里", "一份", "两份", "取消")
ANSWER_WORDS = ("不对", "不要", "取消", "再说一遍", "明天", "后天", "午饭", "晚饭", "送到家里", "不用送")


def hear(whisper: Recognizer, sound: Samples, words: tuple[str, ...] = (), piece: int = 1_600) -> Transcript:
    utterance = whisper.utterance(words)
    for begin in range(0, len(sound), piece):
        utterance.accept(sound[begin : begin + piece])
    return utterance.finish()


def syllables(text: str) -> list[str]:
    """Toneless, because half of the errors are homophones, which understanding forgives. A 2 is read like a 两, too."""
    return lazy_pinyin(re.sub(r"\W", "", text).replace("2", "两"))


@pytest.mark.parametrize(
    "sentence",
    ["明天中午帮我订一份午餐送到家里", "取消后天的晚餐", "后天的早餐我要两份", "请再说一遍", "不用送我自己去吃"],
)
def test_meal_sentences_are_heard(whisper: Recognizer, spoken: Spoken, sentence: str) -> None:
    heard = hear(whisper, spoken(sentence), MEAL_WORDS)
    assert heard.speech
    assert heard.confidence > 0.5
    assert syllables(heard.text) == syllables(sentence)


def test_the_spoken_yes_gets_through_at_every_pace(whisper: Recognizer, spoken: Spoken) -> None:
    for pace, lead, tail in ((1.0, 0.3, 0.5), (1.0, 2.0, 2.2), (1.2, 0.3, 2.2), (1.4, 2.0, 0.5)):
        heard = hear(whisper, spoken("对", pace=pace, lead=lead, tail=tail), ANSWER_WORDS)
        assert (heard.speech, re.sub(r"\W", "", heard.text)) == (True, "对"), (pace, lead, heard)


@pytest.mark.parametrize("answer", ["不对", "好的", "是", "没错", "不要", "取消", "可以"])
def test_short_answers_get_through(whisper: Recognizer, spoken: Spoken, answer: str) -> None:
    heard = hear(whisper, spoken(answer), ANSWER_WORDS)
    assert re.sub(r"\W", "", heard.text) == answer


def test_an_unclear_no_never_becomes_a_yes(whisper: Recognizer, spoken: Spoken) -> None:
    for pace in (0.9, 1.0, 1.2, 1.4):
        heard = hear(whisper, spoken("不", pace=pace), ("对", "好的", *ANSWER_WORDS))
        assert re.sub(r"\W", "", heard.text) not in ("对", "好", "好的", "是")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_nobody_is_heard_in_the_sounds_of_a_room(whisper: Recognizer, kind) -> None:
    for seed, words in ((0, MEAL_WORDS), (1, ANSWER_WORDS), (2, ()), (4, ANSWER_WORDS)):
        heard = hear(whisper, noise(kind, seed), words)
        assert (heard.speech, heard.text, heard.alternatives) == (False, "", ()), (seed, words)


def test_silence_and_no_sound_at_all_are_values_not_errors(whisper: Recognizer) -> None:
    assert not hear(whisper, np.zeros(3 * RATE, dtype=np.int16)).speech
    assert whisper.utterance().finish() == Transcript(text="", confidence=0.0, speech=False)


def test_a_telephone_line_is_heard(whisper: Recognizer, spoken: Spoken) -> None:
    sound = spoken("明天中午帮我订一份午餐").astype(np.float32) / 32_768
    narrow = soxr.resample(soxr.resample(sound, RATE, 8_000), 8_000, RATE)
    assert syllables(hear(whisper, to_int16(narrow), MEAL_WORDS).text) == syllables("明天中午帮我订一份午餐")


def test_words_appear_while_she_speaks_and_the_answer_waits_at_the_end(whisper: Recognizer, spoken: Spoken) -> None:
    utterance = whisper.utterance(MEAL_WORDS)
    sound = spoken("明天中午帮我订一份午餐送到家里", tail=2.0)
    partials = [
        text for begin in range(0, len(sound), 1_600) if (text := utterance.accept(sound[begin : begin + 1_600]))
    ]
    assert len(partials) >= 2
    assert partials[0].startswith("明天")
    assert len(partials[0]) < len(partials[-1])
    assert utterance.finish().text == partials[-1]


def test_other_readings_of_the_same_sound_are_offered(whisper: Recognizer, spoken: Spoken) -> None:
    heard = hear(whisper, spoken("我想订星期三的午饭"), MEAL_WORDS)
    assert 1 <= len(heard.alternatives) <= 4
    assert heard.text not in heard.alternatives


def test_a_recording_longer_than_the_model_takes_is_heard_to_its_end(whisper: Recognizer, spoken: Spoken) -> None:
    sentences = [
        "明天中午帮我订一份午餐送到家里",
        "后天的早餐我要两份",
        "不用送我自己去吃",
        "我想去公园走一走",
        "取消后天的晚餐",
    ]
    sound = np.concatenate([spoken(sentence, lead=2.0, tail=2.2) for sentence in sentences])
    assert len(sound) > 30 * RATE
    heard = hear(whisper, sound, piece=len(sound))
    for word in ("午餐", "早餐", "公园", "取消"):
        assert word in heard.text


def test_many_speak_at_once_and_each_is_heard_as_alone(whisper: Recognizer, spoken: Spoken) -> None:
    sounds = [spoken(text) for text in ("取消后天的晚餐", "请再说一遍", "不用送我自己去吃", "不对")]
    alone = [hear(whisper, sound, MEAL_WORDS) for sound in sounds]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda sound: hear(whisper, sound, MEAL_WORDS), sounds))
    assert [heard.text for heard in together] == [heard.text for heard in alone]


def test_the_spectrogram_is_whispers() -> None:
    tone = (8_000 * np.sin(2 * np.pi * 1_000 * np.arange(RATE) / RATE)).astype(np.int16)
    bands = log_mel(tone)
    assert bands.shape == (80, 100)
    assert bands.dtype == np.float32
    # 1 kHz lies in the 25th or 26th of 80 bands on Slaney's scale, and all else on the floor two below the peak.
    assert bands[:, 50].argmax() in (24, 25, 26)
    assert bands.max() - bands.min() == pytest.approx(2.0, abs=1e-5)
