"""The catalogues of words in the form that gettext reads (.mo), made from the .po files that translators edit."""

from __future__ import annotations

from pathlib import Path

from setup.commands import Log
from setup.paths import ENVIRONMENT, PROJECT
from setup.steps import Step, stamped

LOCALES = PROJECT / "locales"


def step() -> Step:
    return stamped(
        "catalogues",
        title="compiling the catalogues of words",
        usually="seconds",
        made_from=_sources,
        makes=lambda: [file.with_suffix(".mo") for file in _sources()],
        work=_compile,
    )


def _sources() -> list[Path]:
    return sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))


def _compile(log: Log) -> None:
    for file in _sources():
        log.run(
            [
                *(ENVIRONMENT / "bin" / "pybabel", "compile", "--input-file", file),
                *("--output-file", file.with_suffix(".mo"), "--locale", file.parent.parent.name),
            ],
            sorry=f"The catalogue {file.relative_to(PROJECT)} could not be compiled.",
        )
