"""Alembic's entry point: the tables of every module, on the connection that `services.database.migrate` hands over."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from services.all_tables import METADATA
from services.database.opening import open_database
from services.settings import Settings


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Procrastinate keeps its own tables."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def run(connection: Connection) -> None:
    """Run the migrations."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=is_ours,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.config.attributes.get("connection") is not None:
    run(context.config.attributes["connection"])
else:
    # `alembic revision --autogenerate` from a developer's shell.
    database = open_database(Settings.from_environment(os.environ))
    with database.engine.begin() as connection:
        run(connection)
    database.close()
