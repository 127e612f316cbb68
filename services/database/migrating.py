"""Bringing a database to the newest form of the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from services.settings import PROJECT

if TYPE_CHECKING:
    from alembic.config import Config


def migrate(engine: Engine) -> None:
    """Run every migration that this database has not seen. Safe to call by several processes at once."""
    from alembic import command  # A seventh of what every process of ours loads, and nearly none of them migrates.

    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('migrate'))"))
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for this project; migrations run on `connection` where one is given."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    config.attributes["connection"] = connection
    return config
