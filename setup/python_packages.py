"""The virtual environment, filled from the lock files.

Every package is pinned with the digests of its files, and the locks hold all that the packages need, so pip has nothing
left to choose. Three packages come as source only; setuptools builds them, pinned too, and not one that pip would fetch
on its own. A changed lock makes a new environment: what was dropped from the lock is gone from the machine as well.
"""

from __future__ import annotations

import sys
from pathlib import Path

from setup.commands import Log
from setup.paths import ENVIRONMENT, PROJECT, PYTHON, REQUIREMENTS
from setup.steps import Part, Step, stamped

BUILD_LOCK = REQUIREMENTS / "build.lock"
MAIN_LOCK = REQUIREMENTS / "main.lock"
TEST_LOCK = REQUIREMENTS / "test.lock"


def step() -> Step:
    """What runs: the environment and the packages of main.lock."""
    return stamped(
        "python-packages",
        title="installing the Python packages",
        usually="one to three minutes",
        made_from=_main_parts,
        makes=lambda: [PYTHON],
        work=_install_main,
    )


def step_for_tests() -> Step:
    """What tests and linters need in addition."""
    return stamped(
        "python-packages-for-tests",
        title="installing the Python packages for tests",
        usually="half a minute",
        made_from=lambda: [*_main_parts(), TEST_LOCK],
        # Not pytest: OpenFisca brings that one along without the rest.
        makes=lambda: [ENVIRONMENT / "bin" / "ruff"],
        work=lambda log: pip_install(log, TEST_LOCK),
    )


def pip_install(log: Log, lock: Path) -> None:
    """Install exactly what `lock` names. Raises SetupFailed."""
    log.run(
        [
            *(PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
            *("--require-hashes", "--no-deps", "--no-build-isolation", "--requirement", lock),
        ],
        sorry="The Python packages could not be installed. Is there a way to the package registry from here?",
    )


def _main_parts() -> list[Part]:
    # A moved clone or another Python breaks an environment, so both belong to the fingerprint.
    return [str(PROJECT), sys.version, sys.base_prefix, BUILD_LOCK, MAIN_LOCK]


def _install_main(log: Log) -> None:
    log.run(
        [sys.executable, "-m", "venv", "--clear", ENVIRONMENT],
        sorry="A virtual environment could not be made.",
    )
    pip_install(log, BUILD_LOCK)
    pip_install(log, MAIN_LOCK)
