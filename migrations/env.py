"""Alembic's entry point: the tables of every module, on the connection that `services.database.migrate` hands over."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

import services.allowances.ledger.tables
import services.allowances.tables
import services.audit.tables
import services.calendar.engagements
import services.certification.tables
import services.conversations
import services.demo.phone
import services.home_adaptation.tables
import services.home_care.tables
import services.inbox.tables
import services.long_work.tables
import services.meals.tables
import services.messages.phone_notes
import services.messages.smpp.tables
import services.messages.tables
import services.people
import services.rate_limits
import services.registry.tables
import services.sign_in
import services.staff.tables
import services.vouchers.tables
import services.worker_tasks.tables  # noqa: F401
from services.database.opening import open_database
from services.database.tables import Table
from services.settings import Settings


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Procrastinate keeps its own tables."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def run(connection: Connection) -> None:
    """Run the migrations."""
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
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
