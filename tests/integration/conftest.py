"""For tests that must commit: several sessions at once, a worker process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from services.database import Database, migrate, new_id, unit_of_work
from services.database.embedded import ensure_database
from services.database.opening import new_sessions
from services.demo import prepare_demonstration
from services.settings import Settings
from tests.conftest import NOW


@pytest.fixture
def own_database(database: Database, settings: Settings) -> Iterator[Database]:
    """A database of this test alone on the server of the run, migrated and filled with the demonstration."""
    assert database.server is not None
    url = ensure_database(database.server, f"test_{new_id().hex}")
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_size=40)
    own = replace(database, url=url, engine=engine, sessions=new_sessions(engine, settings), server=None)
    migrate(engine)
    with unit_of_work(own.sessions) as session:
        prepare_demonstration(session, city=settings.city, now=NOW)
    yield own
    engine.dispose()
