"""Texts as SMS carries them: what goes out is UCS-2, what comes in may be any of several codings, whole or in parts."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

UCS2 = 8
CODINGS = {1: "ascii", 3: "latin-1", UCS2: "utf-16-be", 15: "gb18030", 0x18: "utf-16-be", 0x19: "utf-16-be"}
"""Data codings by number. 15 is what SMS centres in China call GB; 0x18 and 0x19 are UCS-2 with a message class."""

ONE_PART = 140
"""Bytes of a text that goes whole: 70 characters of UCS-2."""
PART = 134
"""Bytes of a part beside its user data header: 67 characters."""
MOST_PARTS = 255

PARTS_8_BIT, PARTS_16_BIT = 0x00, 0x08
"""Elements of a user data header that number parts, with a reference of one byte or of two (3GPP TS 23.040)."""

# The default alphabet of GSM (3GPP TS 23.038), one sign a byte as SMPP has it, and what follows an escape.
ESCAPE = "\x1b"
GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_ESCAPED = dict(zip("\nΛ()/<=>¡e", "\f^{}\\[~]|€", strict=True))
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
GSM_BYTES = GSM + UNREADABLE * 128
"""The sign of every byte; the alphabet has 128."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of which long message something is. `reference` also says how wide it is: parts with the same number
    in one byte and in two don't belong together."""

    reference: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class UserData:
    """The content of a message without its header."""

    content: bytes = field(repr=False)
    place: Place | None


def encode(text: str) -> bytes:
    """`text` as UCS-2. What is beyond the basic plane, emoji say, takes two places, as phones have it."""
    return text.encode("utf-16-be", errors="replace")


def in_parts(content: bytes) -> list[bytes]:
    """UCS-2 cut into what one message can carry; no sign is cut in two.

    >>> [len(part) // 2 for part in in_parts(encode("您" * 70))], [len(p) // 2 for p in in_parts(encode("您" * 135))]
    ([70], [67, 67, 1])
    """
    if len(content) <= ONE_PART:
        return [content]
    parts = []
    at = 0
    while at < len(content):
        end = min(at + PART, len(content))
        if end < len(content) and _is_first_half(content[end - 2]):
            end -= 2
        parts.append(content[at:end])
        at = end
    return parts


def part_header(reference: int, number: int, of: int) -> bytes:
    """The user data header of a part: an 8-bit reference, so that 67 characters fit beside it."""
    return bytes([5, PARTS_8_BIT, 3, reference & 0xFF, of, number])


def decode(content: bytes, coding: int) -> str:
    """The text. What can't be read becomes U+FFFD, so that a person sees that something was there."""
    if coding == 0:
        return _decode_gsm(content)
    if (codec := CODINGS.get(coding)) is None:
        return UNREADABLE
    return content.decode(codec, errors="replace")


def split_header(content: bytes) -> UserData:
    """Content that begins with a user data header, without it, and which part it is. A broken header is no header."""
    if not content or content[0] >= len(content):
        return UserData(content, None)
    length = content[0]
    place = None
    at = 1
    while at + 2 <= length + 1:
        element, size = content[at], content[at + 1]
        value = content[at + 2 : min(at + 2 + size, length + 1)]
        if element == PARTS_8_BIT and len(value) == 3:
            place = _place(f"8:{value[0]}", value[2], value[1])
        elif element == PARTS_16_BIT and len(value) == 4:
            place = _place(f"16:{value[0] << 8 | value[1]}", value[3], value[2])
        at += 2 + size
    return UserData(content[length + 1 :], place)


def sar_place(reference: int | None, number: int | None, of: int | None) -> Place | None:
    """Which part a message is by the sar_... fields of SMPP; None where they don't say."""
    if reference is None or number is None or of is None:
        return None
    return _place(f"sar:{reference}", number, of)


def _place(reference: str, number: int, of: int) -> Place | None:
    return Place(reference, number, of) if 1 <= number <= of and of > 1 else None


def _is_first_half(byte: int) -> bool:
    """Of a sign that takes two places."""
    return 0xD8 <= byte <= 0xDB


def _decode_gsm(content: bytes) -> str:
    signs, _ = codecs.charmap_decode(content, "strict", GSM_BYTES)
    if ESCAPE not in signs:
        return signs
    text = ""
    escaped = False
    for sign in signs:
        if sign == ESCAPE and not escaped:
            escaped = True
            continue
        text += GSM_ESCAPED.get(sign, sign) if escaped else sign
        escaped = False
    return text
