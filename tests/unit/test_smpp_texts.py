"""What goes over the SMPP line and back: codings, parts, receipts, the pace; no line needed."""

from __future__ import annotations

import pytest

from services.messages.smpp.pace import Pace
from services.messages.smpp.pdu import (
    Address,
    Command,
    Delivery,
    PduBroken,
    Tag,
    cut,
    pdu,
    read_delivery,
    submit_body,
)
from services.messages.smpp.receipt_texts import read_receipt
from services.messages.smpp.texts import Place, decode, encode, in_parts, sar_place, split_header
from services.messages.tables import Arrival

APPENDIX_B = "id:a1 sub:001 dlvrd:000 submit date:2611240900 done date:2611240901 stat:{} err:{} text:"


def receipt(text: str = "", tags: dict[int, bytes] | None = None) -> Delivery:
    return Delivery(Address("8615400000001"), Address("1069"), 0x04, 0, text.encode("ascii"), tags or {})


@pytest.mark.parametrize(
    ("length", "parts"),
    [
        (1, [1]),
        (70, [70]),
        # One more, and each part loses three places to its header.
        (71, [67, 4]),
        (134, [67, 67]),
        (135, [67, 67, 1]),
    ],
)
def test_a_text_goes_whole_up_to_70_characters_and_in_parts_of_67_beyond(length: int, parts: list[int]) -> None:
    assert [len(part) // 2 for part in in_parts(encode("好" * length))] == parts


def test_no_sign_is_cut_in_two() -> None:
    text = "好" * 66 + "🙂" + "好" * 10
    parts = in_parts(encode(text))
    assert [len(part) // 2 for part in parts] == [66, 12]
    assert "".join(part.decode("utf-16-be") for part in parts) == text


@pytest.mark.parametrize(
    ("content", "coding", "text"),
    [
        ("同意".encode("utf-16-be"), 8, "同意"),
        ("同意".encode("utf-16-be"), 0x18, "同意"),
        ("同意".encode("gb18030"), 15, "同意"),
        (b"OK", 1, "OK"),
        ("é".encode("latin-1"), 3, "é"),
        # The default alphabet: @ is 0, and the euro sign is written with an escape.
        (b"\x00 1\x1be", 0, "@ 1€"),
        (b"\x90", 0, "\ufffd"),
        (b"\x01\x02", 4, "\ufffd"),
        # Half a character at the end.
        (b"\x54\x0c\x61", 8, "同\ufffd"),
    ],
)
def test_texts_come_in_many_codings(content: bytes, coding: int, text: str) -> None:
    assert decode(content, coding) == text


@pytest.mark.parametrize(
    ("content", "place", "rest"),
    [
        (b"\x05\x00\x03\x2a\x02\x01xy", Place("8:42", 1, 2), b"xy"),
        (b"\x06\x08\x04\x01\x00\x03\x02xy", Place("16:256", 2, 3), b"xy"),
        # Ports before the number of the part.
        (b"\x0b\x05\x04\x00\x00\x00\x00\x00\x03\x07\x02\x02x", Place("8:7", 2, 2), b"x"),
        # Part 3 of 2, part 1 of 1, and a header that is longer than the message.
        (b"\x05\x00\x03\x2a\x02\x03xy", None, b"xy"),
        (b"\x05\x00\x03\x2a\x01\x01xy", None, b"xy"),
        (b"\x7fxy", None, b"\x7fxy"),
    ],
)
def test_parts_tell_their_place(content: bytes, place: Place | None, rest: bytes) -> None:
    data = split_header(content)
    assert (data.place, data.content) == (place, rest)


def test_the_optional_fields_tell_a_place_too() -> None:
    assert sar_place(300, 1, 2) == Place("sar:300", 1, 2)
    assert sar_place(300, None, 2) is None


@pytest.mark.parametrize(
    ("text", "arrival", "reason"),
    [
        (APPENDIX_B.format("DELIVRD", "000"), Arrival.DELIVERED, None),
        (APPENDIX_B.format("UNDELIV", "001"), Arrival.UNDELIVERED, "UNDELIV 001"),
        (APPENDIX_B.format("EXPIRED", "000"), Arrival.UNDELIVERED, "EXPIRED 000"),
        # The black list of a carrier in China.
        (APPENDIX_B.format("MBBLACK", "000"), Arrival.UNDELIVERED, "MBBLACK 000"),
        ("ID:a1 Stat:delivrd", Arrival.DELIVERED, None),
    ],
)
def test_receipts_are_read_from_their_text(text: str, arrival: Arrival, reason: str | None) -> None:
    read = read_receipt(receipt(text))
    assert read is not None
    assert (read.gateway_id, read.arrival, read.reason, read.reference) == ("a1", arrival, reason, None)


def test_the_optional_fields_of_a_receipt_come_before_its_text() -> None:
    tags = {
        Tag.RECEIPTED_MESSAGE_ID: b"b2\0",
        Tag.MESSAGE_STATE: b"\x05",
        Tag.USER_MESSAGE_REFERENCE: b"\x01\x02",
    }
    read = read_receipt(receipt(APPENDIX_B.format("DELIVRD", "000"), tags))
    assert read is not None
    assert (read.gateway_id, read.arrival, read.reference) == ("b2", Arrival.UNDELIVERED, 0x0102)


@pytest.mark.parametrize("text", ["", "id:a1", "stat:DELIVRD", APPENDIX_B.format("ENROUTE", "000")])
def test_a_receipt_without_message_or_final_state_says_nothing(text: str) -> None:
    assert read_receipt(receipt(text)) is None


def test_pdus_are_cut_from_a_stream_wherever_it_breaks() -> None:
    stream = pdu(Command.ENQUIRE_LINK, 7) + pdu(Command.SUBMIT_SM_RESP, 8, b"a1\0", status=0x58)
    buffer = bytearray()
    found = []
    for byte in stream:
        buffer.append(byte)
        found += list(cut(buffer))
    assert [(it.command, it.status, it.sequence, it.body) for it in found] == [
        (Command.ENQUIRE_LINK, 0, 7, b""),
        (Command.SUBMIT_SM_RESP, 0x58, 8, b"a1\0"),
    ]
    assert not buffer


@pytest.mark.parametrize("length", [0, 15, 1_000_000])
def test_an_impossible_length_ends_the_stream(length: int) -> None:
    with pytest.raises(PduBroken):
        list(cut(bytearray(length.to_bytes(4, "big") + bytes(12))))


def test_what_we_send_reads_as_what_comes_in() -> None:
    # A deliver_sm has the fields of a submit_sm.
    body = submit_body(
        Address("1069"),
        Address("8615400000001", 1, 1),
        esm_class=0,
        coding=8,
        content=b"\x54\x0c",
        tags={Tag.SAR_TOTAL: b"\2"},
    )
    assert read_delivery(body) == Delivery(
        Address("1069"), Address("8615400000001", 1, 1), 0, 8, b"\x54\x0c", {Tag.SAR_TOTAL: b"\2"}
    )
    with pytest.raises(PduBroken):
        read_delivery(body[:20])


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_the_rate_holds_over_a_second() -> None:
    clock = Hands()
    pace = Pace(100, 10, clock=clock)
    gone = 0
    while clock.at < 102:
        if not (wait := pace.seconds_to_wait()):
            portion = pace.may_go()
            pace.went(portion)
            gone += portion
        clock.at += max(wait, 0.001)
    assert 190 <= gone <= 215


def test_each_throttling_in_a_row_waits_twice_as_long_and_success_forgets_it() -> None:
    clock = Hands()
    pace = Pace(100, 10, clock=clock)
    waits = []
    for _ in range(3):
        pace.throttled()
        waits.append(pace.seconds_to_wait())
        assert pace.may_go() == 0
        clock.at += waits[-1]
    assert waits == pytest.approx([1, 2, 4])
    pace.accepted()
    pace.throttled()
    assert pace.seconds_to_wait() == pytest.approx(1)
