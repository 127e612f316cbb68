"""Long incoming messages: their parts come in any order, to any worker, and are put together in the database.

Parts belong together by sender, receiver, reference and number of parts, and only for a while: a phone counts its
references from the start again after 256 messages.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.database.tables import new_id
from services.messages.smpp.tables import PART, SENDER, IncomingPart
from services.messages.smpp.texts import UNREADABLE, Place, decode
from services.sealing import Vault, vault_of

KEY = "smpp_incoming_parts.message_key"
WAIT_FOR_PARTS = timedelta(minutes=10)

# Whoever stores the last part must see all others, also those that another worker stores at this moment.
ONE_AFTER_THE_OTHER = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(encode(key, 'hex'), 0))"
    " FROM unnest(CAST(:keys AS bytea[])) AS key ORDER BY key"
)

Whole = tuple[str, str, str]
"""Sender, receiver and text of a message."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it came."""

    sender: str = field(repr=False)
    receiver: str
    coding: int
    place: Place
    content: bytes = field(repr=False)


def keep_parts(session: Session, parts: Sequence[Part], *, city: str) -> list[Whole]:
    """Store parts; the messages that are whole now, whose parts are gone from the database."""
    if not parts:
        return []
    vault = vault_of(session)
    keys = {_key(vault, part) for part in parts}
    session.execute(ONE_AFTER_THE_OTHER, {"keys": list(keys)})
    for part in parts:
        row = insert(IncomingPart).values(
            id=new_id(),
            city=city,
            message_key=_key(vault, part),
            number=part.place.number,
            of=part.place.of,
            sender_sealed=vault.seal(part.sender, context=SENDER),
            receiver=part.receiver,
            coding=part.coding,
            content_sealed=vault.seal(base64.b64encode(part.content).decode(), context=PART),
        )
        session.execute(row.on_conflict_do_nothing(index_elements=["message_key", "number"]))
    return [
        _joined(session, rows) for rows in _of(session, IncomingPart.message_key.in_(keys)) if len(rows) == rows[0].of
    ]


def take_incomplete(session: Session) -> list[Whole]:
    """Messages whose missing parts won't come any more, with U+FFFD in place of each. A lost part may have held the
    word that turns the others round, so nobody may take such a message for a plain answer."""
    old = (
        select(IncomingPart.message_key)
        .group_by(IncomingPart.message_key)
        .having(func.max(IncomingPart.received_at) < func.now() - WAIT_FOR_PARTS)
    )
    return [_joined(session, rows) for rows in _of(session, IncomingPart.message_key.in_(old))]


def _of(session: Session, wanted: ColumnElement[bool]) -> list[list[IncomingPart]]:
    by_key: dict[bytes, list[IncomingPart]] = defaultdict(list)
    rows = select(IncomingPart).where(wanted).order_by(IncomingPart.number).with_for_update(skip_locked=True)
    for row in session.scalars(rows):
        by_key[row.message_key].append(row)
    return list(by_key.values())


def _joined(session: Session, rows: Sequence[IncomingPart]) -> Whole:
    """The message of these parts, which are removed."""
    vault = vault_of(session)
    first = rows[0]
    contents = {row.number: base64.b64decode(vault.open(row.content_sealed, context=PART)) for row in rows}
    session.execute(delete(IncomingPart).where(IncomingPart.message_key == first.message_key))
    runs: list[bytes | None] = [contents.get(number) for number in range(1, first.of + 1)]
    # Neighbours are joined before they are read: a sign of four bytes may be cut in two by the end of a part.
    content = ""
    together = b""
    for run in [*runs, None]:
        if run is None:
            content += decode(together, first.coding) + UNREADABLE
            together = b""
        else:
            together += run
    sender = vault.open(first.sender_sealed, context=SENDER)
    return sender, first.receiver, content.removesuffix(UNREADABLE)


def _key(vault: Vault, part: Part) -> bytes:
    place = part.place
    return vault.index(f"{part.sender}\0{part.receiver}\0{place.reference}\0{place.of}", context=KEY)
