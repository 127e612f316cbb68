"""What a carrier of text messages must be able to do, and how it says that it could not."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol
from uuid import UUID


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


class Gateway(Protocol):
    """A carrier. Our id travels with every message, so that a carrier that keeps it can be asked after a crash."""

    def submit(self, message_id: UUID, phone: str, text: str) -> str:
        """Hand over a message; the gateway's own id for it. Raises GatewayBusy, GatewayRefused, GatewayUnsure."""

    def outcome_of(self, message_id: UUID) -> Outcome:
        """What became of a message that may have been handed over."""
