"""`python -m webapp`: the whole of Yinian on this machine. `make run` calls it after the set-up.

Opens the database (the embedded one where `DATABASE_URL` is not set), brings its tables up to date, adds the
demonstration's data, starts the site and one worker, and says `ready: URL` when the site answers. Whatever of them dies
is started again, until Ctrl-C or SIGTERM; then everything ends in order. A city does without it: there the site's
processes and the workers are services of the system.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import OperationalError

from services.clock import SystemClock
from services.database import Database, migrate, open_database, unit_of_work
from services.demo import (
    prepare_allowances,
    prepare_demonstration,
    prepare_families,
    prepare_neighbours,
    prepare_worker_list,
)
from services.errors import ServiceError
from services.job_queue import EXTEND_DEMONSTRATION, defer_once
from services.settings import Settings, ensure_demo_settings
from webapp.children import Child, Keeper, fresh_log
from webapp.single_run import AlreadyRunning, single_run

ADDRESS = "127.0.0.1"
# One process, because two would load the voice models twice; a conversation by voice keeps a thread for its length.
THREADS = 32
GRACE_SECONDS = 5
READY_WITHIN_SECONDS = 120
POLL_SECONDS = 0.2


class CannotRun(Exception):
    """Yinian cannot run, or no longer. The text says why to a person."""


def main() -> int:
    """Exit code 0 after Ctrl-C or SIGTERM, 1 when something stopped it, 2 when it was asked for the impossible."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    # Under nohup it goes on when the terminal is closed.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        _run(os.environ)
    except KeyboardInterrupt:
        return 0
    except (CannotRun, AlreadyRunning) as reason:
        print(reason, file=sys.stderr)
        return 1
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _run(environment: Mapping[str, str]) -> None:
    port = chosen_port(environment)
    settings = _settings(environment)
    with single_run(settings.var_dir, _tell) as lock:
        _check_free(port)
        with _opened_database(settings) as database:
            logs = settings.var_dir / "log"
            shared = {**environment, "DATABASE_URL": database.url, "PYTHONUNBUFFERED": "1"}
            site = Child("site", _site_command(port), fresh_log(logs, "site"), shared, [lock])
            worker = Child(
                "worker", [sys.executable, "-m", "services", "worker"], fresh_log(logs, "worker"), shared, [lock]
            )
            try:
                _tell("starting the site and the worker")
                site.start()
                worker.start()
                _wait_until_ready(site, port)
                _tell(f"ready: http://{ADDRESS}:{port}")
                _watch(database, site, worker)
            finally:
                _end(site, worker)


def chosen_port(environment: Mapping[str, str]) -> int:
    """The port of `PORT`, 8000 without it. Raises CannotRun."""
    text = environment.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotRun(f"PORT is {text!r}; expected a number from 1 to 65535, as in: make run PORT=8080")
    return int(text)


def _settings(environment: Mapping[str, str]) -> Settings:
    """The settings of this installation. Where none are given, those of a demonstration with secrets of its own."""
    var_dir = Settings.model_fields["var_dir"].default
    if "YINIAN_SECRET_KEY" not in environment:
        ensure_demo_settings(Path(environment.get("YINIAN_VAR_DIR", var_dir)))
    return Settings.from_environment(environment)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        # As the site will do, so that connections of a run that just ended don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except PermissionError as error:
            raise CannotRun(f"This user may not open port {port}. Choose another one: make run PORT=8080") from error
        except OSError as error:
            another = port + 1 if port < 65535 else 8080
            raise CannotRun(
                f"Port {port} is in use by another program. End it, or choose another port: make run PORT={another}"
            ) from error


@contextmanager
def _opened_database(settings: Settings) -> Iterator[Database]:
    """The database with its tables up to date and, in a demonstration, with its data."""
    _tell("starting the database" if settings.database_url is None else "opening the database")
    try:
        database = open_database(settings)
    except (OperationalError, OSError, subprocess.SubprocessError) as error:
        raise CannotRun(f"The database could not be started: {error}") from error
    try:
        try:
            migrate(database.engine)
        except OperationalError as error:
            raise CannotRun(f"The database does not answer: {error.orig}") from error
        if settings.demo:
            with unit_of_work(database.sessions) as session:
                prepare_demonstration(session, city=settings.city, now=SystemClock().now())
                # Before the allowances, so that the neighbours are paid for long, too.
                prepare_neighbours(session, city=settings.city, now=SystemClock().now())
                prepare_allowances(session, city=settings.city, now=SystemClock().now())
                prepare_worker_list(session, city=settings.city, now=SystemClock().now())
                prepare_families(session, city=settings.city, now=SystemClock().now())
                # The meals and visits of the last weeks take longer than anybody waits for a start: the worker makes
                # them.
                defer_once(session, EXTEND_DEMONSTRATION)
        # The children open connections of their own.
        database.engine.dispose()
        yield database
    finally:
        database.close()


def _site_command(port: int) -> list[str]:
    """The site is put together before its process divides (`--preload`), so that one that dies is back at once."""
    return [
        *(sys.executable, "-m", "gunicorn", "webapp.wsgi:application", "--bind", f"{ADDRESS}:{port}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)),
        *("--graceful-timeout", str(GRACE_SECONDS), "--timeout", str(READY_WITHIN_SECONDS), "--preload"),
        "--no-control-socket",
    ]


def _wait_until_ready(site: Child, port: int) -> None:
    until = time.monotonic() + READY_WITHIN_SECONDS
    while not _answers(port):
        _check_alive(site)
        if time.monotonic() > until:
            raise CannotRun(f"{site.last_lines()}\nThe site did not answer in time. Its log: {site.log}")
        time.sleep(POLL_SECONDS)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _watch(database: Database, *children: Child) -> None:
    """Have everything that ends come back, and tell the person."""
    keepers = [Keeper(child, _tell) for child in children]
    while True:
        if database.server is not None and database.server.revive():
            _tell("the database server was gone and has been started again")
        for keeper in keepers:
            keeper.look()
        time.sleep(POLL_SECONDS)


def _check_alive(site: Child) -> None:
    code = site.exit_code()
    if code is not None:
        raise CannotRun(f"{site.last_lines()}\nThe site ended (code {code}), so everything stops. Its log: {site.log}")


def _end(*children: Child) -> None:
    # Impatient fingers must not interrupt an orderly end; it has a time limit of its own.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _tell("stopping")
    for child in children:
        child.ask_to_end()
    for child in children:
        child.wait_for_end(2 * GRACE_SECONDS)


def _tell(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
