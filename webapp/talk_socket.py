"""The server's end of the browser's microphone: a WebSocket over which sound comes in and words and speech go out.

From the page: `{"kind": "listen", "question"}` begins a turn, binary messages are its sound (16 kHz mono int16,
little-endian), `done` ends it early, `stop` drops it, `{"kind": "say", "text", "question"}` is a pressed or typed
sentence; `question` is the id of the question on the page, empty where there is none. To the page: `listening`,
`partial`, `thinking`, `heard`, `reply` (followed, where `speech` is true, by one binary message, a wav file, or by
`unspoken`), `stopped`, `error` with a code. The server is silent between turns, and it is the page that hangs up: what
the server closes ends in a torn frame in the browser's eyes.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import numpy as np
from flask import Flask, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server

from services.speaking import AT_FIRST, SpeakingManner
from voice.audio import TurnDetector, TurnEvent
from voice.conversation import Heard
from voice.engines import EngineError
from voice.recognizers import Utterance
from webapp.access import current_person
from webapp.security import same_origin
from webapp.site import Site, this_site
from webapp.talk import LONGEST_SENTENCE, this_browser
from webapp.talk_lines import OpenLines, TooManyLines, reading_thread
from webapp.talk_turns import NobodySignedIn, Talking, take_turn, words_expected_now
from webapp.transaction import end_transaction

BYTES_A_SAMPLE = 2
LONGEST_MESSAGE = 64 * 1024
PING_SECONDS = 25
# So long a page may have its line open without a word; then another person may have the line.
IDLE_SECONDS = 5 * 60
# For the page to hang up after it was told that the line is closed.
GOODBYE_SECONDS = 1

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Serve the microphone's line."""
    app.config["SOCK_SERVER_OPTIONS"] = {
        "ping_interval": PING_SECONDS,
        "max_message_size": LONGEST_MESSAGE,
        "thread_class": reading_thread,
    }
    app.extensions["open_lines"] = OpenLines()
    add_line(app, "/talk/socket", "talk_socket", Line)


def add_line(app: Flask, address: str, endpoint: str, kind: type[Line]) -> None:
    """Serve a microphone's line at this address. All lines of a process count together, whatever they are for."""
    lines: OpenLines = app.extensions["open_lines"]

    def socket_of_line(socket: Server) -> None:
        _serve(socket, lines, kind)

    Sock(app).route(address, endpoint=endpoint)(socket_of_line)


def _serve(socket: Server, lines: OpenLines, kind: type[Line]) -> None:
    if not same_origin(request.headers.get("Origin")):
        socket.close()
        return
    person_id, talking = current_person().id, this_browser()
    # The line may stay open for an hour; its transaction may not.
    end_transaction()
    line = kind(socket, this_site(), talking)
    try:
        with lines.one_more(person_id):
            line.serve()
    except TooManyLines:
        line.hang_up("too_many")


class Line:
    """One open microphone and the turn that is going on in it."""

    def __init__(self, socket: Server, site: Site, talking: Talking) -> None:
        self._socket, self.site, self.talking = socket, site, talking
        self._utterance: Utterance | None = None
        self._detector: TurnDetector | None = None
        self._question: str | None = None

    def hang_up(self, code: str) -> None:
        """Tell the page why it has no line any more, and let it hang up first."""
        self._fail(code)
        self._socket.receive(timeout=GOODBYE_SECONDS)

    def serve(self) -> None:
        """Until the page hangs up, or says nothing for so long that the line is taken from it."""
        while True:
            message = self._socket.receive(timeout=IDLE_SECONDS)
            if message is None:
                self.hang_up("idle")
                return
            try:
                self._take(message)
            except ConnectionClosed:
                raise
            except NobodySignedIn:
                self._fail("signed_out")
            except EngineError:
                self._fail("not_installed")
            except Exception as error:
                # The outermost loop: whatever it was, the turn is rolled back and she is told. The text of the error
                # may hold what was said.
                log.error("talk_broken error=%s", type(error).__name__)
                self._fail("broken")

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self._take_sound(message)
            return
        wish = _wish(message)
        match wish.get("kind"):
            case "listen":
                self._question = _question(wish)
                self._listen()
            case "done" if self._utterance is not None:
                self._finish()
            case "stop":
                self._forget()
                self.tell("stopped")
            case "say" if isinstance(wish.get("text"), str):
                self._forget()
                self.answer(Heard(wish["text"].strip()[:LONGEST_SENTENCE], answers=_question(wish)))

    def _listen(self) -> None:
        recognizer = self.site.engines.recognizer()
        self._utterance = recognizer.utterance(self.expected_words())
        self._detector = self.site.engines.turn_detector()
        self.tell("listening")

    def _take_sound(self, message: bytes) -> None:
        if self._utterance is None or self._detector is None:
            return  # what was still on its way when the turn ended
        samples = np.frombuffer(message[: len(message) // BYTES_A_SAMPLE * BYTES_A_SAMPLE], dtype="<i2")
        partial = self._utterance.accept(samples)
        if partial:
            self.tell("partial", text=partial)
        event = self._detector.accept(samples)
        if event is TurnEvent.TURN_ENDED:
            self._finish()
        elif event is TurnEvent.NOTHING_HEARD:
            self._forget()
            self.answer(Heard("", spoken=True, answers=self._question))

    def _finish(self) -> None:
        assert self._utterance is not None
        self.tell("thinking")
        utterance = self._utterance
        self._forget()
        transcript = utterance.finish()
        text = transcript.text if transcript.speech else ""
        self.answer(Heard(text, transcript.confidence, True, transcript.alternatives, self._question))

    def expected_words(self) -> tuple[str, ...]:
        """The words that the recognizer may expect as the next answer. Raises NobodySignedIn."""
        return words_expected_now(self.site, self.talking)

    def answer(self, heard: Heard) -> None:
        """Answer what was heard or pressed."""
        if heard.text:
            self.tell("heard", text=heard.text)
        answer = take_turn(self.site, self.talking, heard)
        self.tell(
            "reply",
            text=answer.text,
            open=answer.is_open,
            asks=answer.asks,
            question=answer.question_id or "",
            booking=answer.booking,
            phones=answer.phones,
            alarm=answer.is_alarm,
            speech=bool(answer.speech),
        )
        if answer.speech:
            self.speak(answer.speech, answer.manner)

    def speak(self, speech: str, manner: SpeakingManner = AT_FIRST) -> None:
        """Send the answer as a wav file. It is on the page already, and what was done is done: a voice that fails is no
        more than silence."""
        try:
            sound = self.site.engines.speaker().say(speech, pace=manner.pace).louder(manner.loudness).to_wav()
        except EngineError:
            sound = None
        except Exception as error:
            # The text of the error may hold what was to be said.
            log.error("speech_broken error=%s", type(error).__name__)
            sound = None
        if sound is None:
            self.tell("unspoken")
        else:
            self._socket.send(sound)

    def _forget(self) -> None:
        self._utterance = self._detector = None

    def _fail(self, code: str) -> None:
        self._forget()
        self.tell("error", code=code)

    def tell(self, kind: str, **facts: object) -> None:
        """One message to the page."""
        self._socket.send(json.dumps({"kind": kind, **facts}, ensure_ascii=False))


def _question(wish: dict[str, Any]) -> str | None:
    """The question that the page shows; None from a page that does not say."""
    question = wish.get("question")
    return question if isinstance(question, str) else None


def _wish(message: str) -> dict[str, Any]:
    try:
        wish = json.loads(message)
    except ValueError:
        return {}
    return wish if isinstance(wish, dict) else {}
