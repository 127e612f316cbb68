"""A sealed stream opens whole and unchanged, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.backup import BackupDamaged, BackupKeyUnknown
from services.backup.sealed_file import MAGIC, open_stream, seal_stream

KEYS = {"b1": bytes(range(32))}


def sealed(*pieces: bytes, keys: dict[str, bytes] = KEYS) -> bytes:
    file = io.BytesIO()
    seal_stream(pieces, file, keys=keys)
    return file.getvalue()


def opened(content: bytes, keys: dict[str, bytes] = KEYS) -> list[bytes]:
    return list(open_stream(io.BufferedReader(io.BytesIO(content)), keys=keys))  # type: ignore[arg-type]


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_what_was_sealed_opens_piece_by_piece(pieces: list[bytes]) -> None:
    assert opened(sealed(*pieces)) == pieces


def test_an_empty_stream_is_one_empty_piece() -> None:
    assert opened(sealed()) == [b""]


def test_nothing_of_the_content_is_in_the_file() -> None:
    assert b"15400000002" not in sealed(b"15400000002")


@given(st.data())
def test_a_changed_byte_is_found_wherever_it_is(data: st.DataObject) -> None:
    content = bytearray(sealed(b"first", b"second"))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((BackupDamaged, BackupKeyUnknown)):
        opened(bytes(content))


@given(st.data())
def test_a_file_that_was_cut_off_is_found_also_between_two_pieces(data: st.DataObject) -> None:
    content = sealed(b"first", b"second", b"third")
    with pytest.raises(BackupDamaged):
        opened(content[: data.draw(st.integers(0, len(content) - 1))])


def test_pieces_in_another_order_or_of_another_file_are_found() -> None:
    one, other = sealed(b"aaaa", b"bbbb"), sealed(b"aaaa", b"bbbb")
    start = len(MAGIC) + 1 + len("b1") + 32
    size = (len(one) - start) // 2
    first, second = one[start : start + size], one[start + size :]
    for wrong in (one[:start] + second + first, one[:start] + first + other[start + size :], one + second):
        with pytest.raises(BackupDamaged):
            opened(wrong)


def test_an_old_key_still_opens_and_a_missing_one_is_named() -> None:
    old = sealed(b"x")
    assert opened(old, {"b2": bytes(32)} | KEYS) == [b"x"]
    with pytest.raises(BackupKeyUnknown, match="b1"):
        opened(old, {"b2": bytes(32)})
    with pytest.raises(BackupDamaged):
        opened(old, {"b1": bytes(32)})
