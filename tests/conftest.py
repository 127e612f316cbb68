"""What every test can ask for: a PostgreSQL server of the run, a transaction, the demo cast, a fixed now."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.database import Database, migrate, open_database, unit_of_work
from services.database.embedded import ensure_database
from services.database.opening import new_sessions
from services.demo import prepare_demonstration
from services.people import Person, find_people_by_name
from services.settings import Settings, ensure_demo_settings
from tests.databases import TEMPLATE, copied_database, server_of_the_run

# Tuesday 24 November 2026, 06:00 in Shenzhen: today's lunch can still be ordered.
NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)


def pytest_collection_finish() -> None:
    """What thousands of tests are made of stays to the end: no use looking through it for garbage each time."""
    gc.freeze()


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Settings of a demonstration of its own in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="yinian-tests-", ignore_cleanup_errors=True) as folder:
        ensure_demo_settings(Path(folder))
        yield Settings.from_environment({"YINIAN_VAR_DIR": folder})


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    """A database on the one embedded server of the run, migrated and filled with the demonstration as of NOW."""
    with server_of_the_run() as server:
        template = open_database(settings.model_copy(update={"database_url": ensure_database(server, TEMPLATE)}))
        migrate(template.engine)
        with unit_of_work(template.sessions) as session:
            prepare_demonstration(session, city=settings.city, now=NOW)
        template.close()
        opened = open_database(settings.model_copy(update={"database_url": copied_database(server, "tests")}))
        yield replace(opened, server=server)
        opened.close()


@pytest.fixture
def session(database: Database, settings: Settings) -> Iterator[Session]:
    """A session whose every commit is a savepoint: what a test does is gone after it."""
    with database.engine.connect() as connection:
        transaction = connection.begin()
        sessions = new_sessions(database.engine, settings)
        with sessions(bind=connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return NOW


@pytest.fixture
def wang(session: Session) -> Person:
    """王秀珍, 81, of 翠竹 in 罗湖, registered in the city."""
    return person_named(session, "王秀珍")


def person_named(session: Session, name: str) -> Person:
    """The demo person of this name."""
    (person,) = find_people_by_name(session, Actor.system(Channel.JOB), name=name)
    return person
