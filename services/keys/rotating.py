"""Sealing everything anew under the current key, in small transactions beside the traffic of the day."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, bindparam, func, literal, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from services import audit
from services.actor import Actor, ActorKind, NotAllowed
from services.all_tables import METADATA
from services.database import unit_of_work
from services.sealing import SEALED_AS, SealBroken, Vault, vault_of

ROWS_AT_ONCE = 200
# A row that somebody holds is left for the next round; whoever holds one for so long is stuck.
ROUNDS = 10
PAUSE_SECONDS = 0.5

Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class Rotated:
    """`sealed_anew`: how many values of each column are under the current key now and were not before. `left`: how many
    are not, because others hold their rows or write with an older key. `unreadable`: their key is not in the
    settings, or somebody changed them."""

    key: str
    sealed_anew: Mapping[str, int]
    left: int
    unreadable: int


@dataclass(frozen=True)
class KeyUse:
    """How many values of a column are under which key."""

    column: str
    by_key: Mapping[str, int]


def sealed_columns() -> Iterator[tuple[Table, tuple[Column[Any], ...]]]:
    """The tables in which something is sealed, with these columns."""
    for table in METADATA.sorted_tables:
        if sealed := tuple(column for column in table.columns if SEALED_AS in column.info):
            yield table, sealed


def rotate_keys(
    sessions: sessionmaker[Session], actor: Actor, *, city: str, now: datetime, tell: Tell = lambda _table, _count: None
) -> Rotated:
    """Seal anew what is under an older key. Others go on reading and writing; a row that they hold is waited for.

    It can be stopped at any time and started again. Raises NotAllowed: only the system has keys. Each batch commits by
    itself, so this is asked of a sessionmaker and not of a session.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="rotate_keys")
    done, unreadable = Counter[str](), Counter[str]()
    for round_number in range(ROUNDS):
        if round_number:
            time.sleep(PAUSE_SECONDS)
        unreadable.clear()
        for table, columns in sealed_columns():
            _rotate_table(sessions, table, columns, done, unreadable)
            tell(table.name, sum(done[f"{table.name}.{column.name}"] for column in columns))
        with unit_of_work(sessions) as session:
            vault = vault_of(session)
            left = sum(_outdated(session, vault, table, columns) for table, columns in sealed_columns())
            if left <= unreadable.total():
                break
    with unit_of_work(sessions) as session:
        audit.record(
            session,
            actor,
            "keys_rotated",
            city=city,
            person_id=None,
            subject_id=None,
            now=now,
            key=vault.current_key,
            sealed_anew=done.total(),
            unreadable=unreadable.total(),
        )
    return Rotated(vault.current_key, done, max(0, left - unreadable.total()), unreadable.total())


def key_use(session: Session) -> tuple[KeyUse, ...]:
    """Under which keys the values of every sealed column are. A key that none is under can leave the settings."""
    found = []
    for table, columns in sealed_columns():
        for column in columns:
            ends_at = func.pg_catalog.position(column, literal(b":", LargeBinary))
            key = func.convert_from(func.substring(column, 1, ends_at - 1), "UTF8")
            counted = select(key, func.count()).where(column.is_not(None)).group_by(key)
            found.append(
                KeyUse(f"{table.name}.{column.name}", {name: count for name, count in session.execute(counted)})
            )
    return tuple(found)


def _rotate_table(
    sessions: sessionmaker[Session],
    table: Table,
    columns: Sequence[Column[Any]],
    done: Counter[str],
    unreadable: Counter[str],
) -> None:
    """One round through a table, by id, batch for batch."""
    last = UUID(int=0)
    while True:
        with unit_of_work(sessions) as session:
            vault = vault_of(session)
            rows = session.execute(
                select(table.c.id, *columns)
                .where(table.c.id > last, or_(*(_is_outdated(vault, column) for column in columns)))
                .order_by(table.c.id)
                .limit(ROWS_AT_ONCE)
                # Whoever only refers to the row, as a booking does to its person, is not held up.
                .with_for_update(skip_locked=True, key_share=True)
            ).all()
            if not rows:
                return
            last = rows[-1].id
            for column in columns:
                _seal_anew(session, vault, table, column, rows, done, unreadable)


def _seal_anew(
    session: Session,
    vault: Vault,
    table: Table,
    column: Column[Any],
    rows: Sequence[Any],
    done: Counter[str],
    unreadable: Counter[str],
) -> None:
    name, prefix = f"{table.name}.{column.name}", _prefix(vault)
    changes = []
    for row in rows:
        sealed = row._mapping[column]
        if sealed is None or bytes(sealed).startswith(prefix):
            continue
        try:
            anew = vault.sealed_anew(bytes(sealed), context=column.info[SEALED_AS])
        except SealBroken:
            unreadable[name] += 1
            continue
        changes.append({"at": row.id, "anew": anew})
    if changes:
        statement = update(table).where(table.c.id == bindparam("at")).values({column: bindparam("anew")})
        session.connection().execute(statement, changes)
        done[name] += len(changes)


def _outdated(session: Session, vault: Vault, table: Table, columns: Sequence[Column[Any]]) -> int:
    counts = [func.count().filter(_is_outdated(vault, column)) for column in columns]
    return sum(session.execute(select(*counts).select_from(table)).one())


def _is_outdated(vault: Vault, column: Column[Any]) -> ColumnElement[bool]:
    prefix = _prefix(vault)
    return func.substring(column, 1, len(prefix)) != literal(prefix, LargeBinary)


def _prefix(vault: Vault) -> bytes:
    return vault.current_key.encode() + b":"
