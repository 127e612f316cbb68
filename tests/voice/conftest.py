"""The engines that the voice tests run for real, loaded once, and sounds made with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import soxr

from services.settings import PROJECT
from voice.audio import RATE
from voice.audio.reading import to_int16
from voice.models import ModelStore
from voice.recognizers import Recognizer, Samples, open_recognizer
from voice.speakers import Speaker, open_speaker

BUNDLED = ("whisper-base", "neural-mandarin", "vosk-ko")

Spoken = Callable[..., Samples]


@pytest.fixture(scope="session")
def models() -> ModelStore:
    """The models that `make test` installs; whatever is missing is installed here."""
    store = ModelStore(PROJECT / "var" / "models")
    for name in BUNDLED:
        store.install(name)
    return store


@pytest.fixture(scope="session")
def speaker(models: ModelStore) -> Speaker:
    """The neural voice."""
    return open_speaker(models, "neural")


@pytest.fixture(scope="session")
def whisper(models: ModelStore) -> Recognizer:
    """Whisper base."""
    return open_recognizer(models, "whisper")


@pytest.fixture(scope="session")
def spoken(speaker: Speaker) -> Spoken:
    """Makes recordings: `spoken("对", pace=1.2, lead=0.5, tail=1.0, room=-55)`, `room` the noise of the room in dB."""

    def record(text: str, pace: float = 1.0, lead: float = 0.5, tail: float = 1.0, room: float = -60.0) -> Samples:
        speech = speaker.say(text, pace=pace)
        voice = soxr.resample(speech.samples.astype(np.float32) / 32_768, speech.rate, RATE)
        sound = np.concatenate([np.zeros(round(lead * RATE)), voice, np.zeros(round(tail * RATE))])
        return to_int16(sound + np.random.default_rng(0).normal(0, 10 ** (room / 20), len(sound)))

    return record
