"""`python -m webapp` in a folder of its own, for tests that start it, kill it and start it again."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil
import psycopg
import pytest

from services.settings import PROJECT

# A start takes a few seconds, on a machine that does much else a minute or two.
PATIENCE_SECONDS = 150


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Installation:
    """A folder of data and the runs in it; they end with the block."""

    folder: Path
    port: int = field(default_factory=free_port)
    runs: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, **environment: str) -> subprocess.Popen[str]:
        """A run; what it prints is in its `stdout`."""
        run = subprocess.Popen(
            [sys.executable, "-m", "webapp"],
            cwd=PROJECT,
            env={**os.environ, "YINIAN_VAR_DIR": str(self.folder), "PORT": str(self.port)}
            # The worker has better to do than to live through a month of visits.
            | {"YINIAN_DEMO_PAST_DAYS": "0", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.runs.append(run)
        return run

    def start_and_wait(self, **environment: str) -> subprocess.Popen[str]:
        run = self.start(**environment)
        assert run.stdout is not None
        said = []
        for line in run.stdout:
            said.append(line)
            if line == f"ready: http://127.0.0.1:{self.port}\n":
                return run
        pytest.fail(f"it never got ready: {said}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for run in self.runs:
            run.terminate()
            run.communicate(timeout=PATIENCE_SECONDS)

    def health(self) -> int:
        """The status of the site's own answer; 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/health")
            return connection.getresponse().status
        return 0

    def database(self) -> psycopg.Connection[tuple[int]]:
        return psycopg.connect(f"host={self.folder / 'postgres'} user=postgres dbname=yinian", autocommit=True)


def child_of(run: subprocess.Popen[str], module: str) -> psutil.Process | None:
    """The living child that runs `python -m module`."""
    for child in psutil.Process(run.pid).children():
        with contextlib.suppress(psutil.Error):  # it may have died just now
            if child.cmdline()[1:3] == ["-m", module]:
                return child
    return None
