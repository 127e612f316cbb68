"""Whisper's input: the log-mel spectrogram of a sound, computed with numpy from the published definition."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
HOP = 160
"""Samples between two frames: 100 frames a second."""
_WINDOW = 400
_BANDS = 80


def log_mel(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """The spectrogram of 16 kHz mono int16, shape (80, frames), scaled as Whisper was trained."""
    sound = np.pad(samples.astype(np.float32) / 32_768, _WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::HOP][:-1]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW, dtype=np.float32) / _WINDOW)
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2
    bands = np.log10(np.maximum(power @ _mel_filters().T, 1e-10))
    # Everything more than 80 dB below the loudest is one floor.
    bands = np.maximum(bands, bands.max() - 8.0)
    return np.ascontiguousarray(((bands + 4.0) / 4.0).T, dtype=np.float32)


@cache
def _mel_filters() -> NDArray[np.float64]:
    """Triangles of equal area on Slaney's mel scale from 0 to 8 kHz, shape (80, 201)."""
    edges = _mel_to_hertz(np.linspace(0.0, _hertz_to_mel(RATE / 2), _BANDS + 2))
    frequencies = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    rising = (frequencies - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - frequencies) / np.diff(edges)[1:, None]
    area = 2.0 / (edges[2:] - edges[:-2])
    return np.maximum(0.0, np.minimum(rising, falling)) * area[:, None]


# Slaney's scale: even steps up to 1 kHz, even ratios above.
_EVEN_STEP = 200.0 / 3
_BEND_HERTZ = 1_000.0
_BEND_MEL = _BEND_HERTZ / _EVEN_STEP
_RATIO_STEP = np.log(6.4) / 27


def _hertz_to_mel(hertz: float) -> float:
    return hertz / _EVEN_STEP if hertz < _BEND_HERTZ else _BEND_MEL + np.log(hertz / _BEND_HERTZ) / _RATIO_STEP


def _mel_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < _BEND_MEL, mel * _EVEN_STEP, _BEND_HERTZ * np.exp(_RATIO_STEP * (mel - _BEND_MEL)))
