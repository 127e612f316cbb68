"""Chaining new deeds by keyed hashes, in the transaction of the deed, without a lock that everybody waits for.

There are as many chains as there ever were transactions at once. A transaction takes one whose head nobody holds, and
makes a new one if there is none; so it never waits for another, and no two can wait for each other. What no chain can
show by itself, that it was set back to an older state as a whole, the notes show: now and then the heads of all chains
become a deed of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.unitofwork import UOWTransaction

from services.actor import Actor
from services.audit.recording import record
from services.audit.tables import AuditChainRow, AuditEntry
from services.database.tables import new_id
from services.sealing import vault_of

NOTE = "deeds_noted"
# What is not hashed itself: the hash, and the key that made it.
NOT_HASHED = {"mac", "key_id"}
ALL_COLUMNS = tuple(column.key for column in AuditEntry.__table__.columns)
HASHED = tuple(name for name in ALL_COLUMNS if name not in NOT_HASHED)
# Every deed pays for these statements, so the driver executes them itself, prepared.
A_FREE_HEAD = "SELECT number, position, mac FROM audit_chains LIMIT 1 FOR UPDATE SKIP LOCKED"
NEW_HEAD = "INSERT INTO audit_chains (id, city, position, key_id, seal) VALUES (%s, %s, 0, '', '') RETURNING number"
MOVE_HEAD = (
    update(AuditChainRow)
    .where(AuditChainRow.number == bindparam("head"))
    .values({name: bindparam(f"head_{name}") for name in ("position", "mac", "key_id", "seal")})
)
ADD_DEED = insert(AuditEntry).values({name: bindparam(f"deed_{name}") for name in ALL_COLUMNS})
# One way to the server for both.
ADD_LAST_DEED = ADD_DEED.add_cte(MOVE_HEAD.cte("moved"))
# Deeds from before there were keys for them are the beginning of this chain, hashed without a key. The first deed with
# a key, which is chained to them, keeps them as they are.
OLDEST_CHAIN, WITHOUT_KEY = 0, ""


@event.listens_for(Session, "before_flush")
def _chain_new_deeds(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """However a deed comes into a session, it is not stored unchained. Nobody changes it afterwards, so the session
    need not keep it."""
    if new := [each for each in session.new if isinstance(each, AuditEntry)]:
        _chain(session, new)


def _chain(session: Session, deeds: Sequence[AuditEntry]) -> None:
    vault, connection = vault_of(session), session.connection()
    driver: Any = connection.connection.driver_connection
    number, position, mac = driver.execute(A_FREE_HEAD).fetchone() or (
        *driver.execute(NEW_HEAD, (new_id(), deeds[0].city)).fetchone(),
        0,
        None,
    )
    for entry in deeds:
        position += 1
        entry.id = entry.id or new_id()
        entry.chain, entry.position, entry.previous_mac = number, position, mac
        entry.key_id, mac = vault.signed(content_of({name: getattr(entry, name) for name in HASHED}))
        entry.mac = mac
        session.expunge(entry)
    *others, last = ({f"deed_{name}": getattr(entry, name) for name in ALL_COLUMNS} for entry in deeds)
    if others:
        connection.execute(ADD_DEED, others)
    key_id, seal = vault.signed(head_content(number, position, mac))
    head = {"head": number, "head_position": position, "head_mac": mac, "head_key_id": key_id, "head_seal": seal}
    connection.execute(ADD_LAST_DEED, last | head)


def content_of(entry: Mapping[str, Any]) -> bytes:
    """What is hashed of an entry: its columns by name, but for those that are NULL, so that a column which is added to
    the table some day changes no hash of before."""
    said = {name: entry[name] for name in HASHED if entry[name] is not None}
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def hash_without_key(content: bytes) -> bytes:
    """The hash of a deed from before there were keys."""
    return sha256(content).digest()


def head_content(number: int, position: int, mac: bytes | None) -> bytes:
    """What is sealed of a head. It begins unlike any entry, which begins with a brace."""
    return f"head {number} {position} {mac.hex() if mac else ''}".encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    assert isinstance(value, UUID)
    return str(value)


def note_heads(session: Session, actor: Actor, *, city: str, now: datetime) -> str | None:
    """Note where every chain ends, as a deed; None where nothing was done since the last note.

    What comes back identifies the note and its hash. Kept somewhere else, on paper or in another office, it proves to
    `verify` that no deed of before was taken out, even by somebody who holds the database and its keys.
    """
    heads = session.execute(
        select(AuditChainRow.number, AuditChainRow.position, AuditChainRow.mac).order_by(AuditChainRow.number)
    ).all()
    total = sum(position for _, position, _ in heads)
    if not total or _last_noted(session) == total - 1:
        return None
    noted = {str(number): f"{position}:{bytes(mac).hex()}" for number, position, mac in heads if mac}
    entry = record(
        session, actor, NOTE, city=city, person_id=None, subject_id=None, now=now, deeds=total, heads=json.dumps(noted)
    )
    session.flush()
    return f"{entry.id}:{entry.mac.hex()}"


def _last_noted(session: Session) -> int | None:
    """How many deeds there were at the latest note."""
    latest = select(AuditEntry.facts).where(AuditEntry.deed == NOTE).order_by(AuditEntry.id.desc()).limit(1)
    facts = session.scalar(latest)
    return facts["deeds"] if facts else None
