"""Delivery receipts as SMS centres word them: optional fields, or the text of SMPP 3.4, appendix B."""

from __future__ import annotations

import re

from services.messages.receipts import Receipt
from services.messages.smpp.pdu import Delivery, Tag
from services.messages.smpp.texts import decode
from services.messages.tables import Arrival

KIND = 0x3C
"""The bits of esm_class that say what kind of delivery it is."""
RECEIPT, PROGRESS = 0x04, 0x20

DELIVERED = {2, "DELIVRD"}
ON_ITS_WAY = {1, 6, 7, "ENROUTE", "ACCEPTD", "UNKNOWN"}
"""States after which another receipt may follow. All others are final, and most SMS centres have their own."""

ID = re.compile(r"\bid:\s*([^\s]+)", re.IGNORECASE)
STATE = re.compile(r"\bstat:\s*([^\s]+)", re.IGNORECASE)
ERROR = re.compile(r"\berr:\s*([^\s]+)", re.IGNORECASE)


def is_receipt(delivery: Delivery) -> bool:
    """Whether it tells what became of a message of ours."""
    return delivery.esm_class & KIND == RECEIPT


def is_progress(delivery: Delivery) -> bool:
    """Whether it only tells that a message is still on its way."""
    return delivery.esm_class & KIND == PROGRESS


def read_receipt(delivery: Delivery) -> Receipt | None:
    """What a receipt says; None where it names no message or no final state."""
    content = delivery.content or delivery.tags.get(Tag.MESSAGE_PAYLOAD, b"")
    text = decode(content, delivery.coding)
    id_field = delivery.tags.get(Tag.RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("ascii", errors="replace")
    gateway_id = id_field or _found(ID, text)
    word = _found(STATE, text).upper()
    state: int | str = delivery.number(Tag.MESSAGE_STATE) or word
    if not gateway_id or not state or state in ON_ITS_WAY:
        return None
    arrived = state in DELIVERED
    return Receipt(
        gateway_id=gateway_id,
        phone=delivery.sender.digits,
        arrival=Arrival.DELIVERED if arrived else Arrival.UNDELIVERED,
        reason=None if arrived else " ".join(filter(None, (word or str(state), _found(ERROR, text)))),
        reference=delivery.number(Tag.USER_MESSAGE_REFERENCE),
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""
