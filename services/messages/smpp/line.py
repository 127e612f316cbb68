"""The line to the SMS centre: a thread beside the worker's jobs that stays bound, and the gateway that jobs hand to.

The connection outlives every job, so it has a thread with an event loop of its own, in the process of the worker. Each
worker has its own; the SMS centre says how many it allows. Lost or refused, the line tries again, ever more slowly.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import accumulate, pairwise
from math import ceil
from typing import Any
from uuid import UUID

from services.messages.gateways import WAIT_WHEN_BUSY, Answer, Answers, Commit, Handover, Outcome, Ready, Verdict
from services.messages.receipts import reference_of
from services.messages.smpp.connection import NOT_WRITTEN, UNKNOWN, BindRefused, Connection, Receiver, Round
from services.messages.smpp.journal import Journal
from services.messages.smpp.pace import Pace
from services.messages.smpp.pdu import Address, Status, Tag, submit_body
from services.messages.smpp.texts import MOST_PARTS, ONE_PART, UCS2, encode, in_parts, part_header
from services.people import MOBILE
from services.settings import Settings

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
ROOM_SECONDS = 2.0
"""How long a job waits for room before it leaves the rest to the next one."""
GIVING_UP_SECONDS = 1.0
INTERNATIONAL, ISDN = 1, 1
"""Type of number and numbering plan of a phone with its country code."""
PARTED = 0x40
"""The bit of esm_class that says that the content begins with a header."""

COME_BACK = {Status.THROTTLED, Status.QUEUE_FULL}
"""The SMS centre has no room: wait, and nothing else happened."""

Results = Callable[[], list[tuple[int, str]]]
"""Waits for the status of each part and the SMS centre's id for it."""


class SmppLine:
    """A gateway over SMPP 3.4. `open` it before the worker works, `close` it afterwards."""

    rounds = 2

    def __init__(self, settings: Settings, receiver: Receiver) -> None:
        self._settings = settings
        self._receiver = receiver
        self._tls = ssl.create_default_context(cafile=settings.smpp_tls_ca_file) if settings.smpp_tls else None
        self._pace = Pace(settings.smpp_per_second, settings.smpp_window)
        self._journal: Journal | None = None
        self._connection: Connection | None = None
        self._bound = threading.Event()
        self._thread = threading.Thread(target=self._run, name="smpp-line", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._started = threading.Event()

    def open(self) -> None:
        """Begin to bind, and to stay bound."""
        self._journal = Journal(self._settings.var_dir / "smpp")
        self._thread.start()
        self._started.wait()

    def close(self) -> None:
        """Unbind and end the thread."""
        assert self._loop is not None
        assert self._ending is not None
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def wait_bound(self, seconds: float) -> bool:
        """Whether the line is bound, by then."""
        return self._bound.wait(seconds)

    def room(self) -> int:
        """Parts that fit into the rate now and into this round's share of the window; waits up to two seconds."""
        until = time.monotonic() + ROOM_SECONDS
        if not self._bound.wait(ROOM_SECONDS):
            return 0
        while (wait := self._pace.seconds_to_wait()) > 0:
            if time.monotonic() + wait > until:
                return 0
            time.sleep(wait)
        connection = self._connection
        window = self._settings.smpp_window
        in_window = connection.in_window if connection else 0
        return max(0, min(self._pace.may_go(), window - in_window, ceil(window / self.rounds)))

    def make_ready(self, message: Handover) -> Ready:
        """The message as submit_sm: whole, or in parts of 67 characters."""
        return Ready(message, tuple(self._bodies(message)))

    def outcome_of(self, message_id: UUID, attempt: int) -> Outcome:
        """SMPP can be asked by the SMS centre's own id only, and that is just what we don't have. Only what was never
        written is known to have stayed here."""
        never = self._journal is not None and self._journal.never_written((message_id, attempt))
        return Outcome.NEVER_SEEN if never else Outcome.CANNOT_TELL

    def submit_many(self, messages: Sequence[Ready], *, commit: Commit, give_up_at: float) -> Answers:
        """Hand over messages in order; one that isn't answered by `give_up_at` has an unknown result."""
        assert self._journal is not None
        bodies = [ready.bodies for ready in messages]
        mark = self._journal.start([(ready.message.message_id, ready.message.attempt) for ready in messages])
        results = self._submit([body for of_one in bodies for body in of_one], give_up_at, commit, mark)
        return lambda: self._answers(bodies, results(), give_up_at)

    def _answers(
        self, bodies: Sequence[Sequence[bytes]], results: list[tuple[int, str]], give_up_at: float
    ) -> list[Answer]:
        """What became of messages with these parts and these results of the parts."""
        ends = accumulate((len(of_one) for of_one in bodies), initial=0)
        answers = []
        for of_one, (start, end) in zip(bodies, pairwise(ends), strict=True):
            result = self._complete(of_one, results[start:end], give_up_at)
            answers.append(Answer(Verdict.REFUSED, reason="too_long") if not of_one else _verdict(result))
        return answers

    def _complete(
        self, bodies: Sequence[bytes], results: list[tuple[int, str]], give_up_at: float
    ) -> list[tuple[int, str]]:
        """Where some parts of a message were taken and others throttled, these are handed over again until they are
        taken too: the message can't go back to the queue without its first parts going twice."""
        while any(status == Status.OK for status, _ in results):
            again = [index for index, (status, _) in enumerate(results) if status in COME_BACK]
            wait = self._pace.seconds_to_wait()
            if not again or time.monotonic() + wait > give_up_at:
                break
            time.sleep(wait)
            for index, result in zip(again, self._submit([bodies[i] for i in again], give_up_at)(), strict=True):
                results[index] = result
        return results

    def _submit(
        self,
        bodies: Sequence[bytes],
        give_up_at: float,
        commit: Commit = lambda: None,
        mark: Callable[[], None] = lambda: None,
    ) -> Results:
        """One round over the line, committed when this returns: status and id of each part, as soon as they are here.
        Raises what the commit raises."""
        connection = self._connection
        if not bodies or connection is None:
            return lambda: [(NOT_WRITTEN, "")] * len(bodies)
        self._pace.went(len(bodies))
        round_ = Round(bodies, commit, mark)
        try:
            connection.loop.call_soon_threadsafe(connection.submit, round_)
        except RuntimeError:  # The loop has ended with the line.
            return lambda: [(NOT_WRITTEN, "")] * len(bodies)
        round_.wait_started(give_up_at - time.monotonic())
        return lambda: self._results(connection, round_, give_up_at)

    def _results(self, connection: Connection, round_: Round, give_up_at: float) -> list[tuple[int, str]]:
        """Wait for the answers to a round."""
        if not round_.finished.wait(max(0.0, give_up_at - time.monotonic())):
            with suppress(RuntimeError):
                connection.loop.call_soon_threadsafe(connection.give_up, round_)
                round_.finished.wait(GIVING_UP_SECONDS)
        results = round_.end()
        statuses = {status for status, _ in results}
        if statuses & COME_BACK:
            self._pace.throttled()
            logger.info("smpp_throttled parts=%s", sum(status in COME_BACK for status, _ in results))
        elif statuses == {Status.OK}:
            self._pace.accepted()
        return results

    def _bodies(self, message: Handover) -> list[bytes]:
        """The submit_sm of each part. None at all for a text that is too long for any phone."""
        content = encode(message.text)
        tags = {Tag.USER_MESSAGE_REFERENCE: reference_of(message.message_id).to_bytes(2, "big")}
        receiver = self._address(message.phone)
        sender = Address(self._settings.smpp_source_address)
        if self._settings.smpp_long_messages == "payload" and len(content) > ONE_PART:
            tags[Tag.MESSAGE_PAYLOAD] = content
            return [submit_body(sender, receiver, esm_class=0, coding=UCS2, content=b"", tags=tags)]
        parts = in_parts(content)
        if len(parts) == 1:
            return [submit_body(sender, receiver, esm_class=0, coding=UCS2, content=content, tags=tags)]
        if len(parts) > MOST_PARTS:
            return []
        reference = reference_of(message.message_id)
        return [
            submit_body(
                sender,
                receiver,
                esm_class=PARTED,
                coding=UCS2,
                content=part_header(reference, number, len(parts)) + part,
                tags=tags,
            )
            for number, part in enumerate(parts, 1)
        ]

    def _address(self, phone: str) -> Address:
        """A phone with its country; a short code as it is."""
        if MOBILE.fullmatch(phone):
            return Address(self._settings.smpp_country_code + phone, INTERNATIONAL, ISDN)
        return Address(phone.removeprefix("+"), INTERNATIONAL if phone.startswith("+") else 0, ISDN)

    def _run(self) -> None:
        asyncio.run(self._stay_bound())

    async def _stay_bound(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        self._started.set()
        pause = FIRST_PAUSE_SECONDS
        while not self._ending.is_set():
            try:
                await self._be_bound()
                pause = FIRST_PAUSE_SECONDS
            except (OSError, BindRefused) as error:
                # The texts of these name hosts and statuses, never what we signed in with.
                logger.warning("smpp_not_bound error=%s %s", type(error).__name__, error)
            with suppress(TimeoutError):
                # Not all workers at the same moment.
                await asyncio.wait_for(self._ending.wait(), pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _be_bound(self) -> None:
        """One connection, from its beginning to its end. Raises OSError and BindRefused if it doesn't begin."""
        loop, settings, ending = asyncio.get_running_loop(), self._settings, self._ending
        assert ending is not None
        async with asyncio.timeout(settings.smpp_answer_seconds):
            _, connection = await loop.create_connection(
                lambda: Connection(settings, self._receiver),
                settings.smpp_host or "",
                settings.smpp_port,
                ssl=self._tls,
                server_hostname=settings.smpp_host if self._tls else None,
            )
        try:
            await connection.bind()
            logger.info("smpp_bound")
            self._connection = connection
            self._bound.set()
            end = loop.create_task(ending.wait())
            until: set[asyncio.Future[Any]] = {connection.closed, end}
            await asyncio.wait(until, return_when=asyncio.FIRST_COMPLETED)
            end.cancel()
        finally:
            self._bound.clear()
            self._connection = None
            await connection.unbind()


def _verdict(results: Sequence[tuple[int, str]]) -> Answer:
    """What became of a message of which these parts were answered like this."""
    statuses = {status for status, _ in results}
    gateway_ids = tuple(gateway_id for status, gateway_id in results if status == Status.OK)
    refused = sorted(statuses - COME_BACK - {Status.OK, Status.SYSTEM_ERROR, NOT_WRITTEN, UNKNOWN})
    if statuses == {Status.OK}:
        return Answer(Verdict.ACCEPTED, gateway_ids)
    if refused:
        return Answer(Verdict.REFUSED, gateway_ids, reason=f"smpp 0x{refused[0]:08x}")
    if UNKNOWN in statuses or gateway_ids:
        return Answer(Verdict.UNSURE, gateway_ids)
    if statuses == {NOT_WRITTEN}:
        return Answer(Verdict.NOT_TRIED)
    return Answer(Verdict.BUSY, wait=WAIT_WHEN_BUSY if Status.SYSTEM_ERROR in statuses else timedelta(0))
