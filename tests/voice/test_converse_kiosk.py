"""The kiosk's loop with a microphone and a loudspeaker of our own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest

from tests.voice.conversation_words import compile_words
from voice.audio import TurnEvent
from voice.commands.kiosk_loop import Kiosk
from voice.commands.large_digits import large
from voice.conversation import Heard, Reply
from voice.recognizers import Samples, Transcript
from voice.skills.skill import Phone
from voice.speakers import Speech
from voice.wording import words


class Answers:
    """A conversation that answers what it heard, fails on 坏, ends on 再见 and is alarmed by 救命."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.expected_words = ("明天",)

    def open(self) -> Reply:
        return Reply("您好", "您好")

    def say(self, heard: Heard) -> Reply:
        self.heard.append(heard)
        if heard.text == "坏":
            raise RuntimeError("broken")
        if heard.text == "救命":
            return Reply("求助了", "求助了", phones=(Phone("急救", "120"),), listens=True)
        return Reply(f"[{heard.text}]", f"说{heard.text}", ended=heard.text == "再见")


class FakeMicrophone:
    """Gives the same short sound for ever; counts how often it was opened and closed."""

    def __init__(self) -> None:
        self.opened = self.closed = 0

    @contextmanager
    def listening(self) -> Iterator[Iterator[Samples]]:
        self.opened += 1
        yield repeat(np.ones(1600, np.int16))
        self.closed += 1


class FakeDetector:
    """Ends the turn at the second piece of sound, or hears nothing."""

    def __init__(self, end: TurnEvent) -> None:
        self._events = iter([None, end])

    def accept(self, samples: Samples) -> TurnEvent | None:
        return next(self._events)


class FakeRecognizer:
    """Hears one text in everything."""

    name, streaming = "fake", False

    def __init__(self, transcript: Transcript) -> None:
        self.transcript, self.pieces, self.expected = transcript, 0, ()

    def utterance(self, expected: Sequence[str] = ()) -> FakeRecognizer:
        self.expected = tuple(expected)
        return self

    def accept(self, samples: Samples) -> None:
        self.pieces += 1

    def finish(self) -> Transcript:
        return self.transcript


class FakeSpeaker:
    """Keeps what it was asked to say."""

    name = "fake"

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str, *, pace: float = 1.0) -> Speech:
        self.said.append(text)
        return Speech(np.zeros(10, np.int16), 16_000)


class FakeLoudspeaker:
    """Counts what it played; unplugged, it fails."""

    def __init__(self) -> None:
        self.played, self.plugged_in = 0, True

    def play(self, speech: Speech) -> None:
        if not self.plugged_in:
            raise OSError("no such device: 订饭")
        self.played += 1


class FakeKeys:
    """Types these lines, then is gone."""

    def __init__(self, *lines: str) -> None:
        self._lines = iter(lines)

    def wait(self) -> str | None:
        return next(self._lines, None)


class FakeScreen:
    """Keeps what was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, line: str) -> None:
        self.shown.append(line)


@pytest.fixture
def words_folder(tmp_path: Path) -> Path:
    return compile_words(tmp_path)


def kiosk(folder: Path, *lines: str, transcript: Transcript, end: TurnEvent = TurnEvent.TURN_ENDED) -> Kiosk:
    return Kiosk(
        Answers(),
        words("zh_Hans", folder),
        FakeRecognizer(transcript),
        FakeSpeaker(),
        FakeMicrophone(),
        FakeLoudspeaker(),
        FakeKeys(*lines),
        FakeScreen(),
        new_detector=lambda: FakeDetector(end),
    )


HEARD_LUNCH = Transcript("订午饭", 0.8, True, ("定午饭",))


def test_the_button_starts_listening_and_the_turn_ends_by_itself(words_folder: Path) -> None:
    talking = kiosk(words_folder, "", transcript=HEARD_LUNCH)
    talking.run()
    assert talking.talk.heard == [Heard("订午饭", 0.8, spoken=True, alternatives=("定午饭",))]
    assert talking.recognizer.pieces == 2
    assert talking.recognizer.expected == ("明天",)
    assert (talking.microphone.opened, talking.microphone.closed) == (1, 1)
    assert talking.speaker.said == ["您好", "说订午饭"]
    assert talking.loudspeaker.played == 2
    assert talking.screen.shown == ["助手：您好", "请说，我在听。", "听到：订午饭", "助手：[订午饭]"]


def test_a_typed_line_counts_as_said(words_folder: Path) -> None:
    talking = kiosk(words_folder, "订晚饭", transcript=HEARD_LUNCH)
    talking.run()
    assert talking.talk.heard == [Heard("订晚饭")]
    assert talking.microphone.opened == 0


@pytest.mark.parametrize(
    ("transcript", "end"),
    [
        (HEARD_LUNCH, TurnEvent.NOTHING_HEARD),
        (Transcript("", 0.1, False), TurnEvent.TURN_ENDED),
    ],
)
def test_silence_and_noise_are_turns_without_words(words_folder: Path, transcript: Transcript, end: TurnEvent) -> None:
    talking = kiosk(words_folder, "", transcript=transcript, end=end)
    talking.run()
    assert [heard.text for heard in talking.talk.heard] == [""]


def test_after_a_call_for_help_the_number_is_large_and_it_listens_by_itself(words_folder: Path) -> None:
    talking = kiosk(words_folder, "救命", transcript=Transcript("没事", 0.9, True))
    talking.run()
    assert talking.screen.shown[2] == f"急救\n{large('120')}"
    assert [(heard.text, heard.spoken) for heard in talking.talk.heard] == [("救命", False), ("没事", True)]


def test_goodbye_ends_the_loop(words_folder: Path) -> None:
    talking = kiosk(words_folder, "再见", "订饭", transcript=HEARD_LUNCH)
    talking.run()
    assert [heard.text for heard in talking.talk.heard] == ["再见"]


def test_a_failure_is_apologised_for_and_the_kiosk_goes_on(
    words_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    talking = kiosk(words_folder, "坏", "订饭", transcript=HEARD_LUNCH)
    talking.run()
    assert talking.speaker.said[1:] == ["对不起，刚才出了点问题。请再试一次。有危险请打120。", "说订饭"]
    assert "坏" not in caplog.text


def test_without_its_loudspeaker_the_kiosk_goes_on_and_shows_what_it_says(
    words_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    talking = kiosk(words_folder, "订饭", "对", transcript=HEARD_LUNCH)
    talking.loudspeaker.plugged_in = False
    talking.run()
    assert talking.screen.shown == ["助手：您好", "助手：[订饭]", "助手：[对]"]
    assert "kiosk speech failed: OSError" in caplog.text
    assert "订饭" not in caplog.text
