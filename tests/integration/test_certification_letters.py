"""What goes out to many at once: few statements, and nobody who must not be written to."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certification import ReminderReport, open_campaign, send_reminders
from services.messages import OutgoingMessage
from services.messages.phone_notes import PhoneNote, note_phone
from services.people import Person, phone_of
from services.worker_tasks import TaskKind
from tests.certifying import (
    CITY,
    OPENING,
    SYSTEM,
    begin_empty,
    paid_case,
    paid_copies,
    tasks_about,
    texts_to,
)
from tests.conftest import person_named
from tests.integration.statements import statements


@pytest.fixture(autouse=True)
def only_she_is_paid(session: Session, wang: Person) -> None:
    """王秀珍 is paid, and nobody else."""
    begin_empty(session)
    paid_case(session, wang)


def told(session: Session) -> ReminderReport:
    return send_reminders(session, SYSTEM, city=CITY, now=OPENING)


def test_telling_many_takes_no_more_statements_than_telling_a_few(session: Session, wang: Person) -> None:
    paid_copies(session, wang, 80)
    open_campaign(session, SYSTEM, city=CITY, now=OPENING)
    with statements(session) as asked:
        assert told(session).asked == 81
    assert len(asked) < 20
    assert len(session.scalars(select(OutgoingMessage).where(OutgoingMessage.queued_at == OPENING)).all()) == 81


def test_who_wants_no_messages_is_told_by_a_worker(session: Session, wang: Person) -> None:
    phone = phone_of(session, wang.id)
    assert phone is not None
    note_phone(session, PhoneNote.STOPPED, city=CITY, phone=phone, now=OPENING)
    open_campaign(session, SYSTEM, city=CITY, now=OPENING)
    told(session)
    assert TaskKind.STOPPED_MESSAGES in {task.kind for task in tasks_about(session, wang, OPENING)}
    (message,) = session.scalars(select(OutgoingMessage).where(OutgoingMessage.person_id == wang.id))
    assert (message.template, message.status) == ("certification_due", "failed")


def test_a_doubt_about_her_husband_at_their_phone_keeps_nothing_from_her(session: Session, wang: Person) -> None:
    phone, husband = phone_of(session, wang.id), person_named(session, "林国华")
    assert phone is not None
    note_phone(session, PhoneNote.DOUBTFUL, city=CITY, phone=phone, now=OPENING, person_id=husband.id)
    open_campaign(session, SYSTEM, city=CITY, now=OPENING)
    told(session)
    assert texts_to(session, wang) == ["certification_due"]
    (message,) = session.scalars(select(OutgoingMessage).where(OutgoingMessage.person_id == wang.id))
    assert message.status == "queued"
