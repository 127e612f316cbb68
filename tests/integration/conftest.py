"""For tests that must commit: several sessions at once, a worker process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from services.database import Database
from services.database.opening import new_sessions
from services.settings import Settings
from tests.databases import copied_database


@pytest.fixture
def own_database(database: Database, settings: Settings) -> Iterator[Database]:
    """A database of this test alone on the server of the run, migrated and filled with the demonstration."""
    assert database.server is not None
    url = copied_database(database.server, "test")
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_size=40)
    yield replace(database, url=url, engine=engine, sessions=new_sessions(engine, settings), server=None)
    engine.dispose()
