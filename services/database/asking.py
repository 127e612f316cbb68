"""Asking the database for plain columns, in the session's transaction and at a third of a session's price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlalchemy.orm import Session


def ask(
    session: Session, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Execute a statement that names columns and makes no objects; what the session still holds back is written first.

    A session makes ready for objects at every statement, which takes longer than most of them run. What a rush asks by
    the thousand goes this way, worded once, with `bindparam` where it differs.
    """
    session.flush()
    return session.connection().execute(statement, values)
