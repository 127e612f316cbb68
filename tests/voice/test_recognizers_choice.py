"""Which engine `auto` takes, and what is told where one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.models import CATALOGUE, ModelStore
from voice.recognizers import MANDARIN_MODELS, RecognizerError, choose_engine, open_recognizer
from voice.speakers import ENGINE_MODELS, SpeakerError, choose_speaker


@pytest.mark.parametrize(
    ("wanted", "installed", "chosen"),
    [
        ("auto", {"whisper-base"}, "whisper"),
        ("auto", {"whisper-base", "vosk-small-cn"}, "vosk"),
        ("auto", {"vosk-small-cn"}, "vosk"),
        ("auto", {"whisper-base", "vosk-ko"}, "whisper"),  # a model of another language is no choice
        ("whisper", {"whisper-base", "vosk-small-cn"}, "whisper"),
        ("vosk", {"whisper-base", "vosk-small-cn"}, "vosk"),
    ],
)
def test_the_recognizer_is_chosen_by_what_is_installed(wanted: str, installed: set[str], chosen: str) -> None:
    assert choose_engine(wanted, installed) == chosen


@pytest.mark.parametrize(
    ("wanted", "installed", "told"),
    [
        ("auto", set(), "models install whisper-base"),
        ("auto", {"vosk-ko"}, "models install whisper-base"),
        ("vosk", {"whisper-base", "vosk-ko"}, "models install vosk-small-cn"),
        ("whisper", set(), "models install whisper-base"),
        ("sphinx", {"whisper-base"}, "expected auto, vosk or whisper"),
    ],
)
def test_a_recognizer_that_cannot_be_opened_says_how_to_get_it(wanted: str, installed: set[str], told: str) -> None:
    with pytest.raises(RecognizerError, match=told):
        choose_engine(wanted, installed)


@pytest.mark.parametrize(
    ("wanted", "installed", "chosen"),
    [
        ("auto", {"neural-mandarin"}, "neural"),
        ("auto", set(), "pyttsx3"),
        ("neural", {"neural-mandarin"}, "neural"),
        ("pyttsx3", {"neural-mandarin"}, "pyttsx3"),
    ],
)
def test_the_speaker_is_chosen_by_what_is_installed(wanted: str, installed: set[str], chosen: str) -> None:
    assert choose_speaker(wanted, installed) == chosen


@pytest.mark.parametrize(("wanted", "told"), [("neural", "models install neural-mandarin"), ("festival", "expected")])
def test_a_speaker_that_cannot_be_opened_says_how_to_get_it(wanted: str, told: str) -> None:
    with pytest.raises(SpeakerError, match=told):
        choose_speaker(wanted, set())


def test_every_model_that_an_engine_asks_for_is_in_the_catalogue() -> None:
    assert {*MANDARIN_MODELS.values(), *ENGINE_MODELS.values()} <= set(CATALOGUE)


def test_opening_a_recognizer_without_models_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RecognizerError, match="whisper-base"):
        open_recognizer(ModelStore(tmp_path / "models"))
