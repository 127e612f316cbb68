"""Slower or quicker speech at the same pitch, for engines whose own speed cannot be trusted.

Overlap-add of short frames, each taken where it fits best to what was laid before (WSOLA).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FRAME_SECONDS = 0.03
_SEARCH_SECONDS = 0.008


def stretched(samples: NDArray[np.int16], rate: int, factor: float) -> NDArray[np.int16]:
    """The same sound lasting `factor` times as long."""
    half = round(_FRAME_SECONDS * rate / 2)
    search = round(_SEARCH_SECONDS * rate)
    if factor == 1.0 or len(samples) < 4 * half:
        return samples
    window = np.hanning(2 * half + 1)[:-1]
    source = np.pad(samples.astype(np.float64), (search, 3 * half + search))
    steps = round(len(samples) * factor / half)
    laid = np.zeros((steps + 2) * half)
    expected = source[search : search + 2 * half]
    for step in range(steps):
        wanted = search + round(step * half / factor)
        begin = wanted + _best_shift(source[wanted - search : wanted + search + 2 * half], expected)
        laid[step * half : (step + 2) * half] += window * source[begin : begin + 2 * half]
        # What would have followed in the original is what the next frame should look like.
        expected = source[begin + half : begin + 3 * half]
    return np.clip(np.round(laid[: steps * half]), -32_768, 32_767).astype(np.int16)


def _best_shift(neighbourhood: NDArray[np.float64], expected: NDArray[np.float64]) -> int:
    """How far from the middle of the neighbourhood the frame begins that is most like the expected one."""
    if not expected.any():
        return 0
    likeness = np.correlate(neighbourhood, expected, mode="valid")
    return int(likeness.argmax()) - len(likeness) // 2
