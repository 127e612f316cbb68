"""What only the operating system can give: checked by its presence, installed where this user may, named otherwise.

The packages' names are Debian's. Presence is checked by the command or library itself and not by the package manager,
so that other systems, where these things have other names, work as well.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from setup.commands import Log, SetupFailed
from setup.steps import STAMPS, Step

FONTS = Path("/usr/share/fonts")
# Names of what is missing and was told to the person already, so that it is not told at every start.
TOLD = STAMPS / "system-packages.told"


@dataclass(frozen=True)
class Need:
    """Something of the system, the Debian package that brings it, its purpose, and whether nothing goes without it."""

    name: str
    package: str
    purpose: str
    must: bool
    is_here: Callable[[], bool]


def needs(*, testing: bool) -> list[Need]:
    """What running needs, and with `testing` what the tests need as well."""
    running = [
        Need(
            "Python's venv module",
            f"python3.{sys.version_info.minor}-venv",
            "for the virtual environment",
            True,
            lambda: find_spec("ensurepip") is not None,
        ),
        Need(
            "PortAudio",
            "libportaudio2",
            "for this machine's own microphone (python -m voice kiosk)",
            False,
            lambda: _loads("libportaudio.so.2"),
        ),
        Need(
            "aplay",
            "alsa-utils",
            "for the loudspeaker with the system's voices",
            False,
            lambda: shutil.which("aplay") is not None,
        ),
    ]
    for_tests = [
        Need(
            "Chromium",
            "chromium",
            "for the tests in a real browser",
            True,
            lambda: shutil.which("chromium") is not None,
        ),
        Need(
            "a Chinese font",
            "fonts-noto-cjk",
            "for the browser tests to see what a person sees",
            True,
            _has_chinese_font,
        ),
    ]
    return running + for_tests if testing else running


def step(*, testing: bool) -> Step:
    """Installs what is missing. Raises SetupFailed where something that must be there can't be installed."""
    missing = [need for need in needs(testing=testing) if not need.is_here()]
    packages = ", ".join(need.package for need in missing)
    return Step(
        title=f"what the system must bring: {packages}",
        usually="up to a minute",
        is_done=lambda: not missing or (not _musts(missing) and _was_told(missing)),
        work=lambda log: _install(missing, log),
    )


def _install(missing: Sequence[Need], log: Log) -> None:
    problem = "This user may not install packages."
    if shutil.which("apt-get") is None:
        problem = "This is not a Debian system."
    elif (prefix := _administrator()) is not None:
        try:
            _apt_install([need.package for need in missing], prefix, log)
        except SetupFailed as failure:
            problem = str(failure)
    still = [need for need in missing if not need.is_here()]
    if musts := _musts(still):
        raise SetupFailed(f"{problem}\n{_sentence(musts)}\nThen give the same command again.")
    if still:
        print(f"    {problem} Going on without.\n    {_sentence(still)}", flush=True)
        TOLD.write_text(_names(still), encoding="utf-8")


def _apt_install(packages: Sequence[str], prefix: Sequence[str], log: Log) -> None:
    # `env`, because sudo drops variables; the lock may be held by unattended upgrades for a while.
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    install = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    sorry = "Debian's packages could not be installed."
    try:
        log.run(install, sorry=sorry)
    except SetupFailed:
        # A new machine has no list of packages yet, and an old list names files that are gone.
        log.run([*apt, "update"], sorry="Debian's list of packages could not be fetched.")
        log.run(install, sorry=sorry)


def _administrator() -> list[str] | None:
    """What to put before a command that needs an administrator; None where this user is none."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def _sentence(missing: Sequence[Need]) -> str:
    what = "; ".join(f"{need.name}, {need.purpose}" for need in missing)
    packages = " ".join(need.package for need in missing)
    return f"Missing: {what}. On Debian an administrator installs it with: apt-get install {packages}"


def _musts(missing: Sequence[Need]) -> list[Need]:
    return [need for need in missing if need.must]


def _names(missing: Sequence[Need]) -> str:
    return " ".join(sorted(need.package for need in missing))


def _was_told(missing: Sequence[Need]) -> bool:
    return TOLD.exists() and TOLD.read_text(encoding="utf-8") == _names(missing)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_chinese_font() -> bool:
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)
        return bool(listed.stdout.strip())
    return any(FONTS.rglob("*CJK*"))
