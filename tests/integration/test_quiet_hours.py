"""Texts that nobody waits for ring at no nap, in no evening and in no night."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.clock import local_moment
from services.database import Database
from services.database.opening import QUIET_HOURS, new_sessions
from services.messages import Composer, OutgoingMessage, queue_message
from services.messages.queueing_many import NewMessage, queue_messages
from services.messages.quiet_hours import CAN_WAIT
from services.people import PersonRow
from services.settings import PROJECT, Settings


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return local_moment(date(2026, 11, 24) + timedelta(days=days), time(hour, minute))


def due_at(session: Session, message_id: UUID) -> datetime:
    return session.scalars(select(OutgoingMessage.due_at).where(OutgoingMessage.id == message_id)).one()


def queue(session: Session, template: str, now: datetime) -> datetime:
    """When a message that is queued now is to go."""
    phone = {"city": "shenzhen", "phone": "15400000001", "locale": "zh_Hans"}
    return due_at(session, queue_message(session, template, **phone, now=now, name="陈*英"))


@pytest.mark.parametrize(
    ("queued", "goes"),
    [
        (at(8, 59), at(9)),
        (at(9), at(9)),
        (at(11, 29), at(11, 29)),
        (at(11, 30), at(15)),
        (at(13), at(15)),
        (at(15), at(15)),
        (at(17, 59), at(17, 59)),
        (at(18), at(9, days=1)),
        (at(23, 59), at(9, days=1)),
        (at(0), at(9)),
    ],
)
def test_a_text_that_nobody_waits_for_goes_at_the_next_open_hour(
    session: Session, queued: datetime, goes: datetime
) -> None:
    session.info[QUIET_HOURS] = True
    assert queue(session, "allowance_tier", queued) == goes


def test_an_answer_to_what_she_did_goes_at_once_also_at_night(session: Session) -> None:
    session.info[QUIET_HOURS] = True
    for answer in ("reply_stopped", "allowance_accepted", "allowance_approved", "sign_in_code"):
        assert queue(session, answer, at(23)) == at(23)


def test_the_texts_of_a_whole_city_wait_likewise(session: Session) -> None:
    session.info[QUIET_HOURS] = True
    person = session.scalars(select(PersonRow).where(PersonRow.phone_index.is_not(None)).limit(1)).one()
    assert person.phone_sealed
    assert person.phone_index
    many = [
        NewMessage(template, person.id.bytes, person.phone_sealed, person.phone_index, person.locale, {})
        for template in ("allowance_paid", "allowance_accepted")
    ]
    paid, accepted = queue_messages(session, many, city=person.city, now=at(20))
    assert due_at(session, UUID(bytes=paid)) == at(9, days=1)
    assert due_at(session, UUID(bytes=accepted)) == at(20)


def test_only_the_demonstration_rings_whenever_somebody_tries_it_out(database: Database, settings: Settings) -> None:
    for demo in (True, False):
        sessions = new_sessions(database.engine, settings.model_copy(update={"demo": demo}))
        assert sessions().info[QUIET_HOURS] is not demo


def test_every_text_that_can_wait_has_a_template() -> None:
    assert set(Composer(PROJECT / "locales").templates) >= CAN_WAIT
