"""The kiosk's loop: wait for the button or a typed line, listen, answer, speak. The devices stand behind small
interfaces, so that the loop is tested without any."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from voice.audio import TurnDetector, TurnEvent
from voice.commands.large_digits import large
from voice.commands.talking import Talk
from voice.conversation import Heard, Reply
from voice.recognizers import Recognizer, Samples
from voice.speakers import Speaker, Speech, sayable_pace
from voice.wording import Line, Wording

logger = logging.getLogger(__name__)
# Old ears like it slower than the voice was trained.
PACE = 1.15


class Microphone(Protocol):
    """Where sound comes from."""

    def listening(self) -> AbstractContextManager[Iterator[Samples]]:
        """Sound as it arrives, 16 kHz mono, from now until the block is left."""
        ...


class Loudspeaker(Protocol):
    """Where sound goes to."""

    def play(self, speech: Speech) -> None:
        """Play to the end."""
        ...


class Keys(Protocol):
    """The button and the keyboard."""

    def wait(self) -> str | None:
        """A typed line; empty for the button alone; None when nobody will press anything any more."""
        ...


class Screen(Protocol):
    """What can be read beside the kiosk."""

    def show(self, line: str) -> None:
        """Show one line."""
        ...


@dataclass(frozen=True)
class Kiosk:
    """A kiosk with its devices."""

    talk: Talk
    wording: Wording
    recognizer: Recognizer
    speaker: Speaker
    microphone: Microphone
    loudspeaker: Loudspeaker
    keys: Keys
    screen: Screen
    new_detector: Callable[[], TurnDetector] = TurnDetector

    def run(self) -> None:
        """Talk until somebody says goodbye or the keys end."""
        self._tell(self.talk.open())
        while (line := self.keys.wait()) is not None:
            reply = self._turn(line)
            while reply is not None and reply.listens:
                # She called for help, and may want to say without a press that it was a mistake.
                reply = self._turn("")
            if reply is not None and reply.ended:
                return

    def _turn(self, line: str) -> Reply | None:
        try:
            reply = self.talk.say(Heard(line) if line else self._listen())
        except Exception as error:
            # The outermost loop of the kiosk: it must stay up, and it must not pretend. No speech goes into the log.
            logger.error("kiosk turn failed: %s", type(error).__name__)
            sorry = self.wording.line("Sorry, something went wrong here. Please try again. In danger call 120.")
            self._tell(Reply(sorry.text, sorry.speech))
            return None
        self._tell(reply)
        return reply

    def _listen(self) -> Heard:
        """One spoken turn; empty when nobody spoke."""
        self.screen.show(self.wording.say("I am listening."))
        detector, utterance = self.new_detector(), self.recognizer.utterance(self.talk.expected_words)
        with self.microphone.listening() as sound:
            for samples in sound:
                utterance.accept(samples)
                event = detector.accept(samples)
                if event is TurnEvent.NOTHING_HEARD:
                    return Heard("", spoken=True)
                if event is TurnEvent.TURN_ENDED:
                    break
        transcript = utterance.finish()
        text = transcript.text if transcript.speech else ""
        self.screen.show(self.wording.say("Heard: %(words)s", words=text or "…"))
        return Heard(text, transcript.confidence, spoken=True, alternatives=transcript.alternatives)

    def _spoken(self, reply: Reply) -> Speech:
        spoken = self.speaker.say(reply.speech_text, pace=sayable_pace(PACE * reply.manner.pace))
        return spoken.louder(reply.manner.loudness)

    def _tell(self, reply: Reply) -> None:
        self.screen.show(self.wording.line("Assistant: %(words)s", words=Line.same(reply.text)).text)
        for phone in reply.phones:
            self.screen.show(f"{phone.words}\n{large(phone.number)}")
        try:
            self.loudspeaker.play(self._spoken(reply))
        except Exception as error:
            # What the reply tells is done already and stands on the screen: without a voice the kiosk goes on. A
            # loudspeaker that was unplugged is an OSError or one of PortAudio's own, which are not loaded here.
            logger.error("kiosk speech failed: %s", type(error).__name__)
