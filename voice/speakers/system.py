"""The last resort among voices: pyttsx3 on espeak-ng, which any machine can have.

Its Mandarin is hard to understand; it stays for machines without the neural voice. pyttsx3 loses and misdirects speech
unless it is handled in exactly this way: one engine, one lock, one text for each `runAndWait`, properties set once, a
wait for the end of the text (`runAndWait` does not), and a look at whether any sound was written.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import os
import tempfile
import threading
import wave
from pathlib import Path
from typing import Any

import numpy as np

from voice.speakers import SpeakerError, Speech, sayable_pace
from voice.speakers.readable import readable
from voice.speakers.stretching import stretched

# The plain Mandarin voice reads tone numbers out in English.
_VOICE = "sit/cmn-latn-pinyin"
_WORDS_PER_MINUTE = 150
_RATE = 22_050
_TRIES = 3
# Ten minutes of speech are made in a few seconds; whatever takes longer hangs.
_LONGEST_SECONDS = 60.0

_log = logging.getLogger(__name__)
# pyttsx3 gives every caller the same engine, so the lock belongs to the process and not to a speaker.
_lock = threading.Lock()


class SystemSpeaker:
    """Speaks with espeak-ng through pyttsx3; safe to share between threads. Raises SpeakerError without its voice."""

    name = "pyttsx3"

    def __init__(self) -> None:
        self._finished = threading.Event()
        with _lock:
            self._engine = _open_engine()
            self._engine.connect("finished-utterance", lambda name, completed: self._finished.set())

    def say(self, text: str, *, pace: float = 1.0) -> Speech:
        """`text` spoken at 22.05 kHz; a short silence where there is nothing to say in it."""
        spoken = readable(text)
        if not spoken:
            return _silence()
        with _lock, tempfile.TemporaryDirectory(prefix="voice-") as folder:
            for _ in range(_TRIES):
                speech = self._speak(spoken, Path(folder) / "speech.wav")
                if len(speech.samples):
                    # A rate that is set between two texts takes effect now or later or not at all.
                    return Speech(stretched(speech.samples, speech.rate, sayable_pace(pace)), speech.rate)
        _log.error("voice.pyttsx3.no_audio tries=%d", _TRIES)
        return _silence()

    def _speak(self, text: str, path: Path) -> Speech:
        self._finished.clear()
        self._engine.save_to_file(text, str(path))
        # The driver tells every file that it writes, in the middle of what a command prints.
        with contextlib.redirect_stdout(io.StringIO()):
            self._engine.runAndWait()
            # It waited no longer than a moment: espeak-ng speaks in a thread of its own and writes the file at the end.
            if not self._finished.wait(_LONGEST_SECONDS):
                return Speech(np.empty(0, dtype=np.int16), _RATE)
        with wave.open(str(path)) as file:
            return Speech(np.frombuffer(file.readframes(file.getnframes()), dtype="<i2"), file.getframerate())


def _silence() -> Speech:
    return Speech(np.zeros(_RATE // 5, dtype=np.int16), _RATE)


def _open_engine() -> Any:
    import espeakng_loader

    # Both must be in place before pyttsx3 is imported: it loads the library by name, the library reads the variable.
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    import pyttsx3

    engine = pyttsx3.init("espeak")
    # An unknown name would be passed over in silence and Chinese spelled out in English.
    if _VOICE not in {voice.id for voice in engine.getProperty("voices")}:
        raise SpeakerError(f"espeak-ng has no voice {_VOICE}: install the package espeakng-loader again")
    engine.setProperty("voice", _VOICE)
    engine.setProperty("rate", _WORDS_PER_MINUTE)
    return engine
