"""Incoming text messages: stored once, read once, routed to the capability that they answer.

`receiving` stores, `reading` reads one after another, `history` puts together what is known, `deciding` says what a
message is taken for (pure), `acting` does what follows, `answering` sends a template back, `listing` shows it.
"""

from services.inbox.listing import IncomingMessage, WrittenText, list_incoming, written_through
from services.inbox.reading import ReadReport, handle, look_again, read_incoming
from services.inbox.receiving import IncomingText, receive, receive_many
from services.inbox.tables import HandledAs

__all__ = [
    "HandledAs",
    "IncomingMessage",
    "IncomingText",
    "ReadReport",
    "WrittenText",
    "handle",
    "list_incoming",
    "look_again",
    "read_incoming",
    "receive",
    "receive_many",
    "written_through",
]
