"""Both voices for real: they never fail for what they are asked to say, and the neural one is understood."""

from __future__ import annotations

import io
import re
import wave
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pypinyin import lazy_pinyin

from tests.voice.conftest import Spoken
from voice.models import ModelStore
from voice.recognizers import Recognizer
from voice.speakers import Speaker, Speech, open_speaker
from voice.speakers.stretching import stretched

UNSPEAKABLE = ("", "  ", "。", "#", "😀", "…？！", "\x00\n", "***")


@pytest.fixture(scope="session")
def system_voice(models: ModelStore) -> Speaker:
    return open_speaker(models, "pyttsx3")


@pytest.fixture(params=["speaker", "system_voice"])
def voice(request: pytest.FixtureRequest) -> Speaker:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("text", UNSPEAKABLE)
def test_what_cannot_be_spoken_is_a_short_silence(voice: Speaker, text: str) -> None:
    speech = voice.say(text)
    assert 0.05 < speech.seconds < 0.5
    assert not speech.samples.any()


def test_speech_is_sound_and_a_slower_pace_takes_longer(voice: Speaker) -> None:
    text = "明天中午的午餐订好了"
    usual, slow, quick = (voice.say(text, pace=pace) for pace in (1.0, 1.3, 0.8))
    assert np.abs(usual.samples).max() > 3_000
    assert quick.seconds < usual.seconds < slow.seconds
    assert 1.15 < slow.seconds / usual.seconds < 1.45


def test_a_pace_out_of_reason_is_brought_back(voice: Speaker) -> None:
    for wild, reasonable in ((9.0, 1.5), (0.0, 0.7)):
        seconds = voice.say("您好", pace=wild).seconds
        assert seconds == pytest.approx(voice.say("您好", pace=reasonable).seconds, abs=0.05)


def test_a_long_text_is_spoken_to_its_end(voice: Speaker) -> None:
    sentence = "明天中午的午餐订好了。"
    once, often = voice.say(sentence).seconds, voice.say(sentence * 40).seconds
    assert often > 35 * once


def test_many_may_ask_at_once(voice: Speaker) -> None:
    texts = ["早餐订好了", "午餐订好了", "晚餐取消了", "请再说一遍"] * 3
    with ThreadPoolExecutor(4) as threads:
        spoken = list(threads.map(voice.say, texts))
    assert all(np.abs(speech.samples).max() > 3_000 for speech in spoken)


def test_nothing_is_printed_while_speaking(voice: Speaker, capsys) -> None:
    voice.say("您好")
    assert capsys.readouterr().out == ""


def test_the_same_text_always_sounds_the_same(models: ModelStore, speaker: Speaker) -> None:
    text = "您的午餐订好了。对吗？"
    assert np.array_equal(open_speaker(models, "neural").say(text).samples, speaker.say(text).samples)


def test_a_long_reply_is_spoken_to_its_end(speaker: Speaker) -> None:
    reply = "您订的是明天中午的午餐，" * 10 + "很" * 150
    assert speaker.say(reply).seconds > 40


def test_a_lone_syllable_is_a_word_and_not_a_click(speaker: Speaker) -> None:
    for text in ("对", "好", "是", "不"):
        assert 0.3 < speaker.say(text).seconds < 0.8


@pytest.mark.parametrize(
    "reply",
    [
        "明天中午的午餐一份，送到家里，要付十二元五角，对吗？",
        "您的午餐已经取消了。",
        "请说对，或者说不对。",
        "食堂在二楼，早上七点开门。",
    ],
)
def test_the_neural_voice_is_understood(whisper: Recognizer, spoken: Spoken, reply: str) -> None:
    utterance = whisper.utterance()
    utterance.accept(spoken(reply))
    heard, said = (lazy_pinyin(_in_words(text)) for text in (utterance.finish().text, reply))
    assert _distance(heard, said) <= 0.15 * len(said)


def test_stretched_sound_lasts_longer_at_the_same_pitch() -> None:
    time = np.arange(16_000) / 16_000
    tone = (8_000 * np.sin(2 * np.pi * 200 * time)).astype(np.int16)
    for factor in (0.7, 1.3, 1.5):
        sound = stretched(tone, 16_000, factor)
        assert len(sound) == pytest.approx(16_000 * factor, rel=0.02)
        spectrum = np.abs(np.fft.rfft(sound[:8_000]))
        assert 2 * spectrum.argmax() == pytest.approx(200, abs=4)
        assert np.abs(sound[1_000:-1_000]).max() == pytest.approx(8_000, rel=0.1)
    assert stretched(tone, 16_000, 1.0) is tone


def test_speech_becomes_a_wav_file() -> None:
    samples = np.array([0, 1_000, -1_000, 32_767], dtype=np.int16)
    with wave.open(io.BytesIO(Speech(samples, 24_000).to_wav())) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert np.array_equal(np.frombuffer(file.readframes(4), dtype="<i2"), samples)


def _in_words(text: str) -> str:
    """Punctuation gone, and the digits that Whisper likes as words."""
    words = text.replace("12元5角", "十二元五角").replace("2楼", "二楼").replace("7点", "七点")
    return re.sub(r"\W", "", words)


def _distance(first: list[str], second: list[str]) -> int:
    row = list(range(len(second) + 1))
    for index, one in enumerate(first, 1):
        previous, row[0] = row[0], index
        for place, other in enumerate(second, 1):
            previous, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, previous + (one != other))
    return row[-1]
