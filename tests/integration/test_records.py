"""A worker opens a record with a reason; without one it is closed to her."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed, RecordClosed
from services.audit import AuditEntry
from services.decisions import Choice, decide
from services.people import Person, get_person
from services.records import (
    LONGEST_WORDS,
    OpeningReason,
    OpeningReasonMissing,
    OpeningWordsTooLong,
    open_record,
    open_record_for_task,
    rules_on,
    with_open_records,
)
from services.records.tables import WORDS, RecordOpeningRow
from services.sealing import vault_of
from services.worker_tasks import TaskKind, open_task
from tests.conftest import NOW, person_named

CITY = "shenzhen"
LIU = Actor.staff(ActorKind.COMMUNITY_WORKER, UUID(int=1), Channel.SCREEN, "翠竹", "罗湖区")
OTHER_OF_CUIZHU = Actor.staff(ActorKind.COMMUNITY_WORKER, UUID(int=2), Channel.SCREEN, "翠竹", "罗湖区")
OF_JINGTIAN = Actor.staff(ActorKind.COMMUNITY_WORKER, UUID(int=3), Channel.SCREEN, "景田", "福田区")
OPEN_FOR = rules_on(NOW.date()).open_for


def openings(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.deed == "record_opened")))


def task_about(session: Session, person: Person) -> UUID:
    return open_task(
        session, kind=TaskKind.HELP_WANTED, city=CITY, person_id=person.id, subject_id=person.id, facts={}, now=NOW
    )


def test_a_record_opens_with_a_reason_for_one_worker_and_a_while(session: Session, wang: Person) -> None:
    with pytest.raises(RecordClosed):
        get_person(session, LIU, person_id=wang.id)
    opening = open_record(
        session, LIU, person_id=wang.id, reason=OpeningReason.SHE_IS_HERE, words="王秀珍来问津贴", now=NOW
    )
    assert opening.until_at == NOW + OPEN_FOR
    opened = with_open_records(session, LIU, now=NOW)
    assert get_person(session, opened, person_id=wang.id).id == wang.id
    # Neither after its time nor for a colleague.
    for closed in (
        with_open_records(session, LIU, now=NOW + OPEN_FOR),
        with_open_records(session, OTHER_OF_CUIZHU, now=NOW),
    ):
        with pytest.raises(RecordClosed):
            get_person(session, closed, person_id=wang.id)
    (deed,) = openings(session)
    assert (deed.actor_staff_id, deed.person_id, deed.subject_id) == (LIU.staff_id, wang.id, opening.id)
    assert deed.facts == {"reason": "she_is_here"}, "what she wrote may name people, so it is sealed elsewhere"
    row = session.get_one(RecordOpeningRow, opening.id)
    assert row.words_sealed is not None
    assert vault_of(session).open(row.words_sealed, context=WORDS) == "王秀珍来问津贴"


def test_without_a_reason_nothing_opens(session: Session, wang: Person) -> None:
    for reason, words in ((None, "就看看"), (OpeningReason.OTHER, "  "), (OpeningReason.TASK, "任务")):
        with pytest.raises(OpeningReasonMissing):
            open_record(session, LIU, person_id=wang.id, reason=reason, words=words, now=NOW)
    too_long = "长" * (LONGEST_WORDS + 1)
    with pytest.raises(OpeningWordsTooLong):
        open_record(session, LIU, person_id=wang.id, reason=OpeningReason.OTHER, words=too_long, now=NOW)
    assert openings(session) == []


def test_no_reason_opens_a_record_of_another_community_or_to_others(session: Session, wang: Person) -> None:
    herself = Actor.senior(wang.id, Channel.SCREEN)
    operator = Actor.staff(ActorKind.OPERATOR, UUID(int=4), Channel.SCREEN)
    for actor in (OF_JINGTIAN, herself, operator):
        with pytest.raises(NotAllowed) as refused:
            open_record(session, actor, person_id=wang.id, reason=OpeningReason.SHE_IS_HERE, now=NOW)
        assert not isinstance(refused.value, RecordClosed)
    with pytest.raises(NotAllowed):
        open_record(session, LIU, person_id=UUID(int=9), reason=OpeningReason.SHE_IS_HERE, now=NOW)


def test_a_task_that_waits_is_the_reason_and_a_decided_one_is_none(session: Session, wang: Person) -> None:
    task_id = task_about(session, wang)
    opened = open_record_for_task(session, LIU, task_id=task_id, now=NOW)
    assert get_person(session, opened, person_id=wang.id).id == wang.id
    assert open_record_for_task(session, opened, task_id=task_id, now=NOW) is opened
    (deed,) = openings(session)
    assert deed.facts == {"reason": "task"}
    decide(session, opened, task_id=task_id, choice=Choice.SETTLE, reason="打过电话", now=NOW)
    later = NOW + OPEN_FOR + timedelta(seconds=1)
    still = open_record_for_task(session, with_open_records(session, LIU, now=later), task_id=task_id, now=later)
    with pytest.raises(RecordClosed):
        get_person(session, still, person_id=wang.id)


def test_a_task_of_another_community_opens_nothing(session: Session) -> None:
    task_id = task_about(session, person_named(session, "陈丽英"))
    with pytest.raises(NotAllowed):
        open_record_for_task(session, LIU, task_id=task_id, now=NOW)
    assert openings(session) == []


def test_deciding_opens_the_record_with_the_task_as_the_reason(session: Session, wang: Person) -> None:
    decide(session, LIU, task_id=task_about(session, wang), choice=Choice.SETTLE, reason="打过电话", now=NOW)
    assert [(deed.person_id, deed.facts) for deed in openings(session)] == [(wang.id, {"reason": "task"})]
