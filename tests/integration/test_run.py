"""`python -m webapp` as a person uses it: up with one command, down with Ctrl-C, up again after any kill."""

from __future__ import annotations

import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.installation import PATIENCE_SECONDS, Installation, child_of


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder for all the runs, as on the machine of a person: only the first makes the tables."""
    # Not pytest's own, which every other run of pytest that begins closes to the user who runs the server.
    with tempfile.TemporaryDirectory(prefix="yinian-run-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.fixture
def installation(folder: Path) -> Iterator[Installation]:
    with Installation(folder) as made:
        yield made


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


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
        database.execute("CREATE TABLE before_the_run_was_killed AS SELECT 1 AS one")
    children = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run = installation.start_and_wait()
    assert ended(children)
    with installation.database() as database:
        assert database.execute("SELECT one FROM before_the_run_was_killed").fetchall() == [(1,)]


def test_whatever_is_killed_while_it_runs_is_started_again(installation: Installation) -> None:
    run = installation.start_and_wait()
    with installation.database() as database:
        database.execute("CREATE TABLE before_the_server_was_killed AS SELECT 1 AS one")
    server = psutil.Process(int((installation.folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]))
    site, worker = child_of(run, "gunicorn"), child_of(run, "services")
    assert site is not None
    assert worker is not None
    for process in (server, worker, site):
        process.kill()

    wait_until(lambda: child_of(run, "services") not in (None, worker))
    wait_until(lambda: child_of(run, "gunicorn") not in (None, site))
    wait_until(lambda: installation.health() == 200)
    with installation.database() as database:
        assert database.execute("SELECT one FROM before_the_server_was_killed").fetchall() == [(1,)]
    run.send_signal(signal.SIGINT)
    said = run.communicate(timeout=PATIENCE_SECONDS)[0]
    assert "the database server was gone and has been started again" in said
    assert "the worker ended (code -9) and starts again in 1 s" in said
    assert "the site ended (code -9) and starts again in 1 s" in said
    assert run.returncode == 0


def test_a_site_that_never_gets_ready_ends_everything_and_says_why(installation: Installation) -> None:
    run = installation.start(GUNICORN_CMD_ARGS="--no-such-option")
    said = run.communicate(timeout=PATIENCE_SECONDS)[0]
    assert "unrecognized arguments: --no-such-option" in said
    assert "The site ended (code 2), so everything stops." in said
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
