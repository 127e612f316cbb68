"""One run at a time in a folder, however the run before it ended.

The lock on `var/run.lock` is held by the supervisor and inherited by its children, so it is free exactly when the last
of them is gone, a kill -9 included. What is left of a dead supervisor gets time to end by itself and is killed then.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

# The site finishes its requests and the worker its job; both take a few seconds at most.
PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.2


class AlreadyRunning(Exception):
    """Another run is alive in this folder. The text says so to a person."""


@contextmanager
def single_run(var_dir: Path, tell: Callable[[str], None]) -> Iterator[int]:
    """Hold the folder; the value is the file descriptor for children to inherit. Raises AlreadyRunning."""
    var_dir.mkdir(parents=True, exist_ok=True)
    path = var_dir / "run.lock"
    with path.open("a+", encoding="ascii") as file:
        if not _locked(file):
            _end_what_is_left(file, path, tell)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def _end_what_is_left(file: TextIO, path: Path, tell: Callable[[str], None]) -> None:
    _check_supervisor_is_gone(file, path)
    tell("an earlier run was killed; waiting for what is left of it to end")
    if _locked_within(file, PATIENCE_SECONDS):
        return
    # Somebody else may have begun a run meanwhile.
    _check_supervisor_is_gone(file, path)
    for pid in _holders(path):
        os.kill(pid, signal.SIGKILL)
    if not _locked_within(file, PATIENCE_SECONDS):
        raise AlreadyRunning(f"Processes of another user's run still hold {path}. They must end first.")


def _check_supervisor_is_gone(file: TextIO, path: Path) -> None:
    file.seek(0)
    supervisor = file.read()
    if supervisor in map(str, _holders(path)):
        raise AlreadyRunning(f"Yinian is running in this folder already (process {supervisor}). Ctrl-C there stops it.")


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked_within(file: TextIO, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not _locked(file):
        if time.monotonic() > until:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _holders(path: Path) -> list[int]:
    """The other processes that have the file open, as far as this user may see."""
    wanted = str(path.resolve())
    return [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdigit() and int(process.name) != os.getpid() and wanted in _open_files(process)
    ]


def _open_files(process: Path) -> set[str]:
    try:
        return {os.readlink(link) for link in (process / "fd").iterdir()}
    except OSError:  # it ended meanwhile, or belongs to somebody else
        return set()
