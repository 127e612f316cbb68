"""The processes that `python -m webapp` starts and ends: the site and the worker.

A child that its supervisor leaves behind, even by a kill -9, is told to end by the kernel: nothing goes on in the
background that nobody knows of.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.settings import PROJECT

# From the kernel's linux/prctl.h: which signal this process gets when its parent dies.
PR_SET_PDEATHSIG = 1
LINES_SHOWN = 20
# What ends at once is started again ever more slowly, so that its log stays readable.
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


@dataclass
class Child:
    """A program that runs in the project's folder, in a session of its own so that Ctrl-C reaches only the supervisor.

    `keeps_open` are file descriptors that it inherits.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    keeps_open: Sequence[int] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the program; what it prints is added to its log."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=PROJECT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.keeps_open,
                start_new_session=True,
                # Safe here, because the supervisor has one thread.
                preexec_fn=_ends_with(os.getpid()),
            )

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process else None

    def ask_to_end(self) -> None:
        """Tell it to finish what it does and end."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait_for_end(self, seconds: float) -> None:
        """Wait for it to end, and kill it when it takes longer."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_lines(self) -> str:
        """What it said last."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
        return "\n".join(f"    {line}" for line in lines[-LINES_SHOWN:])


class Keeper:
    """Has a started child come back whenever it ends, and tells the person so."""

    def __init__(self, child: Child, tell: Callable[[str], None]) -> None:
        self._child, self._tell = child, tell
        self._pause = FIRST_PAUSE_SECONDS
        self._started_at = time.monotonic()
        self._due_at: float | None = None

    def look(self) -> None:
        """Start the child if it has ended and its pause is over; returns at once."""
        code, now = self._child.exit_code(), time.monotonic()
        if code is None:
            return
        if self._due_at is None:
            self._wait_a_little(code, now)
        elif now >= self._due_at:
            self._child.start()
            self._started_at, self._due_at = now, None

    def _wait_a_little(self, code: int, now: float) -> None:
        if now - self._started_at > LONGEST_PAUSE_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        name, log = self._child.name, self._child.log
        self._tell(f"the {name} ended (code {code}) and starts again in {self._pause:.0f} s; its log: {log}")
        self._due_at = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)


def fresh_log(folder: Path, name: str) -> Path:
    """The path of an empty log; the log of the run before is kept beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    if log.exists():
        log.replace(folder / f"{name}.before.log")
    log.touch()
    return log


def _ends_with(parent: int) -> Callable[[], None] | None:
    """What a new child does first: ask the kernel to be told when `parent` dies. Only Linux knows this."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask
