"""Long work: asked for in one transaction, done by whoever is there, whole or not at all."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.clock import FixedClock
from services.database import Database, unit_of_work
from services.long_work import LongWork, WorkKind, WorkStatus, ask_for_import, ask_for_work, do_waiting_work, get_work
from services.long_work.asking import UploadEmpty
from services.long_work.reading import WorkUnknown
from services.long_work.tables import LongWorkRow, UploadedPieceRow
from services.long_work.uploads import PIECE_BYTES, forget_upload, keep_upload, open_upload
from services.people import Person, PersonRow
from services.registry.tables import RegistryImportRow
from services.staff.tables import StaffRow
from services.worker_tasks import TaskKind, list_tasks, open_task
from services.worker_tasks.following import follow_people
from tests.conftest import NOW
from tests.extracts import extract, household
from tests.opened import EVERY_RECORD

CITY = "shenzhen"
CLOCK = FixedClock(NOW)
WORKER = Actor.staff(
    ActorKind.COMMUNITY_WORKER, UUID(int=1), Channel.SCREEN, "翠竹", "罗湖区", open_records=EVERY_RECORD
)


def operator(session: Session) -> Actor:
    row = session.scalars(select(StaffRow).where(StaffRow.role == "operator")).one()
    return Actor.staff(ActorKind.OPERATOR, row.id, Channel.SCREEN)


def ask_for(own: Database, content: io.BytesIO) -> UUID:
    with unit_of_work(own.sessions) as session:
        return ask_for_import(session, operator(session), content, city=CITY, now=NOW)


def seen(own: Database, work_id: UUID) -> LongWork:
    with unit_of_work(own.sessions) as session:
        return get_work(session, operator(session), work_id=work_id)


def test_of_two_worker_processes_one_does_the_work(own_database: Database) -> None:
    work_id = ask_for(own_database, extract("household", [household()]))
    ended: list[int] = []
    both = [
        threading.Thread(target=lambda: ended.append(do_waiting_work(own_database.sessions, CLOCK))) for _ in range(2)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(ended) == [0, 1]
    work = seen(own_database, work_id)
    assert (work.status, work.is_over) == (WorkStatus.DONE, True)
    assert work.report is not None
    assert work.report["counts"]["new"] == 1


def test_work_whose_process_died_is_taken_up_and_done_once(own_database: Database) -> None:
    work_id = ask_for(own_database, extract("household", [household()]))
    with unit_of_work(own_database.sessions) as session:
        running = update(LongWorkRow).values(status="running", started_at=func.now())
        session.execute(running.values(touched_at=func.now()))
    assert do_waiting_work(own_database.sessions, CLOCK) == 0, "its process is alive"
    with unit_of_work(own_database.sessions) as session:
        session.execute(update(LongWorkRow).values(touched_at=func.now() - timedelta(seconds=31)))
    assert do_waiting_work(own_database.sessions, CLOCK) == 1
    assert seen(own_database, work_id).status is WorkStatus.DONE
    with unit_of_work(own_database.sessions) as session:
        assert session.scalar(select(func.count()).select_from(RegistryImportRow)) == 1


def test_what_breaks_leaves_nothing_behind_and_does_not_stop_the_others(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        broken = ask_for_work(
            session, operator(session), WorkKind.SCREENING, city=CITY, now=NOW, as_of=NOW.date(), even_if_in_doubt=False
        )
        session.execute(update(LongWorkRow).values(asked={"as_of": "no day"}))
    fine = ask_for(own_database, extract("household", [household()]))
    assert do_waiting_work(own_database.sessions, CLOCK) == 2
    assert seen(own_database, broken).status is WorkStatus.BROKEN
    assert seen(own_database, broken).report == {"code": "ValueError"}
    assert seen(own_database, fine).status is WorkStatus.DONE


def test_a_large_file_goes_through_in_sealed_pieces(session: Session) -> None:
    work_id = ask_for_import(session, operator(session), io.BytesIO(b"x"), city=CITY, now=NOW)
    forget_upload(session, work_id)
    content = ("沈桂英,罗湖区\n" * 300_000).encode()
    assert keep_upload(session, work_id, io.BytesIO(content), city=CITY) == len(content)
    pieces = session.scalars(select(UploadedPieceRow.piece_sealed)).all()
    assert len(pieces) == -(-len(content) // PIECE_BYTES) == 2
    assert not any("沈桂英".encode() in piece for piece in pieces)
    with open_upload(session, work_id) as file:
        assert file.read() == content


def test_only_operators_ask_and_look(session: Session, wang: Person) -> None:
    for actor in (WORKER, Actor.senior(wang.id, Channel.SCREEN), Actor.system()):
        with pytest.raises(NotAllowed):
            ask_for_work(session, actor, WorkKind.LIST_MONTH, city=CITY, now=NOW, month=NOW.date())
    with pytest.raises(NotAllowed):
        get_work(session, WORKER, work_id=wang.id)
    with pytest.raises(WorkUnknown):
        get_work(session, operator(session), work_id=wang.id)
    with pytest.raises(UploadEmpty):
        ask_for_import(session, operator(session), io.BytesIO(b""), city=CITY, now=NOW)


def test_tasks_follow_their_people_to_another_community(session: Session, wang: Person) -> None:
    open_task(session, kind=TaskKind.NO_CARD, city=CITY, person_id=wang.id, subject_id=wang.id, facts={}, now=NOW)
    session.get_one(PersonRow, wang.id).community = "水贝"
    session.flush()
    assert follow_people(session) == 1
    assert follow_people(session) == 0
    session.expire_all()
    assert list_tasks(session, WORKER, now=NOW, kind=TaskKind.NO_CARD) == ()
    there = Actor.staff(
        ActorKind.COMMUNITY_WORKER, UUID(int=2), Channel.SCREEN, "水贝", "罗湖区", open_records=EVERY_RECORD
    )
    assert len(list_tasks(session, there, now=NOW, kind=TaskKind.NO_CARD)) == 1
