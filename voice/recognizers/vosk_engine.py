"""Vosk: streaming recognition that shows the words while she speaks.

Holds Vosk's sharp edges: the model is only ever opened by path (by name it would go to the network), one recognizer
serves one utterance (changing its grammar kills the process), and its end points are moved out of the way, since
`voice.audio.TurnDetector` decides when a turn is over.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from vosk import KaldiRecognizer, Model, SetLogLevel

from voice.audio import RATE, SpeechTracker
from voice.recognizers import RecognizerError, Samples, Transcript
from voice.recognizers.gates import LEAST_VOICE_SECONDS, Evidence, refusal
from voice.recognizers.grammar import UNKNOWN, PhraseNotCoveredError, cover, grammar
from voice.recognizers.prompts import told_words
from voice.script import simplified

# Vosk cuts at half a second of quiet; an old person who thinks is not done. Rule 1 is quiet before any speech.
END_POINT_SECONDS = {"rule1": 20.0, "rule2": 4.0, "rule3": 4.0, "rule4": 4.0}
# The search graph is built as it is used: the first seconds cost four times the time of later ones.
_WARM_UP_SECONDS = 1
_LEAD_SAMPLES = RATE
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")

_log = logging.getLogger(__name__)


class VoskRecognizer:
    """Vosk with the model in `directory`; loaded on the first utterance, safe to share between threads.

    `chinese` False is for testing the engine on a model of another language.
    """

    name = "vosk"
    streaming = True

    def __init__(self, directory: Path, *, chinese: bool = True) -> None:
        self._directory = directory
        self._chinese = chinese
        self._loading = threading.Lock()

    def utterance(self, expected: Sequence[str] = ()) -> VoskUtterance:
        """Begin a turn; see `Recognizer`. Raises RecognizerError where the model cannot be loaded."""
        model = self.model
        recognizers = [model.recognizer()]
        covered = []
        for phrase in told_words(expected):
            try:
                covered.append(model.cover(phrase))
            except PhraseNotCoveredError as error:
                _log.warning("voice.vosk.phrase_not_covered %s", error)
        # Without a word for "none of these" any sound at all would become one of the phrases.
        if covered and model.knows(UNKNOWN):
            recognizers.append(model.recognizer(covered))
        return VoskUtterance(recognizers, chinese=self._chinese)

    @property
    def model(self) -> VoskModel:
        """The loaded model. Raises RecognizerError."""
        with self._loading:
            return self._model

    @cached_property
    def _model(self) -> VoskModel:
        return VoskModel(self._directory)


class VoskModel:
    """The loaded model. Raises RecognizerError where the folder holds none."""

    def __init__(self, directory: Path) -> None:
        SetLogLevel(-1)
        if not (directory / "conf" / "model.conf").is_file():
            raise RecognizerError(f"{directory} holds no Vosk model: conf/model.conf is missing")
        with tempfile.TemporaryDirectory(prefix="voice-") as folder:
            _with_late_end_points(directory, Path(folder))
            try:
                # A str: with a Path the constructor fails and its destructor fails again.
                self._model = Model(model_path=folder)
                # Some of the damage shows only when the graph is first used.
                self._warm_up()
            except Exception as error:
                # Vosk raises nothing narrower.
                raise RecognizerError(f"the Vosk model in {directory} is damaged: install it again") from error

    def knows(self, word: str) -> bool:
        """Whether the word is in the model's vocabulary."""
        return self._model.vosk_model_find_word(word) >= 0

    def cover(self, phrase: str) -> tuple[str, ...]:
        """The phrase in the model's words. Raises PhraseNotCoveredError."""
        return cover(phrase, self.knows)

    def recognizer(self, phrases: Sequence[Sequence[str]] = ()) -> KaldiRecognizer:
        """A fresh recognizer for one utterance, limited to these phrases where any are given."""
        if phrases:
            made = KaldiRecognizer(self._model, RATE, grammar(phrases, with_unknown=self.knows(UNKNOWN)))
        else:
            made = KaldiRecognizer(self._model, RATE)
        made.SetWords(True)
        return made

    def _warm_up(self) -> None:
        noise = np.random.default_rng(0).normal(0, 300, _WARM_UP_SECONDS * RATE).astype(np.int16)
        recognizer = self.recognizer()
        recognizer.AcceptWaveform(noise.tobytes())
        recognizer.FinalResult()


def _with_late_end_points(directory: Path, copy: Path) -> None:
    """Make `copy` the same model, by links, with our end point delays; the installed files stay as they are."""
    for entry in directory.iterdir():
        if entry.name != "conf":
            (copy / entry.name).symlink_to(entry.resolve())
    (copy / "conf").mkdir()
    for entry in (directory / "conf").iterdir():
        content = entry.read_text(encoding="utf-8")
        if entry.name == "model.conf":
            content = moved_end_points(content)
        (copy / "conf" / entry.name).write_text(content, encoding="utf-8")


def moved_end_points(configuration: str) -> str:
    """A model.conf with every end point rule waiting as long as END_POINT_SECONDS says."""
    lines = [line for line in configuration.splitlines() if "min-trailing-silence" not in line]
    lines += [f"--endpoint.{rule}.min-trailing-silence={delay}" for rule, delay in END_POINT_SECONDS.items()]
    return "\n".join(lines) + "\n"


class VoskUtterance:
    """One turn. The first recognizer hears freely; a second one, limited to the expected words, gives alternatives."""

    def __init__(self, recognizers: Sequence[KaldiRecognizer], *, chinese: bool) -> None:
        self._recognizers = recognizers
        self._chinese = chinese
        self._heard: list[list[dict]] = [[] for _ in recognizers]
        self._tracker = SpeechTracker()
        self._waiting = np.empty(0, dtype=np.int16)
        self._partial = ""

    def accept(self, samples: Samples) -> str | None:
        """Take the next sound; answers the text so far whenever it has changed."""
        self._tracker.accept(samples)
        self._waiting = np.concatenate([self._waiting, samples])
        if self._tracker.speech_seconds < LEAST_VOICE_SECONDS:
            # Noise is the dearest sound to decode, and nobody has spoken yet: only what leads up to speech is kept.
            self._waiting = self._waiting[-_LEAD_SAMPLES:] if not self._tracker.spans else self._waiting
            return None
        content, self._waiting = self._waiting.astype("<i2").tobytes(), self._waiting[:0]
        for recognizer, heard in zip(self._recognizers, self._heard, strict=True):
            if recognizer.AcceptWaveform(content):
                heard += _words(recognizer.Result())
        running = json.loads(self._recognizers[0].PartialResult()).get("partial", "")
        text = _text([*(word["word"] for word in self._heard[0]), running])
        if not text or text == self._partial:
            return None
        self._partial = text
        return text

    def finish(self) -> Transcript:
        """What was said, gates applied."""
        for recognizer, heard in zip(self._recognizers, self._heard, strict=True):
            heard += _words(recognizer.FinalResult())
        words = self._heard[0]
        text = _text(word["word"] for word in words)
        confidence = float(np.mean([word["conf"] for word in words])) if words else 0.0
        evidence = Evidence(
            text=text, voice_seconds=self._tracker.speech_seconds, confidence=confidence, chinese=self._chinese
        )
        if refusal(evidence):
            return Transcript(text="", confidence=confidence, speech=False)
        others = {_text(word["word"] for word in heard) for heard in self._heard[1:] if not _has_unknown(heard)}
        return Transcript(text, confidence, speech=True, alternatives=tuple(sorted(others - {"", text})))


def _words(result: str) -> list[dict]:
    """The words of a final result with their confidences; none for quiet."""
    return json.loads(result).get("result", [])


def _has_unknown(words: Sequence[dict]) -> bool:
    return any(word["word"] == UNKNOWN for word in words)


def _text(words: Iterable[str]) -> str:
    """Words as a text: no spaces between Chinese characters, simplified ones only."""
    spoken = " ".join(word for word in words if word and word != UNKNOWN)
    return simplified(_BETWEEN_HAN.sub("", spoken).strip())
