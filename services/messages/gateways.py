"""What a carrier of text messages must be able to do, and how it says what became of a message.

A simple carrier takes one message at a time (`Gateway`); a line to an SMS centre takes many and answers in any order
(`WindowGateway`). Sending knows only the second kind; `OneByOne` makes the first kind look like it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

logger = logging.getLogger(__name__)

WAIT_WHEN_BUSY = timedelta(seconds=30)
AT_ONCE = 20


class GatewayBusy(Exception):
    """The gateway did not take the message and asks to come back later."""


class GatewayRefused(Exception):
    """The gateway will never take this message. The text is its reason, a code without personal data."""


class GatewayUnsure(Exception):
    """The line broke after the message was handed over: it may be on its way or not."""


class Outcome(StrEnum):
    """What a gateway knows of a message by our id."""

    ACCEPTED = "accepted"
    NEVER_SEEN = "never_seen"
    CANNOT_TELL = "cannot_tell"


class Verdict(StrEnum):
    """What became of a message that was handed over."""

    ACCEPTED = "accepted"
    BUSY = "busy"
    """not taken: come back after `wait`"""
    REFUSED = "refused"
    """never taken: `reason` is the gateway's code"""
    UNSURE = "unsure"
    """on its way or not: only a receipt can tell"""
    NOT_TRIED = "not_tried"
    """there was no time for it"""


@dataclass(frozen=True, slots=True)
class Handover:
    """A message for the gateway. Our id travels with it wherever the protocol has room for it."""

    message_id: UUID
    phone: str = field(repr=False)
    text: str = field(repr=False)
    attempt: int = 1
    """the how-manieth time it is handed over; together with its id nobody else has it"""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message as it goes over the line: its parts, where the gateway knows of parts."""

    message: Handover
    bodies: tuple[bytes, ...] = field(repr=False)

    @property
    def parts(self) -> int:
        return max(1, len(self.bodies))


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on one message; `gateway_ids` are the gateway's own ids of those parts that it took."""

    verdict: Verdict
    gateway_ids: tuple[str, ...] = ()
    reason: str | None = None
    wait: timedelta = WAIT_WHEN_BUSY


Commit = Callable[[], None]
Answers = Callable[[], list[Answer]]
"""Waits for the answers to messages that are under way, one for each, in their order."""


class Gateway(Protocol):
    """A carrier that takes one message at a time."""

    def submit(self, message_id: UUID, phone: str, text: str) -> str:
        """Hand over a message; the gateway's own id for it. Raises GatewayBusy, GatewayRefused, GatewayUnsure."""

    def outcome_of(self, message_id: UUID) -> Outcome:
        """What became of a message that may have been handed over."""


@runtime_checkable
class WindowGateway(Protocol):
    """A carrier that takes many messages at once."""

    @property
    def rounds(self) -> int:
        """How many rounds may be under way at once. With two, one is on the line while the other is written down."""

    def room(self) -> int:
        """How many parts may be handed over now; waits a moment for room. None at all: come back later."""

    def make_ready(self, message: Handover) -> Ready:
        """A message in the form in which it goes."""

    def submit_many(self, messages: Sequence[Ready], *, commit: Commit, give_up_at: float) -> Answers:
        """Hand over messages, in order. Neither this nor the answers raise for the line or the SMS centre.

        `commit` writes down that they are being handed over. It is called directly before they are; where nothing can
        be handed over it isn't called at all. By `give_up_at` (of `time.monotonic`) there is an answer: what is unknown
        then is UNSURE.
        """

    def outcome_of(self, message_id: UUID, attempt: int) -> Outcome:
        """What became of a message whose worker died, and that may have been handed over."""


class OneByOne:
    """A carrier of single messages as one that takes many."""

    rounds = 1

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def room(self) -> int:
        return AT_ONCE

    def make_ready(self, message: Handover) -> Ready:
        return Ready(message, ())

    def submit_many(self, messages: Sequence[Ready], *, commit: Commit, give_up_at: float) -> Answers:
        """One after the other until the time is up."""
        commit()
        answers = [
            self._submit(ready.message) if time.monotonic() < give_up_at else Answer(Verdict.NOT_TRIED)
            for ready in messages
        ]
        return lambda: answers

    def outcome_of(self, message_id: UUID, attempt: int) -> Outcome:
        return self._gateway.outcome_of(message_id)

    def _submit(self, message: Handover) -> Answer:
        try:
            return Answer(Verdict.ACCEPTED, (self._gateway.submit(message.message_id, message.phone, message.text),))
        except GatewayBusy:
            return Answer(Verdict.BUSY)
        except GatewayUnsure:
            return Answer(Verdict.UNSURE)
        except GatewayRefused as refusal:
            return Answer(Verdict.REFUSED, reason=str(refusal))


def in_windows(gateway: Gateway | WindowGateway) -> WindowGateway:
    """The gateway as sending sees it."""
    return gateway if isinstance(gateway, WindowGateway) else OneByOne(gateway)
