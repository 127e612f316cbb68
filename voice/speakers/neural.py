"""The neural Mandarin voice: FastSpeech2 and MB-MelGAN on LiteRT, clause by clause.

The text it can say is made by `voice.speakers.readable` and `voice.speakers.syllables`. The same text at the same pace
always gives the same samples, so clauses that come again (most of a dialogue) are kept.
"""

from __future__ import annotations

import json
import logging
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from voice.audio.reading import to_int16
from voice.speakers import Speech, sayable_pace
from voice.speakers.readable import readable
from voice.speakers.syllables import Clause, clauses, symbols

RATE = 24_000
_SILENCE_SECONDS = 0.2
# A dialogue has some fifty fixed clauses of about 100 kB each.
_KEPT_CLAUSES = 128

# Outputs of the acoustic model.
_REFINED_SPECTROGRAM, _DURATIONS = 1, 2
# The symbols of a clause of one syllable, and how many of them follow the first silence.
_LONE_SYLLABLE = 4
_AFTER_SILENCE = 3
_BREATH_FRAMES = 3

_log = logging.getLogger(__name__)


class NeuralSpeaker:
    """Speaks Mandarin with the model in `directory`; loaded on the first words, safe to share between threads."""

    name = "neural"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._voice: _Voice | None = None

    def say(self, text: str, *, pace: float = 1.0) -> Speech:
        """`text` spoken at 24 kHz; a short silence where there is nothing to say in it."""
        pace = round(sayable_pace(pace), 2)
        pieces: list[NDArray[np.int16]] = []
        with self._lock:
            if self._voice is None:
                self._voice = _Voice(self._directory)
            for clause in clauses(readable(text)):
                pieces += [self._voice.sound(clause, pace), _silence(clause.pause_seconds * pace)]
        if not any(len(piece) for piece in pieces[::2]):
            return Speech(_silence(_SILENCE_SECONDS), RATE)
        # The pause after the last clause is the front door's business.
        return Speech(np.concatenate(pieces[:-1]), RATE)


def _silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * RATE), dtype=np.int16)


class _Voice:
    """The loaded models. Not for use by two threads at once."""

    def __init__(self, directory: Path) -> None:
        self._acoustic_path = str(directory / "fastspeech2.tflite")
        self._vocoder = Interpreter(model_path=str(directory / "mb_melgan.tflite"), num_threads=1)
        table = json.loads((directory / "symbols.json").read_text(encoding="utf-8"))
        self._symbols: dict[str, int] = table["symbol_to_id"]
        self._spoken = lru_cache(maxsize=_KEPT_CLAUSES)(self._speak)

    def sound(self, clause: Clause, pace: float) -> NDArray[np.int16]:
        """The samples of one clause; none where it has no sound that the voice knows."""
        spoken = symbols(clause.text, self._symbols)
        if not spoken:
            return np.empty(0, dtype=np.int16)
        carried = len(spoken) == _LONE_SYLLABLE
        if carried:
            spoken = carried_syllable(*spoken[1:3])
        try:
            return self._spoken(
                tuple(self._symbols[symbol] for symbol in spoken), pace, _AFTER_SILENCE if carried else 0
            )
        except RuntimeError:
            # A clause that the model refuses must not take the rest of the reply with it.
            _log.exception("voice.neural.clause_failed symbols=%d", len(spoken))
            return np.empty(0, dtype=np.int16)

    def _speak(self, ids: tuple[int, ...], pace: float, last: int) -> NDArray[np.int16]:
        """The sound of these symbols; with `last`, of that many symbols at the end only."""
        # The acoustic model draws random numbers; a fresh interpreter starts them from its seed again.
        acoustic = Interpreter(model_path=self._acoustic_path, num_threads=1)
        inputs = {
            "input_ids": np.array([ids], dtype=np.int32),
            "speaker_ids": np.array([0], dtype=np.int32),
            "speed_ratios": np.array([pace], dtype=np.float32),
            "f0_ratios": np.array([1.0], dtype=np.float32),
            "energy_ratios": np.array([1.0], dtype=np.float32),
        }
        outputs = _run(acoustic, inputs)
        spectrogram = outputs[_REFINED_SPECTROGRAM]
        if last:
            frames = int(outputs[_DURATIONS][0, -last:].sum()) + _BREATH_FRAMES
            spectrogram = spectrogram[:, -frames:]
        samples = to_int16(_run(self._vocoder, {"mels": spectrogram})[0][0, :, 0])
        samples.setflags(write=False)
        return samples


def carried_syllable(initial: str, final: str) -> list[str]:
    """The symbols of a sentence that ends with this syllable: 你说的, and then the syllable twice.

    Asked for one syllable alone the model makes a quarter of a second of mumble, and the shortest answers are the ones
    that matter most. In a sentence it speaks it well, and the sentence is cut away.
    """
    sentence = ["n", "i2", "#0", "sh", "uo1", "#0", "d", "e5"]
    return ["sil", *sentence, "#3", initial, final, "#3", initial, final, "sil"]


def _run(interpreter: Interpreter, inputs: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """All outputs of the model, in its order."""
    details = {detail["name"]: detail["index"] for detail in interpreter.get_input_details()}
    for name, value in inputs.items():
        interpreter.resize_tensor_input(details[name], value.shape)
    interpreter.allocate_tensors()
    for name, value in inputs.items():
        interpreter.set_tensor(details[name], value)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
