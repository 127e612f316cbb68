"""Storing incoming text messages: once for each id of a gateway, whatever is in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.inbox import IncomingText, receive, receive_many
from services.inbox.tables import IncomingMessageRow
from services.people import PHONE
from services.sealing import vault_of

HERS = "15400000002"


def arrives(session: Session, now: datetime, message_id: str = "1", words: str = "同意", phone: str = HERS) -> bool:
    """A text message comes in."""
    return receive(
        session,
        city="shenzhen",
        gateway="test",
        gateway_message_id=message_id,
        phone=phone,
        text=words,
        to="10690000",
        received_at=now,
    )


def jobs(session: Session) -> int:
    """How many jobs wait to read messages."""
    found = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'read_incoming'"))
    assert found is not None
    return int(found)


def test_a_message_is_stored_once_and_its_reading_is_queued_with_it(session: Session, now: datetime) -> None:
    before = jobs(session)
    assert arrives(session, now)
    assert not arrives(session, now)
    assert session.scalars(select(IncomingMessageRow.handled_at)).all() == [None]
    assert jobs(session) == before + 1


def test_the_same_id_of_another_gateway_is_another_message(session: Session, now: datetime) -> None:
    first = IncomingText("one", "7", HERS, "同意", "10690000", now)
    second = IncomingText("two", "7", HERS, "同意", "10690000", now)
    assert receive_many(session, [first, second, first], city="shenzhen") == 2
    assert receive_many(session, [], city="shenzhen") == 0


def test_neither_number_nor_words_are_readable_in_the_database(session: Session, now: datetime) -> None:
    arrives(session, now, words="我是王秀珍", phone="+86 154 0000 0002")
    (row,) = session.scalars(select(IncomingMessageRow))
    stored = session.execute(text("SELECT incoming_messages::text FROM incoming_messages")).scalar_one()
    assert HERS not in stored
    assert "王秀珍" not in stored
    assert vault_of(session).open(row.phone_sealed, context=PHONE) == HERS


def test_any_number_and_any_words_are_stored(session: Session, now: datetime) -> None:
    for place, (phone, words) in enumerate([("10086", ""), ("+852 1234 5678", "\x00"), ("", "😀" * 5000)]):
        assert arrives(session, now, str(place), words, phone)
