"""A site in the test's own process, whose clock the test sets: a canteen's day and a visit take a day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from flask import Flask
from sqlalchemy import create_engine, make_url
from werkzeug.serving import make_server

from services.clock import local_moment
from services.database import Database
from services.database.opening import new_sessions
from services.settings import Settings
from tests.conftest import NOW
from tests.databases import copied_database
from tests.web.catalogues import with_compiled_words
from tests.web.conftest import TestClock
from tests.web.engines import FakeEngines
from webapp import create_app


@dataclass(frozen=True)
class OwnSite:
    """A running site, the time on its clock, and what is behind it."""

    url: str
    clock: TestClock
    database: Database
    app: Flask

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Set the clock to a time of the city."""
        self.clock.at = local_moment(day, time(hour, minute))
        return self.clock.at


@contextmanager
def own_site(database: Database, settings: Settings, purpose: str) -> Iterator[OwnSite]:
    """A site with a database of its own, filled with the demonstration, as long as the block lasts."""
    assert database.server is not None
    url = copied_database(database.server, purpose)
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    own = replace(database, url=url, engine=engine, sessions=new_sessions(engine, settings), server=None)
    clock = TestClock(NOW)
    app = create_app(with_compiled_words(settings), clock=clock, database=own, engines=FakeEngines([]))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield OwnSite(f"http://127.0.0.1:{server.server_port}", clock, own, app)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        engine.dispose()
