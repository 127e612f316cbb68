"""Outgoing text messages: rows written with their cause, sent after commit, each at most once."""

from services.messages.gateways import Gateway, GatewayBusy, GatewayRefused, GatewayUnsure, Outcome
from services.messages.queueing import queue_message, sending_is_delayed
from services.messages.sending import SendReport, send_due
from services.messages.tables import MessageStatus, OutgoingMessage
from services.messages.wording import Composer, WordingWrong

__all__ = [
    "Composer",
    "Gateway",
    "GatewayBusy",
    "GatewayRefused",
    "GatewayUnsure",
    "MessageStatus",
    "Outcome",
    "OutgoingMessage",
    "SendReport",
    "WordingWrong",
    "queue_message",
    "send_due",
    "sending_is_delayed",
]
