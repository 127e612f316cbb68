"""The database itself: migrations, the record of deeds, the embedded server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, text, update
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from services import audit, conversations
from services.actor import Actor, Channel, NotAllowed
from services.audit import AuditEntry
from services.database import Database, Table
from services.database.migrating import alembic_config
from services.people import Person
from services.settings import PROJECT, ensure_demo_settings
from tests.conftest import NOW, person_named


def test_the_migrations_make_the_tables_that_the_code_declares(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith("procrastinate_")),
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, Table.metadata) == []


def test_every_migration_goes_back_and_forth(own_database: Database) -> None:
    with own_database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
        left = connection.execute(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        ).scalars()
        assert set(left) == {"alembic_version"}
        command.upgrade(alembic_config(connection), "head")


@pytest.mark.parametrize("change", [update(AuditEntry).values(deed="other"), delete(AuditEntry)])
def test_the_record_of_deeds_refuses_changes(session: Session, wang: Person, change: object) -> None:
    actor = Actor.senior(wang.id, Channel.SCREEN)
    audit.record(session, actor, "tried", city="shenzhen", person_id=wang.id, subject_id=None, now=NOW)
    session.flush()
    with pytest.raises((ProgrammingError, SQLAlchemyError), match="only ever added"):
        session.execute(change)  # type: ignore[call-overload]


def test_a_conversation_is_remembered_for_half_an_hour_and_only_by_its_owner(session: Session, wang: Person) -> None:
    actor = Actor.senior(wang.id, Channel.VOICE)
    assert conversations.load(session, actor, person_id=wang.id, now=NOW) == {}
    for state in ({"asked": "day"}, {"asked": "meal"}):
        conversations.save(session, actor, person_id=wang.id, city="shenzhen", state=state, now=NOW)
    assert conversations.load(session, actor, person_id=wang.id, now=NOW) == {"asked": "meal"}
    assert conversations.load(session, actor, person_id=wang.id, now=NOW + timedelta(minutes=31)) == {}
    other = Actor.senior(person_named(session, "黄婉仪").id, Channel.VOICE)
    with pytest.raises(NotAllowed):
        conversations.load(session, other, person_id=wang.id, now=NOW)
    conversations.end(session, actor, person_id=wang.id)
    assert conversations.load(session, actor, person_id=wang.id, now=NOW) == {}


SERVER = """
import os, sys, time
from services.database import open_database, migrate
from services.settings import Settings
database = open_database(Settings.from_environment(os.environ))
with database.engine.begin() as connection:
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS kept (number integer)")
    connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
    rows = connection.exec_driver_sql("SELECT count(*) FROM kept").scalar()
# Only what was committed is promised: whoever reads this line may kill us.
print(rows, database.server.process().pid, flush=True)
if sys.argv[1] == "hang":
    time.sleep(60)
database.close()
"""


@contextmanager
def server_process(folder: Path, ending: str) -> Iterator[tuple[subprocess.Popen[str], int, psutil.Process]]:
    """A process that uses the server, how many rows it found, and the server."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, ending],
        cwd=PROJECT,
        env=os.environ | {"YINIAN_VAR_DIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        rows, server_pid = process.stdout.readline().split()
        yield process, int(rows), psutil.Process(int(server_pid))


def is_running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path leaves room for a socket. Pytest's own has a long one, and whenever another run of pytest
    begins, that one is closed to the user who runs the server."""
    with tempfile.TemporaryDirectory(prefix="a b%20c'", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def test_the_embedded_server_keeps_its_data_when_it_or_its_owner_is_killed(short_path: Path) -> None:
    folder = short_path / "var"
    ensure_demo_settings(folder)
    with server_process(folder, "end") as (first, rows, _):
        assert (first.wait(timeout=30), rows) == (0, 1)
    with server_process(folder, "hang") as (owner, rows, server):
        assert rows == 2
        owner.kill()
        server.kill()
    with server_process(folder, "end") as (last, rows, server):
        assert (last.wait(timeout=30), rows) == (0, 3)
    assert not is_running(server)


def test_the_embedded_server_stops_with_its_last_user(short_path: Path) -> None:
    folder = short_path / "var"
    ensure_demo_settings(folder)
    with server_process(folder, "hang") as (first, _, server):
        with server_process(folder, "end") as (second, rows, same_server):
            assert (second.wait(timeout=30), rows, same_server) == (0, 2, server)
        assert is_running(server)
        first.kill()
    # The killed one never signed out, and does not count.
    with server_process(folder, "end") as (third, rows, same_server):
        assert (third.wait(timeout=30), rows, same_server) == (0, 3, server)
    assert not is_running(server)


@pytest.mark.parametrize("temporary_is_long", [False, True])
def test_a_long_path_gets_a_socket_elsewhere(
    short_path: Path, monkeypatch: pytest.MonkeyPatch, temporary_is_long: bool
) -> None:
    folder = short_path / ("long" * 25) / "var"
    ensure_demo_settings(folder)
    if temporary_is_long:
        monkeypatch.setenv("TMPDIR", str(folder))
    with server_process(folder, "end") as (process, rows, _):
        assert (process.wait(timeout=30), rows) == (0, 1)


def test_a_folder_above_is_opened_for_passing_through_and_no_further(short_path: Path) -> None:
    closed = short_path / "closed"
    closed.mkdir(mode=0o700)
    ensure_demo_settings(closed / "var")
    with server_process(closed / "var", "end") as (process, rows, _):
        assert (process.wait(timeout=30), rows) == (0, 1)
    assert closed.stat().st_mode & 0o777 in (0o700, 0o701)
