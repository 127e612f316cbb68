"""What every table has in common: names of constraints, ids that sort by time, the city."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import psycopg.errors
import uuid_utils.compat
from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def new_id() -> UUID:
    """A new UUIDv7: unique, and later ones sort after earlier ones."""
    return uuid_utils.compat.uuid7()


class Table(DeclarativeBase):
    """The base of every table. Rows belong to a city, so that one cluster can hold several."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city: Mapped[str]


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint that refused a row."""
    cause = error.orig
    return cause.diag.constraint_name if isinstance(cause, psycopg.errors.IntegrityError) else None
