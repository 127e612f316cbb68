"""Reading recordings: every rate and channel count becomes one form, every bad file one clear sentence."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice.audio import RATE, AudioError, read_audio


def recording(rate: int = RATE, channels: int = 1, seconds: float = 1.0, kind: str = "WAV", **options: str) -> bytes:
    """A 440 Hz tone at half loudness."""
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)
    target = io.BytesIO()
    soundfile.write(target, np.column_stack([tone] * channels), rate, format=kind, **options)
    return target.getvalue()


@pytest.mark.parametrize(
    ("rate", "channels", "kind", "options"),
    [
        (16_000, 1, "WAV", {}),
        (16_000, 2, "WAV", {}),  # stereo
        (8_000, 1, "WAV", {}),  # telephone
        (48_000, 2, "WAV", {}),  # browser
        (44_100, 1, "FLAC", {}),
        (16_000, 1, "WAV", {"subtype": "FLOAT"}),
        (16_000, 1, "WAV", {"subtype": "ULAW"}),
        (22_050, 1, "WAV", {"subtype": "PCM_U8"}),
    ],
)
def test_every_rate_and_channel_count_becomes_16_khz_mono(rate, channels, kind, options) -> None:
    samples = read_audio(recording(rate, channels, kind=kind, **options))
    assert samples.dtype == np.int16
    assert abs(len(samples) - RATE) <= 2
    spectrum = np.abs(np.fft.rfft(samples[:RATE].astype(float), RATE))
    assert abs(int(spectrum.argmax()) - 440) <= 1
    assert 15_500 < np.abs(samples[1_000:-1_000]).max() < 17_500


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"hello, this is a text\n", "is not audio"),
        (recording()[:10_000], "is cut off: 9,956 of 32,000 bytes"),
        (recording()[:44], "is cut off: 0 of 32,000 bytes"),
        (recording()[:30], "is cut off before its sound begins"),
        (recording(seconds=0), "holds no sound"),
        (recording(kind="FLAC", seconds=5)[:2_000], "is cut off or damaged"),
        (recording()[:20] + b"\xff" * 16 + recording()[36:], ""),  # nonsense in the format chunk
        (recording(rate=1_000), "has 1,000 samples a second"),
        (recording(rate=8_000, seconds=700, subtype="PCM_U8"), "lasts 12 minutes"),
    ],
)
def test_a_bad_recording_is_told_in_a_sentence_with_what_was_expected(content: bytes, told: str) -> None:
    with pytest.raises(AudioError, match="expected") as problem:
        read_audio(content)
    assert told in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_file_that_is_missing_or_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="does not exist"):
        read_audio(tmp_path / "missing.wav")
    with pytest.raises(AudioError, match="cannot be read"):
        read_audio(tmp_path)


def test_a_wav_from_a_pipe_that_gives_no_length_is_read() -> None:
    content = bytearray(recording())
    content[40:44] = b"\xff\xff\xff\xff"
    assert len(read_audio(bytes(content))) == RATE


def test_numbers_that_are_none_become_silence() -> None:
    target = io.BytesIO()
    soundfile.write(target, np.array([np.nan, np.inf, 0.5]), RATE, format="WAV", subtype="FLOAT")
    assert read_audio(target.getvalue())[0] == 0
