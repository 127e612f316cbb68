"""`python -m webapp` as a person uses it: up with one command, down with Ctrl-C, up again after any kill."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest

from services.settings import PROJECT

PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Installation:
    """A folder of data and the runs in it."""

    folder: Path
    port: int = field(default_factory=free_port)
    runs: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, **environment: str) -> subprocess.Popen[str]:
        """A run; what it prints is in its `stdout`."""
        run = subprocess.Popen(
            [sys.executable, "-m", "webapp"],
            cwd=PROJECT,
            env={**os.environ, "YINIAN_VAR_DIR": str(self.folder), "PORT": str(self.port), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.runs.append(run)
        return run

    def start_and_wait(self) -> subprocess.Popen[str]:
        run = self.start()
        assert run.stdout is not None
        said = []
        for line in run.stdout:
            said.append(line)
            if line == f"ready: http://127.0.0.1:{self.port}\n":
                return run
        pytest.fail(f"it never got ready: {said}")

    def health(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", "/health")
            return connection.getresponse().status

    def database(self) -> psycopg.Connection[tuple[int]]:
        return psycopg.connect(f"host={self.folder / 'postgres'} user=postgres dbname=yinian", autocommit=True)


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("run"))
    yield made
    for run in made.runs:
        run.terminate()
        run.communicate(timeout=PATIENCE_SECONDS)


def ended(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)[1]


def test_one_run_serves_ends_in_order_and_leaves_nothing_behind(installation: Installation) -> None:
    run = installation.start_and_wait()
    assert installation.health() == 200
    another = installation.start()
    assert "is running in this folder already" in another.communicate(timeout=PATIENCE_SECONDS)[0]
    assert another.returncode == 1

    children = psutil.Process(run.pid).children(recursive=True)
    assert len(children) >= 3, "gunicorn, its process, the worker"
    run.send_signal(signal.SIGINT)
    assert run.wait(PATIENCE_SECONDS) == 0
    assert ended(children)
    assert not (installation.folder / "postgres" / "postmaster.pid").exists()


def test_after_a_kill_nothing_lingers_and_the_data_are_there(installation: Installation) -> None:
    run = installation.start_and_wait()
    with installation.database() as database:
        database.execute("CREATE TABLE kept AS SELECT 1 AS one")
    children = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run = installation.start_and_wait()
    assert ended(children)
    with installation.database() as database:
        assert database.execute("SELECT one FROM kept").fetchall() == [(1,)]


def test_a_dead_worker_is_started_again_and_a_dead_site_ends_everything(installation: Installation) -> None:
    run = installation.start_and_wait()
    worker = child_of(run, "services")
    assert worker is not None
    worker.kill()
    until = time.monotonic() + PATIENCE_SECONDS
    while child_of(run, "services") in (None, worker):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert installation.health() == 200

    site = child_of(run, "gunicorn")
    assert site is not None
    site.kill()
    said = run.communicate(timeout=PATIENCE_SECONDS)[0]
    assert "the worker ended (code -9) and starts again" in said
    assert "The site ended (code -9), so everything stops." in said
    assert run.returncode == 1


def test_a_port_in_use_is_named_with_the_way_out(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        run = installation.start()
        said = run.communicate(timeout=PATIENCE_SECONDS)[0]
    assert said.startswith(f"Port {installation.port} is in use by another program.")
    assert "make run PORT=" in said
    assert run.returncode == 1


def child_of(run: subprocess.Popen[str], module: str) -> psutil.Process | None:
    """The living child that runs `python -m module`."""
    for child in psutil.Process(run.pid).children():
        with contextlib.suppress(psutil.Error):  # it may have died just now
            if child.cmdline()[1:3] == ["-m", module]:
                return child
    return None
