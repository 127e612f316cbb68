"""The demonstration's own random secrets in `var/settings.env`, so that every command works right after the set-up.

Whoever gives secrets in the environment runs no demonstration, and nothing is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from setup.commands import Log
from setup.paths import PROJECT, PYTHON, VAR
from setup.steps import Step, stamped

WRITE = (
    "import pathlib, sys; from services.settings import ensure_demo_settings;"
    "ensure_demo_settings(pathlib.Path(sys.argv[1]))"
)


def step() -> Step:
    return stamped(
        "demo-settings",
        title="making secrets for the demonstration",
        usually="seconds",
        made_from=lambda: [PROJECT / "services" / "settings.py"],
        makes=_files,
        work=_write,
    )


def _files() -> Iterable[Path]:
    return [] if "YINIAN_SECRET_KEY" in os.environ else [VAR / "settings.env"]


def _write(log: Log) -> None:
    if _files():
        log.run([PYTHON, "-c", WRITE, VAR], folder=PROJECT, sorry="The settings could not be written.")
