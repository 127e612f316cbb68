"""Engines and a browser's end of the microphone that tests play."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from simple_websocket import ConnectionClosed

from voice.audio import TurnEvent
from voice.recognizers import RecognizerError, Transcript
from voice.speakers import Speech


@dataclass
class FakeUtterance:
    said: Transcript
    samples: int = 0

    def accept(self, samples: np.ndarray) -> str | None:
        self.samples += len(samples)
        return self.said.text[:2] or None

    def finish(self) -> Transcript:
        return self.said


@dataclass
class FakeEngines:
    """Hears one prepared sentence a turn; a turn ends with the third piece of sound."""

    sentences: list[Transcript]
    is_installed: bool = True
    expected: list[tuple[str, ...]] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    has_a_cold: bool = False
    ends_with: TurnEvent = TurnEvent.TURN_ENDED
    name: str = "fake"
    streaming: bool = True

    def recognizer(self) -> FakeEngines:
        if not self.is_installed:
            raise RecognizerError
        return self

    def utterance(self, expected: Sequence[str] = ()) -> FakeUtterance:
        self.expected.append(tuple(expected))
        return FakeUtterance(self.sentences.pop(0))

    def speaker(self) -> FakeEngines:
        return self.recognizer()

    def say(self, text: str, *, pace: float = 1.0) -> Speech:
        if self.has_a_cold:
            raise RuntimeError(text)
        self.spoken.append(text)
        return Speech(np.zeros(240, dtype=np.int16), 24_000)

    def turn_detector(self) -> FakeDetector:
        return FakeDetector(self.ends_with)

    def get_ready(self) -> None: ...


@dataclass
class FakeDetector:
    ends_with: TurnEvent
    pieces: int = 0

    def accept(self, samples: np.ndarray) -> TurnEvent | None:
        self.pieces += 1
        return self.ends_with if self.pieces == 3 else None


class FakeSocket:
    """A page that sends what it was told to and then hangs up; None is a pause that is too long."""

    def __init__(self, *messages: dict[str, Any] | bytes | None) -> None:
        self._messages = list(messages)
        self.told: list[dict[str, Any]] = []
        self.waves: list[bytes] = []

    def receive(self, timeout: float) -> str | bytes | None:
        if not self._messages:
            raise ConnectionClosed
        message = self._messages.pop(0)
        return json.dumps(message) if isinstance(message, dict) else message

    def send(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.waves.append(message)
        else:
            self.told.append(json.loads(message))

    @property
    def kinds(self) -> list[str]:
        return [message["kind"] for message in self.told]


def heard(text: str, confidence: float = 0.95, *, speech: bool = True) -> Transcript:
    return Transcript(text, confidence, speech)
