"""What a speaking engine is to the rest of the house: one small interface, and the choice between the engines.

A `Speaker` is opened once for a process and shared by all its threads. It never raises for what it is asked to say:
text with nothing speakable in it becomes a short silence. Playing the sound is left to the front doors.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from voice.engines import EngineError

if TYPE_CHECKING:
    from voice.models import ModelStore

ENGINES = ("neural", "pyttsx3")
# pyttsx3 brings its voice data in its own package and needs no model of the catalogue.
ENGINE_MODELS = {"neural": "neural-mandarin"}
# The paces at which every engine can still be understood; others are brought to the nearest of these.
FASTEST, SLOWEST = 0.7, 1.5


class SpeakerError(EngineError):
    """An engine that speaks cannot be used."""


# The highest value of a sample.
FULL_SCALE = 32_767


@dataclass(frozen=True)
class Speech:
    """Spoken text: mono int16 samples at `rate` per second."""

    samples: NDArray[np.int16]
    rate: int

    @property
    def seconds(self) -> float:
        """How long it takes to play."""
        return len(self.samples) / self.rate

    def louder(self, loudness: float) -> Speech:
        """The same with its waves raised so much; what would be too high is rounded off, so that nothing rattles."""
        if loudness == 1:
            return self
        raised = np.tanh(self.samples.astype(np.float32) / FULL_SCALE * loudness) * FULL_SCALE
        return Speech(raised.astype(np.int16), self.rate)

    def to_wav(self) -> bytes:
        """The same as a wav file (16 bit PCM, mono)."""
        target = io.BytesIO()
        with wave.open(target, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(self.samples.astype("<i2").tobytes())
        return target.getvalue()


class Speaker(Protocol):
    """A loaded voice. Safe to share between threads."""

    name: str

    def say(self, text: str, *, pace: float = 1.0) -> Speech:
        """`text` spoken. `pace` stretches time: 1.3 is slower, 0.9 faster; within FASTEST to SLOWEST."""
        ...


def sayable_pace(pace: float) -> float:
    """The pace nearest to `pace` at which the engines speak."""
    return min(max(pace, FASTEST), SLOWEST)


def choose_speaker(wanted: str, installed: Collection[str]) -> str:
    """The speaking engine to open: `wanted`, or for "auto" the neural voice where it is installed, else pyttsx3.

    Raises SpeakerError where the engine does not exist or its model is missing.

    >>> choose_speaker("auto", {"neural-mandarin"})
    'neural'
    >>> choose_speaker("auto", set())
    'pyttsx3'
    """
    if wanted == "auto":
        return "neural" if ENGINE_MODELS["neural"] in installed else "pyttsx3"
    if wanted not in ENGINES:
        raise SpeakerError(f"unknown speaking engine {wanted!r}: expected auto, {' or '.join(ENGINES)}")
    model = ENGINE_MODELS.get(wanted)
    if model is not None and model not in installed:
        raise SpeakerError(f"the {wanted} voice is not installed: run `python -m voice models install {model}`")
    return wanted


def open_speaker(models: ModelStore, engine: str = "auto") -> Speaker:
    """The speaker for Mandarin, loaded on its first words. Raises SpeakerError."""
    chosen = choose_speaker(engine, models.installed())
    # Each engine brings a heavy library; only the chosen one is imported.
    if chosen == "neural":
        from voice.speakers.neural import NeuralSpeaker

        return NeuralSpeaker(models.path(ENGINE_MODELS["neural"]))
    from voice.speakers.system import SystemSpeaker

    return SystemSpeaker()
