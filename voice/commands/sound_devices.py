"""This machine's microphone and loudspeaker, through sounddevice (PortAudio)."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from voice.audio import RATE
from voice.recognizers import Samples
from voice.speakers import Speech

BLOCK_SECONDS = 0.1
SILENT_DEVICE_SECONDS = 3.0


class NoSoundDevice(Exception):
    """This machine cannot hear or speak; `str()` of it is one line on what is missing."""


def open_devices() -> tuple[DeviceMicrophone, DeviceLoudspeaker]:
    """The default microphone and loudspeaker. Raises NoSoundDevice."""
    library = _library()
    for kind, missing in (("input", "microphone"), ("output", "loudspeaker")):
        try:
            library.query_devices(kind=kind)
        except (ValueError, library.PortAudioError):
            raise NoSoundDevice(
                f"this machine has no {missing}: connect one, or use `python -m voice converse`"
            ) from None
    return DeviceMicrophone(library), DeviceLoudspeaker(library)


def _library() -> ModuleType:
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        # The wheel for Linux has no PortAudio inside; importing it without the system's library is an OSError.
        raise NoSoundDevice(
            f"the sound library is missing ({error}): install PortAudio (Debian: libportaudio2), "
            "or use `python -m voice converse`"
        ) from None
    return sounddevice


class DeviceMicrophone:
    """The default microphone."""

    def __init__(self, library: Any) -> None:
        self._library = library

    @contextmanager
    def listening(self) -> Iterator[Iterator[Samples]]:
        """See `Microphone.listening`."""
        blocks: queue.SimpleQueue[Samples] = queue.SimpleQueue()

        def take(data: np.ndarray, frames: int, time: object, status: object) -> None:
            blocks.put(data[:, 0].copy())

        block = round(RATE * BLOCK_SECONDS)
        with self._library.InputStream(samplerate=RATE, channels=1, dtype="int16", blocksize=block, callback=take):
            yield _each(blocks)


def _each(blocks: queue.SimpleQueue[Samples]) -> Iterator[Samples]:
    """Blocks as they arrive; a microphone that was unplugged sends none. Raises NoSoundDevice."""
    while True:
        try:
            yield blocks.get(timeout=SILENT_DEVICE_SECONDS)
        except queue.Empty:
            raise NoSoundDevice("the microphone sends no sound any more") from None


class DeviceLoudspeaker:
    """The default loudspeaker."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def play(self, speech: Speech) -> None:
        """See `Loudspeaker.play`."""
        self._library.play(speech.samples, speech.rate, blocking=True)
