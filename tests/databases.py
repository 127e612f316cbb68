"""Databases for tests on the one server of the run, as copies of one that is migrated and filled already.

Copying takes a tenth of a second where migrating and filling take several. Where the tests run in several processes,
these share the server, and each has a template of its own, since the keys that seal personal data are its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from services.database import new_id
from services.database.embedded import EmbeddedServer

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or new_id().hex
TEMPLATE = f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@contextmanager
def server_of_the_run() -> Iterator[EmbeddedServer]:
    """The server of all processes of this run, whose data go with the last of them."""
    # Not in pytest's own folder: every other run that begins meanwhile would close that to the server's user.
    folder = Path(tempfile.gettempdir()) / f"yinian-tests-{RUN}"
    folder.mkdir(mode=0o700, exist_ok=True)
    server = EmbeddedServer(folder / "postgres")
    try:
        yield server
    finally:
        server.close()
        if server.process() is None:
            shutil.rmtree(folder, ignore_errors=True)


def copied_database(server: EmbeddedServer, purpose: str) -> str:
    """The address of a new copy of the template of this process."""
    name = f"{purpose}_{new_id().hex}"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(copy)
    return server.url(name)
