"""Finding what was removed from the record of deeds, changed in it, or put into it behind our back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.audit.chaining import NOTE, OLDEST_CHAIN, WITHOUT_KEY, content_of, hash_without_key, head_content
from services.audit.tables import AuditChainRow, AuditEntry
from services.errors import ServiceError
from services.sealing import Vault, vault_of

ROWS_AT_ONCE = 5_000
DEEDS, HEADS = AuditEntry.__table__, AuditChainRow.__table__
# One statement sees one state of the database, whatever is done meanwhile. Heads without deeds and deeds without a head
# are in it too.
EVERYTHING = (
    select(
        DEEDS,
        func.coalesce(DEEDS.c.chain, HEADS.c.number).label("of_chain"),
        HEADS.c.position.label("head_position"),
        HEADS.c.mac.label("head_mac"),
        HEADS.c.key_id.label("head_key_id"),
        HEADS.c.seal.label("head_seal"),
    )
    .select_from(DEEDS.join(HEADS, HEADS.c.number == DEEDS.c.chain, full=True))
    .order_by("of_chain", DEEDS.c.position, DEEDS.c.id)
)


class NoteWrong(ServiceError):
    """Not a note as `note_heads` gives one: the id of a deed, a colon, its hash in hexadecimal."""

    code = "note_wrong"


class DamageKind(StrEnum):
    """What was done to the record."""

    REMOVED = "removed"
    CHANGED = "changed"
    INSERTED = "inserted"


@dataclass(frozen=True)
class Damage:
    """Where the record is not as it was written. `entry_id` is the deed itself, or the first one after those that were
    removed; None where there is none. `count`: how many were removed."""

    kind: DamageKind
    chain: int
    position: int
    entry_id: UUID | None = None
    count: int = 1


@dataclass(frozen=True)
class Verified:
    """How many deeds are in how many chains; without `damages` the record is whole."""

    deeds: int
    chains: int
    damages: tuple[Damage, ...]


def verify(session: Session, *, kept_note: str | None = None) -> Verified:
    """Read the whole record, of all cities, and recompute every hash. `kept_note` is a note that was kept elsewhere.
    Raises NoteWrong."""
    vault = vault_of(session)
    notes = _notes(session, vault, kept_note)
    found = session.connection().execute(EVERYTHING, execution_options={"yield_per": ROWS_AT_ONCE}).mappings()
    deeds, chains, damages = 0, 0, list[Damage]()
    for number, rows in groupby(found, key=lambda row: int(row["of_chain"])):
        walk = _Walk(vault, number, notes.pop(number, (0, b"")))
        for row in rows:
            damages += walk.step({**row})
        damages += walk.end()
        deeds, chains = deeds + walk.steps, chains + 1
    # Chains that were noted once and are not there at all.
    damages += [Damage(DamageKind.REMOVED, number, 1, count=position) for number, (position, _) in notes.items()]
    return Verified(deeds, chains, tuple(damages))


def _notes(session: Session, vault: Vault, kept_note: str | None) -> dict[int, tuple[int, bytes]]:
    """The farthest end of each chain that a note which is still as it was written knows of."""
    notes: dict[int, tuple[int, bytes]] = {}
    kept_id, kept_mac = _parsed(kept_note) if kept_note else (None, b"")
    is_there = kept_note is None
    for found in session.execute(select(DEEDS).where(DEEDS.c.deed == NOTE)).mappings():
        entry = {**found}
        mac = bytes(entry["mac"])
        if not vault.is_signed(content_of(entry), entry["key_id"], mac):
            continue
        is_there = is_there or (entry["id"] == kept_id and mac == kept_mac)
        for number, end in json.loads(entry["facts"]["heads"]).items():
            position, _, mac_at_end = end.partition(":")
            notes[int(number)] = max(notes.get(int(number), (0, b"")), (int(position), bytes.fromhex(mac_at_end)))
    if not is_there:
        raise NoteWrong(problem="the record does not hold this note: it was set back to an older state, or exchanged")
    return notes


def _parsed(note: str) -> tuple[UUID, bytes]:
    entry_id, _, mac = note.partition(":")
    try:
        return UUID(entry_id), bytes.fromhex(mac)
    except ValueError:
        raise NoteWrong(expected="ID:HASH as printed by `audit note`") from None


class _Walk:
    """From the first deed of a chain to its head."""

    def __init__(self, vault: Vault, number: int, noted: tuple[int, bytes]) -> None:
        self._vault, self._number, self._noted = vault, number, noted
        self._at = 0
        self._mac: bytes | None = None
        self._was_whole = True
        self._may_lack_key = number == OLDEST_CHAIN
        self._head: Mapping[str, Any] = {}
        self.steps = 0

    def step(self, row: Mapping[str, Any]) -> Iterator[Damage]:
        """Go on to the next deed."""
        self._head = row
        if row["id"] is None:
            return
        self.steps += 1
        position, mac = int(row["position"]), bytes(row["mac"])
        is_whole = self._is_signed(content_of(row), row["key_id"], mac)
        is_beyond_head = row["head_position"] is None or position > row["head_position"]
        if position <= self._at or (is_beyond_head and not is_whole):
            yield Damage(DamageKind.INSERTED, self._number, position, row["id"])
            return
        if missing := position - self._at - 1:
            yield Damage(DamageKind.REMOVED, self._number, self._at + 1, row["id"], missing)
        # One change is told once: the deed after it, which is chained to what was there, is not another.
        is_linked = bool(missing) or not self._was_whole or _bytes(row["previous_mac"]) == self._mac
        is_as_noted = position != self._noted[0] or mac == self._noted[1]
        if not (is_whole and is_linked and is_as_noted):
            yield Damage(DamageKind.CHANGED, self._number, position, row["id"])
        self._at, self._mac, self._was_whole = position, mac, is_whole

    def end(self) -> Iterator[Damage]:
        """Compare with the head, and with what was noted of the chain."""
        ends_at, ends_with = self._head["head_position"], _bytes(self._head["head_mac"])
        farthest = max(ends_at or 0, self._noted[0])
        if farthest > self._at:
            yield Damage(DamageKind.REMOVED, self._number, self._at + 1, count=farthest - self._at)
        is_the_end = ends_at == self._at and (ends_with == self._mac or not self._was_whole)
        if (self._at and not (is_the_end or farthest > self._at)) or not self._is_signed_head(ends_at, ends_with):
            yield Damage(DamageKind.CHANGED, self._number, self._at)

    def _is_signed(self, content: bytes, key_id: str, mac: bytes) -> bool:
        if key_id == WITHOUT_KEY:
            return self._may_lack_key and hash_without_key(content) == mac
        is_signed = self._vault.is_signed(content, key_id, mac)
        self._may_lack_key = self._may_lack_key and not is_signed
        return is_signed

    def _is_signed_head(self, ends_at: int | None, ends_with: bytes | None) -> bool:
        key_id = self._head["head_key_id"]
        if ends_at is None or key_id is None:
            return self._at == 0
        if key_id == WITHOUT_KEY:
            return self._may_lack_key
        return self._vault.is_signed(
            head_content(self._number, ends_at, ends_with), key_id, bytes(self._head["head_seal"])
        )


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)
