"""Opening the database and working in it: one engine a process, one session a request, turn, message or command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from services.database.embedded import EmbeddedServer, ensure_database
from services.sealing import VAULT, Vault
from services.settings import Settings

POOL_SIZE = 20
# Whether texts that nobody waits for spare the quiet hours (`services.messages`).
QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True)
class Database:
    """An open database. `url` is its address in libpq's form, for child processes and for Procrastinate."""

    url: str
    engine: Engine
    sessions: sessionmaker[Session]
    server: EmbeddedServer | None = None

    def close(self) -> None:
        """Give back the connections, and the embedded server if this process was its last user."""
        self.engine.dispose()
        if self.server is not None:
            self.server.close()


def open_database(settings: Settings) -> Database:
    """The database of the settings; without an address, the embedded one in `var/postgres`."""
    server = None
    url = settings.database_url
    if url is None:
        server = EmbeddedServer(settings.var_dir / "postgres")
        url = ensure_database(server)
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        pool_pre_ping=True,
        # The text of an error would quote what was to be stored, and errors go into logs.
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC"},
    )
    return Database(url, engine, new_sessions(engine, settings), server)


def new_sessions(engine: Engine, settings: Settings) -> sessionmaker[Session]:
    """Sessions that can open sealed columns, and that know whether real phones ring."""
    return sessionmaker(engine, info={VAULT: Vault(settings), QUIET_HOURS: not settings.demo}, expire_on_commit=False)


@contextmanager
def unit_of_work(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session that commits when the block ends well and rolls back when it does not."""
    with sessions() as session, session.begin():
        yield session
