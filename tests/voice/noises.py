"""Sounds of a living room in which nobody speaks, each drawn from a seed: 16 kHz mono int16, two to three seconds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from voice.audio import RATE
from voice.audio.reading import to_int16

Sound = NDArray[np.float64]


def _seconds(duration: float) -> Sound:
    return np.arange(round(duration * RATE)) / RATE


def _fade(duration: float, rise: float, fall: float) -> Sound:
    time = _seconds(duration)
    return np.minimum(1.0, time / rise) * np.exp(-time / fall)


def _band(sound: Sound, low: float, high: float) -> Sound:
    spectrum = np.fft.rfft(sound)
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    return np.fft.irfft(spectrum * ((frequencies > low) & (frequencies < high)), len(sound))


def _placed(pieces: list[tuple[float, Sound]], duration: float = 2.5) -> Sound:
    sound = np.zeros(round(duration * RATE))
    for at, piece in pieces:
        begin = round(at * RATE)
        sound[begin : begin + len(piece)] += piece[: len(sound) - begin]
    return sound


def knocks(random: np.random.Generator) -> Sound:
    """One to four knocks on a door."""
    time = _seconds(0.25)

    def knock() -> Sound:
        tones = [np.sin(2 * np.pi * f * time) * np.exp(-time / 0.03) for f in random.uniform(90, 500, 4)]
        return np.sum(tones, axis=0) + 0.5 * random.normal(size=len(time)) * np.exp(-time / 0.004)

    return _placed([(0.5 + 0.3 * index, knock()) for index in range(random.integers(1, 5))])


def cough(random: np.random.Generator) -> Sound:
    """One to three coughs: bursts of air through a throat."""

    def burst() -> Sound:
        air = random.normal(size=round(0.3 * RATE)) * _fade(0.3, 0.008, 0.06)
        return _band(air, 400, 900) + 0.7 * _band(air, 1_000, 1_700) + 0.4 * _band(air, 2_200, 3_200)

    return _placed([(0.5 + 0.45 * index, burst()) for index in range(random.integers(1, 4))])


def slam(random: np.random.Generator) -> Sound:
    """A door falling shut."""
    return _placed([(0.5, _band(random.normal(size=round(0.8 * RATE)), 20, 400) * _fade(0.8, 0.004, 0.12))])


def hum(random: np.random.Generator) -> Sound:
    """A refrigerator."""
    time = _seconds(3.0)
    return np.sum([np.sin(100 * np.pi * k * time) / k for k in range(1, 8)], axis=0) + 0.02 * random.normal(
        size=len(time)
    )


def hiss(random: np.random.Generator) -> Sound:
    """Running water."""
    return _band(random.normal(size=3 * RATE), 300, 7_000)


def clink(random: np.random.Generator) -> Sound:
    """A spoon on a cup."""
    time = _seconds(0.8)
    return _placed(
        [
            (
                0.5,
                np.sum([np.sin(2 * np.pi * f * time) for f in random.uniform(1_500, 5_500, 5)], axis=0)
                * np.exp(-time / 0.2),
            )
        ]
    )


def ring(random: np.random.Generator) -> Sound:
    """A telephone."""
    time = _seconds(2.5)
    return (np.sin(880 * np.pi * time) + np.sin(960 * np.pi * time)) * (time % 1.2 < 0.5) + 0.01 * random.normal(
        size=len(time)
    )


KINDS: tuple[Callable[[np.random.Generator], Sound], ...] = (knocks, cough, slam, hum, hiss, clink, ring)


def noise(kind: Callable[[np.random.Generator], Sound], seed: int) -> NDArray[np.int16]:
    """One such sound, loud, in a quiet room."""
    random = np.random.default_rng(seed)
    sound = kind(random)
    return to_int16(0.4 * sound / np.abs(sound).max() + 0.001 * random.normal(size=len(sound)))
