"""When a turn begins and ends: slow speakers are waited for, noise and quiet are not taken for speech."""

from __future__ import annotations

import numpy as np
import pytest

from tests.voice.conftest import Spoken
from tests.voice.noises import KINDS, noise
from voice.audio import RATE, TurnDetector, TurnEvent, TurnSettings, speech_seconds, speech_spans
from voice.recognizers import Samples


def events(sound: Samples, settings: TurnSettings | None = None, piece: int = 1_600) -> list[tuple[str, float]]:
    """Every event with the second at which it was told, the sound coming in pieces as from a browser."""
    detector = TurnDetector(settings)
    told = []
    for begin in range(0, len(sound), piece):
        event = detector.accept(sound[begin : begin + piece])
        if event:
            told.append((str(event), (begin + piece) / RATE))
    return told


def quiet(seconds: float) -> Samples:
    return np.random.default_rng(1).normal(0, 20, round(seconds * RATE)).astype(np.int16)


def test_a_sentence_begins_a_turn_and_two_seconds_of_quiet_end_it(spoken: Spoken) -> None:
    sound = spoken("明天中午帮我订一份午餐送到家里", lead=1.0, tail=4.0)
    ends = speech_spans(sound)[-1].ends
    (started, started_at), (ended, ended_at) = events(sound)
    assert (started, ended) == (TurnEvent.SPEECH_STARTED, TurnEvent.TURN_ENDED)
    assert 1.0 < started_at < 1.7
    assert ended_at == pytest.approx(ends + 2.0, abs=0.25)


def test_a_pause_to_think_does_not_end_the_turn(spoken: Spoken) -> None:
    sound = np.concatenate([spoken("我想订", tail=1.4), spoken("明天的午餐", lead=0.0, tail=3.0)])
    assert [event for event, _ in events(sound)] == ["speech_started", "turn_ended"]
    assert events(sound)[-1][1] > len(sound) / RATE - 1.5


def test_the_shortest_answer_begins_a_turn(spoken: Spoken) -> None:
    for pace in (0.9, 1.0, 1.2, 1.4):
        assert events(spoken("对", pace=pace, tail=3.0))[0][0] == "speech_started"


def test_eight_seconds_without_speech_are_nothing_heard_and_nothing_follows() -> None:
    told = events(quiet(20.0))
    assert [event for event, _ in told] == ["nothing_heard"]
    assert told[0][1] == pytest.approx(8.0, abs=0.2)


def test_sounds_of_a_room_are_nothing_heard() -> None:
    sound = np.concatenate([noise(kind, 1) for kind in KINDS])
    assert [event for event, _ in events(sound)] == ["nothing_heard"]


def test_a_turn_without_an_end_is_ended(spoken: Spoken) -> None:
    settings = TurnSettings(longest_seconds=3.0)
    told = events(np.tile(spoken("明天中午帮我订一份午餐送到家里", lead=0.1, tail=0.1), 3), settings)
    assert [event for event, _ in told] == ["speech_started", "turn_ended"]
    assert told[1][1] - told[0][1] == pytest.approx(3.0, abs=0.3)


def test_the_size_of_the_pieces_does_not_matter(spoken: Spoken) -> None:
    sound = spoken("取消明天的晚餐", tail=3.0)
    assert [event for event, _ in events(sound, piece=333)] == ["speech_started", "turn_ended"]
    assert TurnDetector().accept(sound) == TurnEvent.TURN_ENDED


def test_speech_is_measured(spoken: Spoken) -> None:
    assert 2.0 < speech_seconds(spoken("明天中午帮我订一份午餐送到家里")) < 3.2
    assert speech_seconds(quiet(2.0)) == 0.0
    assert speech_seconds(np.empty(0, dtype=np.int16)) == 0.0
