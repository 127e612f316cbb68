"""The engines' models, installed by the voice assistant's own command, which checks their digests.

Whisper base and the neural Mandarin voice are what the assistant hears and speaks with; the Korean Vosk model is there
for the tests of the Vosk engine only.
"""

from __future__ import annotations

import os
from pathlib import Path

from setup.commands import Log
from setup.paths import PROJECT, PYTHON, VAR
from setup.steps import Step, stamped

TO_RUN = ("whisper-base", "neural-mandarin")
FOR_TESTS = ("vosk-ko",)
CATALOGUE = PROJECT / "voice" / "models" / "catalogue.py"


def step() -> Step:
    """What the assistant hears and speaks with."""
    return _step("voice-models", "installing the voice models (190 MB)", TO_RUN)


def step_for_tests() -> Step:
    """What only the tests hear with."""
    return _step("voice-models-for-tests", "installing the voice models for tests (87 MB)", FOR_TESTS)


def _step(stamp: str, title: str, names: tuple[str, ...]) -> Step:
    return stamped(
        stamp,
        title=title,
        usually="up to three minutes",
        made_from=lambda: [*names, CATALOGUE],
        makes=lambda: [_folder() / name for name in names],
        work=lambda log: _install(log, names),
    )


def _folder() -> Path:
    """Where the command that installs them puts the models: it too goes by YINIAN_VAR_DIR."""
    return PROJECT / (os.environ.get("YINIAN_VAR_DIR") or VAR) / "models"


def _install(log: Log, names: tuple[str, ...]) -> None:
    for name in names:
        log.run(
            [PYTHON, "-m", "voice", "models", "install", name],
            folder=PROJECT,
            sorry=f"The voice model {name} could not be installed.",
        )
