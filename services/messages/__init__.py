"""Outgoing text messages: rows written with their cause, sent after commit, each at most once."""

from services.messages.gateways import Gateway, GatewayBusy, GatewayRefused, GatewayUnsure, Outcome, WindowGateway
from services.messages.queueing import queue_asked_for_message, queue_message, sending_is_delayed
from services.messages.receipts import give_up_waiting, settle_receipts
from services.messages.restoring import ask_about_waiting
from services.messages.sending import SendReport, send_due
from services.messages.tables import MessageStatus, OutgoingMessage
from services.messages.texts import SentText, SentTexts, list_texts
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
    "SentText",
    "SentTexts",
    "WindowGateway",
    "WordingWrong",
    "ask_about_waiting",
    "give_up_waiting",
    "list_texts",
    "queue_asked_for_message",
    "queue_message",
    "send_due",
    "sending_is_delayed",
    "settle_receipts",
]
