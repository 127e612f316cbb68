"""SMPP 3.4 on the wire: the few kinds of PDU that a transceiver needs, to bytes and back (SMPP 3.4, sections 3 to 5).

Numbers are big-endian. A PDU is a header of four numbers (length, command, status, sequence) and a body; texts in a
body end with a zero byte, and what is optional follows as tag, length, value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

HEADER = struct.Struct(">IIII")
TLV = struct.Struct(">HH")
LONGEST = 70_000
RESPONSE = 0x8000_0000


class Command(IntEnum):
    """The kinds of PDU that we send or understand."""

    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    GENERIC_NACK = RESPONSE
    SUBMIT_SM_RESP = RESPONSE | SUBMIT_SM
    DELIVER_SM_RESP = RESPONSE | DELIVER_SM
    UNBIND_RESP = RESPONSE | UNBIND
    BIND_TRANSCEIVER_RESP = RESPONSE | BIND_TRANSCEIVER
    ENQUIRE_LINK_RESP = RESPONSE | ENQUIRE_LINK


class Status(IntEnum):
    """The statuses that we treat differently from others; SMS centres have many more of their own."""

    OK = 0x00
    UNKNOWN_COMMAND = 0x03
    SYSTEM_ERROR = 0x08
    QUEUE_FULL = 0x14
    THROTTLED = 0x58
    TRY_LATER = 0x64


class Tag(IntEnum):
    """Optional fields that we use."""

    RECEIPTED_MESSAGE_ID = 0x001E
    USER_MESSAGE_REFERENCE = 0x0204
    SAR_REFERENCE = 0x020C
    SAR_TOTAL = 0x020E
    SAR_NUMBER = 0x020F
    NETWORK_ERROR = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class PduBroken(Exception):
    """Bytes that are no PDU: the stream can't be trusted any more."""


@dataclass(frozen=True, slots=True)
class Address:
    """A phone number or short code with its type of number and numbering plan."""

    digits: str = field(repr=False)
    kind: int = 0
    plan: int = 0


@dataclass(frozen=True, slots=True)
class Pdu:
    """A PDU as it came."""

    command: int
    status: int
    sequence: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message or receipt from the SMS centre. `tags` are its optional fields."""

    sender: Address
    receiver: Address
    esm_class: int
    coding: int
    content: bytes = field(repr=False)
    tags: Mapping[int, bytes] = field(repr=False)

    def number(self, tag: Tag) -> int | None:
        """An optional field as a number."""
        value = self.tags.get(tag)
        return int.from_bytes(value, "big") if value else None


def cut(buffer: bytearray) -> Iterator[Pdu]:
    """Take all whole PDUs from the front of `buffer`. Raises PduBroken."""
    start = 0
    try:
        while len(buffer) - start >= HEADER.size:
            length, command, status, sequence = HEADER.unpack_from(buffer, start)
            if not HEADER.size <= length <= LONGEST:
                raise PduBroken(f"length {length}")
            if len(buffer) - start < length:
                return
            body = bytes(buffer[start + HEADER.size : start + length])
            start += length
            yield Pdu(command, status, sequence, body)
    finally:
        del buffer[:start]


def pdu(command: Command, sequence: int, body: bytes = b"", *, status: int = Status.OK) -> bytes:
    """A PDU as bytes."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def bind_body(*, system_id: str, password: str, system_type: str) -> bytes:
    """The body of a bind_transceiver: SMPP 3.4, and any number may be served."""
    return _text(system_id) + _text(password) + _text(system_type) + bytes([0x34, 0, 0]) + _text("")


def submit_body(
    sender: Address, receiver: Address, *, esm_class: int, coding: int, content: bytes, tags: Mapping[Tag, bytes]
) -> bytes:
    """The body of a submit_sm that asks for a receipt, whether it arrives or not."""
    addresses = _text("") + _address(sender) + _address(receiver)
    # Protocol, priority, no schedule, the SMS centre's own validity; receipt, no replacing, coding, no ready text.
    middle = bytes([esm_class, 0, 0]) + _text("") + _text("") + bytes([1, 0, coding, 0])
    optional = b"".join(TLV.pack(tag, len(value)) + value for tag, value in tags.items())
    return addresses + middle + bytes([len(content)]) + content + optional


def read_delivery(body: bytes) -> Delivery:
    """A deliver_sm. Raises PduBroken."""
    try:
        _, at = _read_text(body, 0)
        sender, at = _read_address(body, at)
        receiver, at = _read_address(body, at)
        esm_class = body[at]
        _, at = _read_text(body, at + 3)
        _, at = _read_text(body, at)
        coding, length = body[at + 2], body[at + 4]
        at += 5
        content = body[at : at + length]
        if len(content) < length:
            raise PduBroken("content is cut off")
        return Delivery(sender, receiver, esm_class, coding, content, dict(_read_tags(body, at + length)))
    except (IndexError, ValueError, struct.error) as error:
        raise PduBroken(str(error)) from error


def read_first_text(body: bytes) -> str:
    """The text that a body begins with: the id in a submit_sm_resp. Empty where there is none."""
    return body.partition(b"\0")[0].decode("ascii", errors="replace")


def _address(address: Address) -> bytes:
    return bytes([address.kind, address.plan]) + _text(address.digits)


def _text(text: str) -> bytes:
    return text.encode("ascii", errors="replace") + b"\0"


def _read_text(body: bytes, at: int) -> tuple[str, int]:
    end = body.index(b"\0", at)
    return body[at:end].decode("ascii", errors="replace"), end + 1


def _read_address(body: bytes, at: int) -> tuple[Address, int]:
    digits, end = _read_text(body, at + 2)
    return Address(digits, body[at], body[at + 1]), end


def _read_tags(body: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + TLV.size <= len(body):
        tag, length = TLV.unpack_from(body, at)
        at += TLV.size
        yield tag, body[at : at + length]
        at += length
