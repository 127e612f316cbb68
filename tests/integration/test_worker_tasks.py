"""What waits for a worker: opened once, seen by those whom it concerns, closed with a decision."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.audit import AuditEntry
from services.database import new_id
from services.people import Person, PersonRow, get_person
from services.worker_tasks import (
    NewTask,
    TaskKind,
    TaskStatus,
    close_task,
    count_tasks,
    get_task,
    list_tasks,
    open_task,
    open_tasks,
    tasks_of,
)
from tests.conftest import NOW, person_named
from tests.opened import EVERY_RECORD

CITY = "shenzhen"
OF_CUIZHU = Actor.staff(
    ActorKind.COMMUNITY_WORKER, UUID(int=1), Channel.SCREEN, "翠竹", "罗湖区", open_records=EVERY_RECORD
)
OF_JINGTIAN = Actor.staff(
    ActorKind.COMMUNITY_WORKER, UUID(int=2), Channel.SCREEN, "景田", "福田区", open_records=EVERY_RECORD
)
OPERATOR = Actor.staff(ActorKind.OPERATOR, UUID(int=3), Channel.SCREEN)


def opened(session: Session, person: Person | None, kind: TaskKind = TaskKind.NO_CARD, **more: object) -> UUID:
    subject_id = more.pop("subject_id", None) or (person.id if person else new_id())
    return open_task(
        session,
        kind=kind,
        city=CITY,
        person_id=person.id if person else None,
        subject_id=subject_id,  # type: ignore[arg-type]
        facts={},
        now=NOW,
        **more,  # type: ignore[arg-type]
    )


def test_a_matter_that_waits_is_opened_once_and_its_facts_are_merged(session: Session, wang: Person) -> None:
    first = open_task(
        session, kind=TaskKind.NO_CARD, city=CITY, person_id=wang.id, subject_id=wang.id, facts={"tries": 1}, now=NOW
    )
    facts = {"tries": 2, "since": date(2026, 11, 1)}
    again = open_task(
        session, kind=TaskKind.NO_CARD, city=CITY, person_id=wang.id, subject_id=wang.id, facts=facts, now=NOW
    )
    assert first == again
    task = get_task(session, OF_CUIZHU, task_id=first)
    assert task.facts == {"tries": 2, "since": "2026-11-01"}
    assert (task.status, task.district, task.community) == (TaskStatus.OPEN, "罗湖区", "翠竹")


def test_a_task_is_due_in_five_working_days(session: Session, wang: Person) -> None:
    task_id = opened(session, wang)
    # Tuesday 24 November in Shenzhen, although still Monday in UTC; the weekend does not count.
    assert get_task(session, OF_CUIZHU, task_id=task_id).due_on == date(2026, 12, 1)
    soon = opened(session, wang, TaskKind.REVIEW, due_on=date(2026, 11, 25))
    assert get_task(session, OF_CUIZHU, task_id=soon).due_on == date(2026, 11, 25)


def test_a_worker_sees_the_tasks_of_her_community_only(session: Session, wang: Person) -> None:
    task_id = opened(session, wang)
    assert [task.id for task in list_tasks(session, OF_CUIZHU, now=NOW)] == [task_id]
    assert list_tasks(session, OF_JINGTIAN, now=NOW) == ()
    assert count_tasks(session, OF_JINGTIAN) == {}
    with pytest.raises(NotAllowed):
        get_task(session, OF_JINGTIAN, task_id=task_id)
    with pytest.raises(NotAllowed):
        tasks_of(session, OF_JINGTIAN, person_id=wang.id)
    with pytest.raises(NotAllowed):
        list_tasks(session, Actor.senior(wang.id, Channel.SCREEN), now=NOW)


def test_what_belongs_to_no_known_community_waits_with_the_operators(session: Session, wang: Person) -> None:
    of_nobody = opened(session, None, TaskKind.DOUBTFUL_MATCH)
    opened(session, wang)
    assert [task.id for task in list_tasks(session, OPERATOR, now=NOW)] == [of_nobody]
    assert [task.id for task in list_tasks(session, OF_CUIZHU, now=NOW)] != [of_nobody]


def test_what_is_due_first_comes_first_page_by_page(session: Session, wang: Person) -> None:
    days = [date(2026, 11, 30), date(2026, 11, 26), date(2026, 11, 28)]
    for day in days:
        opened(session, wang, TaskKind.REVIEW, subject_id=new_id(), due_on=day)
    opened(session, wang)
    pages = [list_tasks(session, OF_CUIZHU, now=NOW, kind=TaskKind.REVIEW, limit=2, offset=start) for start in (0, 2)]
    assert [task.due_on for page in pages for task in page] == sorted(days)
    assert count_tasks(session, OF_CUIZHU) == {TaskKind.REVIEW: 3, TaskKind.NO_CARD: 1}


def test_a_closed_task_tells_who_decided_what_and_a_new_one_can_be_opened(session: Session, wang: Person) -> None:
    task_id = opened(session, wang)
    later = NOW + timedelta(hours=1)
    for decision in ("settled", "settled again"):
        close_task(
            session, OF_CUIZHU, kind=TaskKind.NO_CARD, subject_id=wang.id, decision=decision, reason="已办卡", now=later
        )
    task = get_task(session, OF_CUIZHU, task_id=task_id)
    assert (task.status, task.decision, task.reason) == (TaskStatus.CLOSED, "settled", "已办卡")
    assert (task.decided_at, task.decided_by) == (later, UUID(int=1))
    assert opened(session, wang) != task_id
    assert [each.is_open for each in tasks_of(session, OF_CUIZHU, person_id=wang.id)] == [True, False]
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "task_closed"))
    assert entry.actor_staff_id == UUID(int=1)
    assert "已办卡" not in str(entry.facts)


def test_thousands_of_tasks_are_opened_in_one_statement(session: Session, wang: Person) -> None:
    chen = person_named(session, "陈丽英")
    ids = open_tasks(
        session,
        kind=TaskKind.NO_CARD,
        city=CITY,
        tasks=[NewTask(wang.id, wang.id, {"a": 1}), NewTask(chen.id, chen.id), NewTask(wang.id, wang.id, {"b": 2})],
        now=NOW,
    )
    assert set(ids) == {wang.id, chen.id}
    assert get_task(session, OF_CUIZHU, task_id=ids[wang.id]).facts == {"a": 1, "b": 2}
    assert open_tasks(session, kind=TaskKind.NO_CARD, city=CITY, tasks=[], now=NOW) == {}


def test_a_worker_reads_the_records_of_her_community_and_each_read_is_recorded(session: Session, wang: Person) -> None:
    assert get_person(session, OF_CUIZHU, person_id=wang.id).name == "王秀珍"
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "person_read"))
    assert (entry.actor_staff_id, entry.person_id) == (UUID(int=1), wang.id)
    for actor in (OF_JINGTIAN, OPERATOR):
        with pytest.raises(NotAllowed):
            get_person(session, actor, person_id=wang.id)
    session.get_one(PersonRow, wang.id).community = None
    with pytest.raises(NotAllowed):
        get_person(session, OF_CUIZHU, person_id=wang.id)
