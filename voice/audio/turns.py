"""Decides when she has begun to speak, when her turn is over, and when nobody spoke at all.

The recognition engines have end points of their own, made for quick speakers; an old person who pauses to think would
be cut off. So the end of a turn is decided here, the same for every engine, and the engines only listen.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from voice.audio.voice_activity import SPEECH_BEGINS, SPEECH_GOES_ON, WINDOW_SECONDS, VoiceActivity


class TurnEvent(StrEnum):
    """What a piece of sound brought about."""

    SPEECH_STARTED = "speech_started"
    TURN_ENDED = "turn_ended"
    NOTHING_HEARD = "nothing_heard"


@dataclass(frozen=True)
class TurnSettings:
    """All the numbers of turn taking, in seconds."""

    quiet_seconds: float = 2.0
    """Quiet after speech that ends a turn. Long, because old people pause in mid-sentence."""
    nothing_heard_seconds: float = 8.0
    """Time from the beginning without any speech after which nobody is thought to speak."""
    longest_seconds: float = 30.0
    """Time from the beginning of speech after which the turn ends whatever is heard."""
    onset_seconds: float = 0.12
    """Speech needed within the onset window to count as begun; less is a click."""
    onset_window_seconds: float = 0.26


class TurnDetector:
    """One turn of a conversation: fed with sound as it arrives, tells its events once each.

    Not for use by two threads at once; a new one for every turn.
    """

    def __init__(self, settings: TurnSettings | None = None) -> None:
        self._settings = settings or TurnSettings()
        self._activity = VoiceActivity()
        window = round(self._settings.onset_window_seconds / WINDOW_SECONDS)
        self._recent: deque[bool] = deque(maxlen=window)
        self._heard = 0.0
        self._began_at: float | None = None
        self._last_speech_at = 0.0
        self._over = False

    @property
    def speaking(self) -> bool:
        """True from the beginning of speech to the end of the turn."""
        return self._began_at is not None and not self._over

    def accept(self, samples: NDArray[np.int16]) -> TurnEvent | None:
        """Take the next sound (16 kHz mono int16, any length) and answer what it brought about, if anything.

        Where one piece of sound both begins and ends a turn, only the end is told. After the end nothing more is.
        """
        event = None
        for likelihood in self._activity.accept(samples):
            if self._over:
                break
            event = self._take(likelihood) or event
        return event

    def _take(self, likelihood: float) -> TurnEvent | None:
        self._heard += WINDOW_SECONDS
        if self._began_at is None:
            return self._wait_for_speech(likelihood)
        if likelihood >= SPEECH_GOES_ON:
            self._last_speech_at = self._heard
        quiet = self._heard - self._last_speech_at
        if quiet >= self._settings.quiet_seconds or self._heard - self._began_at >= self._settings.longest_seconds:
            self._over = True
            return TurnEvent.TURN_ENDED
        return None

    def _wait_for_speech(self, likelihood: float) -> TurnEvent | None:
        self._recent.append(likelihood >= SPEECH_BEGINS)
        if sum(self._recent) * WINDOW_SECONDS >= self._settings.onset_seconds:
            self._began_at = self._last_speech_at = self._heard
            return TurnEvent.SPEECH_STARTED
        if self._heard >= self._settings.nothing_heard_seconds:
            self._over = True
            return TurnEvent.NOTHING_HEARD
        return None
