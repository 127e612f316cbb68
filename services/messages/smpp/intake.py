"""What comes in from the SMS centre: stored in batches, and acknowledged only when it is committed.

SMPP gives an incoming message no id. So that one which comes again, because our acknowledgement was lost, isn't taken
for a second one, its digest stands in a table until the SMS centre certainly has our acknowledgement, which is a second
or two on a healthy line. A worker that is killed leaves the digests of what it had acknowledged last, and the SMS
centre sends just these again.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, text
from sqlalchemy.orm import Session, sessionmaker

from services.clock import Clock
from services.database.opening import unit_of_work
from services.database.tables import new_id
from services.messages.receipts import Undelivered, keep_receipts, settle_receipts
from services.messages.smpp.connection import Connection
from services.messages.smpp.incoming_parts import Part, keep_parts, take_incomplete
from services.messages.smpp.pdu import Delivery, Status, Tag
from services.messages.smpp.receipt_texts import is_progress, is_receipt, read_receipt
from services.messages.smpp.tables import UnprovenDelivery
from services.messages.smpp.texts import UserData, decode, sar_place, split_header
from services.sealing import vault_of

logger = logging.getLogger(__name__)

AT_ONCE = 300
BACKLOG = 5000
"""More than this waiting to be stored, and the SMS centre is asked to come again later."""
HAS_HEADER = 0x40
"""The bit of esm_class that says that the content begins with a user data header."""
DIGEST = "smpp_unproven_deliveries.digest"
# An SMS centre tries for a day or so to get rid of a message while nobody is bound.
UNPROVEN_FOR = timedelta(days=2)
RECENT = timedelta(minutes=1)
HOUSEKEEPING_SECONDS = 20.0
PAUSE_SECONDS = 1.0
SETTLE_SECONDS = 0.25
# Sending commits within this time; what is later is found by the job that looks at all receipts.
SETTLE_FOR_SECONDS = 10.0

TAKE_NEW = text("""
INSERT INTO smpp_unproven_deliveries (id, city, digest)
SELECT id, :city, digest FROM unnest(CAST(:ids AS uuid[]), CAST(:digests AS bytea[])) AS delivery (id, digest)
ON CONFLICT (digest) DO NOTHING
RETURNING digest
""")
FORGET = text("DELETE FROM smpp_unproven_deliveries WHERE digest = ANY(CAST(:digests AS bytea[]))")


@dataclass(frozen=True, slots=True)
class ArrivedText:
    """A whole text message from a phone. `gateway_message_id` is ours, since SMPP has none."""

    gateway_message_id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    to: str
    received_at: datetime


Receive = Callable[[Session, Sequence[ArrivedText]], None]
"""Stores incoming messages in the session that it is given, and commits nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    connection: Connection
    sequence: int
    delivery: Delivery


class Intake:
    """Stores deliveries in a thread of its own."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        clock: Clock,
        *,
        city: str,
        receive: Receive,
        on_undelivered: Undelivered,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._city = city
        self._receive = receive
        self._on_undelivered = on_undelivered
        self._queue: queue.SimpleQueue[_Taken | list[bytes] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="smpp-intake", daemon=True)
        self._looked_after_at = time.monotonic()
        self._settled_at = time.monotonic()
        self._settle_until = 0.0

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def stop(self) -> None:
        """Store what is here and end."""
        self._queue.put(None)
        self._thread.join()

    def take(self, connection: Connection, sequence: int, delivery: Delivery) -> bool:
        """Have a delivery stored and then acknowledged; false if too many wait already."""
        if self._queue.qsize() > BACKLOG:
            return False
        self._queue.put(_Taken(connection, sequence, delivery))
        return True

    def proven(self, digests: list[bytes]) -> None:
        """The SMS centre has the acknowledgements of these."""
        self._queue.put(digests)

    def _work(self) -> None:
        ending = False
        while not ending:
            items = self._next_items()
            ending = None in items
            taken = [item for item in items if isinstance(item, _Taken)]
            proven = [digest for item in items if isinstance(item, list) for digest in item]
            try:
                self._store(taken, proven)
                self._settle()
                self._look_after()
            except Exception:
                # The database is away, say. What was not stored is not acknowledged either, and comes again.
                logger.exception("smpp_intake_failed")
                time.sleep(PAUSE_SECONDS)

    def _next_items(self) -> list[_Taken | list[bytes] | None]:
        """All that waits; at least one thing, unless nothing happens for a while."""
        items: list[_Taken | list[bytes] | None] = []
        try:
            items.append(self._queue.get(timeout=SETTLE_SECONDS if self._unsettled else HOUSEKEEPING_SECONDS))
            while len(items) < AT_ONCE:
                items.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return items

    def _store(self, taken: Sequence[_Taken], proven: Sequence[bytes]) -> None:
        try:
            self._store_together(taken, proven)
        except Exception:
            logger.exception("smpp_deliveries_not_stored count=%s", len(taken))
            # One that can't be stored must not keep the others from it.
            for one in taken:
                try:
                    self._store_together([one], [])
                except Exception:
                    _acknowledge([one], Status.TRY_LATER, {})
        if any(is_receipt(one.delivery) for one in taken):
            self._settle_until = time.monotonic() + SETTLE_FOR_SECONDS

    def _store_together(self, taken: Sequence[_Taken], proven: Sequence[bytes]) -> None:
        """Commit, then acknowledge."""
        receipts = [receipt for one in taken if is_receipt(one.delivery) and (receipt := read_receipt(one.delivery))]
        texts = [one for one in taken if not is_receipt(one.delivery) and not is_progress(one.delivery)]
        digests: dict[_Taken, bytes] = {}
        if receipts or texts or proven:
            with unit_of_work(self._sessions) as session:
                keep_receipts(session, receipts, city=self._city)
                digests = self._store_texts(session, texts)
                if proven:
                    session.connection().execute(FORGET, {"digests": list(proven)})
        _acknowledge(taken, Status.OK, digests)

    def _store_texts(self, session: Session, texts: Sequence[_Taken]) -> dict[_Taken, bytes]:
        """The digest of each; only those that are not known yet are handed on."""
        if not texts:
            return {}
        vault = vault_of(session)
        digests = {one: vault.index(_identity(one.delivery), context=DIGEST) for one in texts}
        different = sorted(set(digests.values()))
        values = {"city": self._city, "ids": [new_id() for _ in different], "digests": different}
        new = set(session.connection().scalars(TAKE_NEW, values))
        arrived: list[ArrivedText] = []
        parts: list[Part] = []
        for one, digest in digests.items():
            if digest in new:
                new.discard(digest)
                self._sort_in(one.delivery, arrived, parts)
        arrived += [self._arrived(*whole) for whole in keep_parts(session, parts, city=self._city)]
        if arrived:
            self._receive(session, arrived)
        return digests

    def _sort_in(self, delivery: Delivery, arrived: list[ArrivedText], parts: list[Part]) -> None:
        content = delivery.content or delivery.tags.get(Tag.MESSAGE_PAYLOAD, b"")
        data = split_header(content) if delivery.esm_class & HAS_HEADER else UserData(content, None)
        place = data.place or sar_place(
            delivery.number(Tag.SAR_REFERENCE), delivery.number(Tag.SAR_NUMBER), delivery.number(Tag.SAR_TOTAL)
        )
        sender, receiver = delivery.sender.digits, delivery.receiver.digits
        if place is None:
            arrived.append(self._arrived(sender, receiver, decode(data.content, delivery.coding)))
        else:
            parts.append(Part(sender, receiver, delivery.coding, place, data.content))

    def _arrived(self, sender: str, receiver: str, content: str) -> ArrivedText:
        return ArrivedText(str(new_id()), sender, content, receiver, self._clock.now())

    def _settle(self) -> None:
        """Lay new receipts to their messages, many at a time; and again for a while, since a receipt may be here before
        whoever sent has written down what was taken."""
        if self._unsettled and time.monotonic() - self._settled_at >= SETTLE_SECONDS:
            settle_receipts(self._sessions, on_undelivered=self._on_undelivered, of_the_last=RECENT)
            self._settled_at = time.monotonic()

    @property
    def _unsettled(self) -> bool:
        return time.monotonic() < self._settle_until

    def _look_after(self) -> None:
        """Now and then hand on long messages whose last parts never came, and forget old digests."""
        if time.monotonic() - self._looked_after_at < HOUSEKEEPING_SECONDS:
            return
        self._looked_after_at = time.monotonic()
        with unit_of_work(self._sessions) as session:
            if incomplete := [self._arrived(*it) for it in take_incomplete(session)]:
                self._receive(session, incomplete)
            session.execute(delete(UnprovenDelivery).where(UnprovenDelivery.received_at < func.now() - UNPROVEN_FOR))


def _identity(it: Delivery) -> str:
    """All that makes a message what it is."""
    addresses = (it.sender.digits, it.receiver.digits)
    return repr((*addresses, it.esm_class, it.coding, it.content.hex(), sorted(it.tags.items())))


def _acknowledge(taken: Sequence[_Taken], status: Status, digests: Mapping[_Taken, bytes]) -> None:
    """Answer deliveries, each on the connection that it came on."""
    by_connection: dict[Connection, list[_Taken]] = defaultdict(list)
    for one in taken:
        by_connection[one.connection].append(one)
    for connection, its in by_connection.items():
        answers = [(one.sequence, status) for one in its]
        # The loop is closed when the line was closed meanwhile; then they come again.
        with suppress(RuntimeError):
            connection.loop.call_soon_threadsafe(
                connection.acknowledge, answers, [digests[one] for one in its if one in digests]
            )
