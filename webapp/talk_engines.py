"""The engines that hear and speak, opened once a process for the first person who wants to talk.

Opening takes seconds and memory, so a site where nobody talks never does it. It begins when somebody opens the talk
page, before she presses the microphone. A site where an engine is missing still serves every page: only the microphone
says that it cannot listen.
"""

from __future__ import annotations

import logging
from threading import Lock, Thread
from typing import Protocol

from services.settings import Settings
from voice import understanding
from voice.audio import TurnDetector
from voice.engines import EngineError
from voice.models import ModelStore
from voice.recognizers import Recognizer, open_recognizer
from voice.speakers import Speaker, open_speaker

log = logging.getLogger(__name__)


class Engines(Protocol):
    """What the talk page needs; tests put their own in its place."""

    def recognizer(self) -> Recognizer:
        """The engine that hears. Raises EngineError."""
        ...

    def speaker(self) -> Speaker:
        """The engine that speaks. Raises EngineError."""
        ...

    def turn_detector(self) -> TurnDetector:
        """A new detector for one turn."""
        ...

    def get_ready(self) -> None:
        """Somebody opened the talk page and may speak in a moment. Returns at once."""
        ...


class LazyEngines:
    """The real engines of this machine."""

    def __init__(self, settings: Settings) -> None:
        self._models = ModelStore(settings.var_dir / "models")
        self._lock = Lock()
        self._is_ready = False
        self._recognizer: Recognizer | None = None
        self._speaker: Speaker | None = None

    def recognizer(self) -> Recognizer:
        with self._lock:
            if self._recognizer is None:
                self._recognizer = open_recognizer(self._models)
            return self._recognizer

    def speaker(self) -> Speaker:
        with self._lock:
            if self._speaker is None:
                self._speaker = open_speaker(self._models)
            return self._speaker

    def turn_detector(self) -> TurnDetector:
        return TurnDetector()

    def get_ready(self) -> None:
        with self._lock:
            if self._is_ready:
                return
            self._is_ready = True
        Thread(target=self._load, name="engines", daemon=True).start()

    def _load(self) -> None:
        """Engines load their models with their first sentence; nobody hears this one. Typed sentences need only the
        rules, so these come first."""
        understanding.warm_up()
        try:
            self.recognizer().utterance().finish()
            self.speaker().say("好")
        except EngineError as error:
            log.warning("engine_missing %s", error)
