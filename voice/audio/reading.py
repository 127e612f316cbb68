"""Reads wav and flac files of any rate and channels into 16 kHz mono int16, or says plainly what is wrong with them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

RATE = 16_000
"""Samples per second of all sound behind `voice.audio`."""

LONGEST_SECONDS = 600
_RATES = range(4_000, 384_001)
_EXPECTED = "expected a wav or flac file with speech"
# Programs that write wav to a pipe cannot know its length and put the largest number there.
_LENGTH_UNKNOWN = 0x7FFF_0000


class AudioError(Exception):
    """A recording that cannot be read. `str()` of it says what is wrong and what was expected, without a file name."""


def read_audio(source: Path | str | bytes) -> NDArray[np.int16]:
    """The sound in a wav or flac file (or in its bytes) as 16 kHz mono int16.

    Channels are averaged, rates converted. Raises AudioError for a file that is missing, empty, cut off, no audio,
    without any sound in it, or longer than ten minutes.
    """
    content = source if isinstance(source, bytes) else _read_file(Path(source))
    if not content:
        raise AudioError(f"is empty; {_EXPECTED}")
    if not _looks_like_audio(content):
        raise AudioError(f"is not audio; {_EXPECTED}")
    _refuse_cut_off_wav(content)
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            return _decode(file)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(f"is cut off or damaged; {_EXPECTED}") from error


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AudioError(f"does not exist; {_EXPECTED}") from error
    except OSError as error:
        raise AudioError(f"cannot be read ({error.strerror}); {_EXPECTED}") from error


def _looks_like_audio(content: bytes) -> bool:
    # libsndfile opens many more kinds, some of which any text file passes for.
    return content[:4] in (b"RIFF", b"RF64", b"fLaC")


def _refuse_cut_off_wav(content: bytes) -> None:
    """Raises AudioError where the data chunk promises more than the file holds; libsndfile would read on in silence."""
    if content[:4] != b"RIFF":
        return
    position = 12
    while position + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, position)
        position += 8
        if name == b"data":
            if position + size > len(content) and size < _LENGTH_UNKNOWN:
                raise AudioError(f"is cut off: {len(content) - position:,} of {size:,} bytes of sound; {_EXPECTED}")
            return
        position += size + size % 2
    raise AudioError(f"is cut off before its sound begins; {_EXPECTED}")


def _decode(file: soundfile.SoundFile) -> NDArray[np.int16]:
    if file.samplerate not in _RATES:
        raise AudioError(f"has {file.samplerate:,} samples a second; expected {_RATES.start:,} to {_RATES.stop - 1:,}")
    promised = file.frames
    if promised > LONGEST_SECONDS * file.samplerate:
        minutes = promised / file.samplerate / 60
        raise AudioError(f"lasts {minutes:,.0f} minutes; expected at most {LONGEST_SECONDS // 60}")
    frames = file.read(dtype="float32", always_2d=True)
    if len(frames) < promised:
        raise AudioError(f"is cut off: {len(frames):,} of {promised:,} samples; {_EXPECTED}")
    if not len(frames):
        raise AudioError(f"holds no sound; {_EXPECTED}")
    # A float wav may hold anything, numbers that are none included.
    mono = np.nan_to_num(frames).mean(axis=1)
    if file.samplerate != RATE:
        mono = soxr.resample(mono, file.samplerate, RATE)
    return to_int16(mono)


def to_int16(samples: NDArray[np.floating]) -> NDArray[np.int16]:
    """Samples between -1 and 1 as int16; louder ones are clipped, not wrapped."""
    return np.round(np.clip(samples, -1.0, 1.0) * 32_767).astype(np.int16)
