"""What a recognition engine is to the rest of the house: one small interface, and the choice between the engines.

A `Recognizer` holds the shared model and is opened once for a process; an `Utterance` holds the state of one turn and
is thrown away after it. No speech, noise and doubt are values of `Transcript`, never exceptions. Understanding what was
said is left to `voice.understanding`; deciding when she has finished is left to `voice.audio.TurnDetector`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from voice.engines import EngineError

if TYPE_CHECKING:
    from voice.models import ModelStore

Samples = NDArray[np.int16]

ENGINES = ("vosk", "whisper")
# Models that understand Mandarin, by engine; `auto` may choose these only. Vosk streams, so it comes first.
MANDARIN_MODELS = {"vosk": "vosk-small-cn", "whisper": "whisper-base"}


class RecognizerError(EngineError):
    """An engine that hears cannot be used."""


@dataclass(frozen=True)
class Transcript:
    """What was heard in one turn."""

    text: str
    """Simplified characters as heard; empty when nobody spoke or the gates refused it."""
    confidence: float
    """From 0 to 1."""
    speech: bool
    """False: nobody spoke, or what was heard cannot be told from noise."""
    alternatives: tuple[str, ...] = ()
    """Other readings of the same sound, likeliest first, without `text` itself."""


class Utterance(Protocol):
    """The state of one turn. Not for use by two threads at once."""

    def accept(self, samples: Samples) -> str | None:
        """Take the next piece of sound (16 kHz mono int16).

        Answers the partial text where the engine has a new one. Partial text is for showing only, never for acting on.
        """
        ...

    def finish(self) -> Transcript:
        """What was said in all the sound accepted. Call it once; the utterance is spent after it."""
        ...


class Recognizer(Protocol):
    """A loaded engine. Safe to share between threads."""

    name: str
    streaming: bool
    """True where `Utterance.accept` gives partial text while she speaks."""

    def utterance(self, expected: Sequence[str] = ()) -> Utterance:
        """Begin a turn. `expected`: the words that the dialogue expects now; they help, they never limit."""
        ...


def choose_engine(wanted: str, installed: Collection[str]) -> str:
    """The engine to open: `wanted` itself, or for "auto" Vosk where a Chinese Vosk model is installed, else Whisper.

    `installed` holds names of the model catalogue. Raises RecognizerError where the engine does not exist or its
    model is missing.

    >>> choose_engine("auto", {"whisper-base", "vosk-small-cn"})
    'vosk'
    >>> choose_engine("auto", {"whisper-base", "vosk-ko"})
    'whisper'
    """
    if wanted == "auto":
        for engine in ENGINES:
            if MANDARIN_MODELS[engine] in installed:
                return engine
        raise RecognizerError("no recognition model is installed: run `python -m voice models install whisper-base`")
    if wanted not in ENGINES:
        raise RecognizerError(f"unknown recognition engine {wanted!r}: expected auto, {' or '.join(ENGINES)}")
    if MANDARIN_MODELS[wanted] not in installed:
        model = MANDARIN_MODELS[wanted]
        raise RecognizerError(
            f"the {wanted} engine needs the model {model}: run `python -m voice models install {model}`"
        )
    return wanted


def open_recognizer(models: ModelStore, engine: str = "auto") -> Recognizer:
    """The recognizer for Mandarin, loaded on its first utterance. Raises RecognizerError."""
    chosen = choose_engine(engine, models.installed())
    directory = models.path(MANDARIN_MODELS[chosen])
    # Each engine brings a heavy library; only the chosen one is imported.
    if chosen == "vosk":
        from voice.recognizers.vosk_engine import VoskRecognizer

        return VoskRecognizer(directory)
    from voice.recognizers.whisper import WhisperRecognizer

    return WhisperRecognizer(directory)
