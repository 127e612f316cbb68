"""One connection to the SMS centre: signing in, the window of unanswered messages, tokens of life both ways.

It lives in the event loop of the line's thread. When it ends, however it ends, everything in the window has an unknown
result, and what was not written yet is known to have stayed here.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.messages.smpp.keeper import Keeper
from services.messages.smpp.pdu import (
    RESPONSE,
    Command,
    Delivery,
    Pdu,
    PduBroken,
    Status,
    bind_body,
    cut,
    pdu,
    read_delivery,
    read_first_text,
)
from services.settings import Settings

logger = logging.getLogger(__name__)

UNKNOWN = -1
"""The status of a part that was written and never answered."""
NOT_WRITTEN = -2
"""The status of a part that never left."""

LAST_SEQUENCE = 0x7FFF_FFFF
WATCH_SECONDS = 0.5
# Linux knows it; elsewhere the operating system decides when to confirm what came.
QUICK_CONFIRMATION = getattr(socket, "TCP_QUICKACK", None)


class BindRefused(Exception):
    """The SMS centre does not let us in; the text is its status."""


@dataclass(slots=True)
class Round:
    """Parts that are handed over together by a thread that waits for their answers."""

    bodies: Sequence[bytes]
    commit: Callable[[], None]
    mark: Callable[[], None]
    """called when it is committed, directly before it is written"""
    answers: dict[int, tuple[int, str]] = field(default_factory=dict)
    finished: threading.Event = field(default_factory=threading.Event)
    _started: threading.Event = field(default_factory=threading.Event)
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _abandoned: bool = False
    _failure: Exception | None = None

    def start(self, *, possible: bool = True) -> bool:
        """Commit; false where that fails, or nobody waits for it any more: then nothing may be written."""
        committed = False
        with self._starting:
            if possible and not self._abandoned:
                try:
                    self.commit()
                    committed = True
                except Exception as error:
                    self._failure = error
            self._started.set()
        return committed

    def wait_started(self, seconds: float) -> None:
        """Wait until it is committed, but not for ever: after so long it never will be. Raises what the commit raises.

        Whoever handed over the commit may end its transaction then."""
        self._started.wait(max(0.0, seconds))
        with self._starting:
            self._abandoned = True
        if self._failure is not None:
            raise self._failure

    def answer(self, index: int, status: int, gateway_id: str = "") -> None:
        """The status of one part, and the SMS centre's id for it if it took it. The first answer counts."""
        self.answers.setdefault(index, (status, gateway_id))
        if len(self.answers) == len(self.bodies):
            self.finished.set()

    def end(self) -> list[tuple[int, str]]:
        """All answers; what is unanswered is unknown."""
        return [self.answers.get(index, (UNKNOWN, "")) for index in range(len(self.bodies))]


@dataclass(frozen=True)
class Receiver:
    """Who takes what comes in. Both are called in the event loop and must not wait."""

    take: Callable[[Connection, int, Delivery], bool]
    """takes a delivery with its sequence number, to be acknowledged later; false: not now"""
    proven: Callable[[list[bytes]], None]
    """the SMS centre certainly has the acknowledgements of these deliveries"""


@dataclass(slots=True)
class _Written:
    round: Round
    index: int
    at: float


class Connection(asyncio.Protocol):
    """A bound transceiver. All methods belong to the event loop's thread."""

    def __init__(self, settings: Settings, receiver: Receiver) -> None:
        loop = asyncio.get_running_loop()
        self.loop = loop
        self.closed: asyncio.Future[None] = loop.create_future()
        self.in_window = 0
        self._settings = settings
        self._receiver = receiver
        self._buffer = bytearray()
        self._sequence = 0
        self._bound: asyncio.Future[int] = loop.create_future()
        self._waiting: deque[tuple[Round, int]] = deque()
        self._window: dict[int, _Written] = {}
        self._unproven: list[bytes] = []
        self._enquired: tuple[int, float, list[bytes]] | None = None
        self._heard_at = time.monotonic()

    async def bind(self) -> None:
        """Sign in as transceiver and begin to watch the line. Raises BindRefused, TimeoutError."""
        system_id, password = self._settings.smpp_system_id, self._settings.smpp_password
        body = bind_body(
            system_id=system_id.get_secret_value() if system_id else "",
            password=password.get_secret_value() if password else "",
            system_type=self._settings.smpp_system_type,
        )
        self._transport.write(pdu(Command.BIND_TRANSCEIVER, self._next(), body))
        status = await asyncio.wait_for(self._bound, self._settings.smpp_answer_seconds)
        if status == NOT_WRITTEN:
            raise ConnectionResetError
        if status != Status.OK:
            raise BindRefused(f"0x{status:08x}")
        self._watcher = self.loop.create_task(self._watch())

    async def unbind(self) -> None:
        """Say good-bye and close, whatever the other side does."""
        if not self.closed.done():
            self._transport.write(pdu(Command.UNBIND, self._next()))
            await asyncio.wait([self.closed], timeout=2)
        self.drop("unbound")

    def submit(self, round_: Round) -> None:
        """Write the parts of a round as the window has room for them.

        The commit holds up this thread for a moment, which is the point: nothing comes between it and the writing.
        """
        if not round_.start(possible=not self.closed.done()):
            for index in range(len(round_.bodies)):
                round_.answer(index, NOT_WRITTEN)
            return
        round_.mark()
        self._waiting.extend((round_, index) for index in range(len(round_.bodies)))
        self._write_waiting()

    def give_up(self, round_: Round) -> None:
        """Nobody waits for this round any more: what was not written stays here."""
        for waiting in [it for it in self._waiting if it[0] is round_]:
            self._waiting.remove(waiting)
            round_.answer(waiting[1], NOT_WRITTEN)

    def acknowledge(self, answers: Sequence[tuple[int, int]], digests: Sequence[bytes]) -> None:
        """Answer deliveries, given as sequence number and status, now that they are stored."""
        if self.closed.done():
            return
        self._transport.write(
            b"".join(pdu(Command.DELIVER_SM_RESP, sequence, b"\0", status=status) for sequence, status in answers)
        )
        self._unproven.extend(digests)

    def drop(self, reason: str) -> None:
        """Close at once."""
        if not self.closed.done():
            logger.info("smpp_dropped reason=%s", reason)
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._socket = transport.get_extra_info("socket")
        self._keeper = Keeper(self._socket.fileno())

    def connection_lost(self, exc: Exception | None) -> None:
        for written in self._window.values():
            written.round.answer(written.index, UNKNOWN)
        for round_, index in self._waiting:
            round_.answer(index, NOT_WRITTEN)
        logger.info("smpp_lost unknown=%s", len(self._window))
        self._window.clear()
        self._waiting.clear()
        if not self._bound.done():
            self._bound.set_result(NOT_WRITTEN)
        self._keeper.release()
        self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._heard_at = time.monotonic()
        self._confirm()
        self._buffer += data
        try:
            for received in cut(self._buffer):
                self._handle(received)
        except PduBroken as error:
            self.drop(f"broken PDU: {error}")
        self._write_waiting()

    def _confirm(self) -> None:
        """Have the operating system confirm at once what came; it forgets that it was asked. Many SMS centres gather
        small answers until the ones before are confirmed, which would otherwise be put off for 40 ms."""
        if QUICK_CONFIRMATION is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, QUICK_CONFIRMATION, 1)

    def _handle(self, received: Pdu) -> None:
        match received.command:
            case Command.SUBMIT_SM_RESP:
                self._answer(received)
            case Command.DELIVER_SM:
                self._deliver(received)
            case Command.ENQUIRE_LINK:
                self._transport.write(pdu(Command.ENQUIRE_LINK_RESP, received.sequence))
            case Command.ENQUIRE_LINK_RESP:
                self._alive(received.sequence)
            case Command.BIND_TRANSCEIVER_RESP if not self._bound.done():
                self._bound.set_result(received.status)
            case Command.UNBIND:
                self._transport.write(pdu(Command.UNBIND_RESP, received.sequence))
                self._transport.close()
            case Command.UNBIND_RESP:
                # It answers what we wrote last, so it has all acknowledgements.
                self._receiver.proven(self._unproven + (self._enquired[2] if self._enquired else []))
                self._unproven, self._enquired = [], None
                self._transport.close()
            case Command.GENERIC_NACK:
                self._refused(received)
            case command if not command & RESPONSE:
                self._transport.write(pdu(Command.GENERIC_NACK, received.sequence, status=Status.UNKNOWN_COMMAND))

    def _answer(self, received: Pdu) -> None:
        if written := self._window.pop(received.sequence, None):
            self.in_window = len(self._window)
            gateway_id = read_first_text(received.body) if received.status == Status.OK else ""
            written.round.answer(written.index, received.status, gateway_id)

    def _refused(self, received: Pdu) -> None:
        """The SMS centre could not even read what we sent, or has no room and says it in this way."""
        if received.sequence in self._window:
            self._answer(received)
        elif not self._bound.done():
            self._bound.set_result(received.status)
        else:
            self.drop(f"refused PDU: 0x{received.status:08x}")

    def _deliver(self, received: Pdu) -> None:
        try:
            taken = self._receiver.take(self, received.sequence, read_delivery(received.body))
        except PduBroken:
            logger.exception("smpp_delivery_broken")
            taken = False
        if not taken:
            self._transport.write(pdu(Command.DELIVER_SM_RESP, received.sequence, b"\0", status=Status.TRY_LATER))

    def _write_waiting(self) -> None:
        written = []
        while self._waiting and len(self._window) < self._settings.smpp_window:
            round_, index = self._waiting.popleft()
            sequence = self._next()
            self._window[sequence] = _Written(round_, index, time.monotonic())
            written.append(pdu(Command.SUBMIT_SM, sequence, round_.bodies[index]))
        if written:
            self.in_window = len(self._window)
            self._transport.write(b"".join(written))

    def _next(self) -> int:
        self._sequence = self._sequence % LAST_SEQUENCE + 1
        return self._sequence

    async def _watch(self) -> None:
        """Ask a quiet line whether it lives, and one that just got acknowledgements whether it has them."""
        answer_seconds = self._settings.smpp_answer_seconds
        while not self.closed.done():
            await asyncio.sleep(min(WATCH_SECONDS, self._settings.smpp_enquire_seconds / 4))
            now = time.monotonic()
            # Sequence numbers grow, so the first in the window is the oldest.
            oldest = next(iter(self._window.values()), None)
            if oldest and now - oldest.at > answer_seconds:
                self.drop("no answer to a message")
            elif self._enquired and now - self._enquired[1] > answer_seconds:
                self.drop("no sign of life")
            elif not self._enquired and (self._unproven or now - self._heard_at > self._settings.smpp_enquire_seconds):
                self._enquired = (self._next(), now, self._unproven)
                self._unproven = []
                self._transport.write(pdu(Command.ENQUIRE_LINK, self._enquired[0]))

    def _alive(self, sequence: int) -> None:
        """What was acknowledged before we asked has arrived: bytes keep their order."""
        if self._enquired and self._enquired[0] == sequence:
            if digests := self._enquired[2]:
                self._receiver.proven(digests)
            self._enquired = None
