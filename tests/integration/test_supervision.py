"""What the staff did can be read and exported by a supervisor, and unusual reading is flagged for her."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.audit import AuditEntry
from services.clock import local_moment
from services.database import new_id
from services.people import ADDRESS, Person, PersonRow
from services.records import OpeningReason, open_record, open_record_for_task, rules_on
from services.residents import phone_to_call
from services.sealing import vault_of
from services.staff import NewStaff, add_staff
from services.supervision import (
    FlagKind,
    FlagUnknown,
    LookNoteMissing,
    TrailFilter,
    export_trail,
    find_unusual_reading,
    list_flags,
    look_into,
    read_trail,
)
from services.worker_tasks import TaskKind, open_task
from tests.conftest import NOW, person_named

CITY = "shenzhen"
SYSTEM = Actor.system()
SUPERVISOR = Actor.staff(ActorKind.SUPERVISOR, UUID(int=50), Channel.SCREEN)
WORKER_ID = UUID(int=51)
# A Tuesday; the Saturday after National Day that is worked in exchange; a Sunday.
TUESDAY, WORKED_SATURDAY, SUNDAY = date(2026, 11, 24), date(2026, 10, 10), date(2026, 11, 22)


def worker_of(person: Person, staff_id: UUID = WORKER_ID) -> Actor:
    return Actor.staff(ActorKind.COMMUNITY_WORKER, staff_id, Channel.SCREEN, person.community, person.district)


def opens(session: Session, person: Person, at: datetime, reason: OpeningReason = OpeningReason.SHE_CALLED) -> None:
    open_record(session, worker_of(person), person_id=person.id, reason=reason, now=at)


def neighbours(session: Session, wang: Person, count: int) -> list[Person]:
    """So many people of one community and one building."""
    others = session.scalars(select(PersonRow.name).where(PersonRow.id != wang.id).limit(count - 1)).all()
    people = [wang, *(person_named(session, name) for name in others)]
    for number, person in enumerate(people):
        sealed = vault_of(session).seal(f"罗湖区翠竹街道翠竹社区3栋{number + 1}01(示例)", context=ADDRESS)
        session.execute(
            update(PersonRow)
            .where(PersonRow.id == person.id)
            .values(address_sealed=sealed, community=wang.community, district=wang.district)
        )
    session.expire_all()
    return [person_named(session, person.name) for person in people]


def flags_of(session: Session, day: date) -> dict[FlagKind, int]:
    find_unusual_reading(session, city=CITY, day=day, now=NOW)
    return {flag.kind: flag.records for flag in list_flags(session, SUPERVISOR, city=CITY) if flag.on_day == day}


@pytest.mark.parametrize(
    ("day", "at", "is_flagged"),
    [
        (TUESDAY, time(7), False),
        (TUESDAY, time(6, 59), True),
        (TUESDAY, time(19, 59), False),
        (TUESDAY, time(20), True),
        (SUNDAY, time(10), True),
        # People work on it in exchange for a day of the holidays.
        (WORKED_SATURDAY, time(10), False),
        # A Thursday of National Day.
        (date(2026, 10, 1), time(10), True),
    ],
)
def test_reading_outside_the_working_hours_is_flagged(
    session: Session, wang: Person, day: date, at: time, is_flagged: bool
) -> None:
    opens(session, wang, local_moment(day, at))
    assert (FlagKind.OUTSIDE_HOURS in flags_of(session, day)) is is_flagged


def test_a_call_for_help_at_night_is_no_unusual_reading(session: Session, wang: Person) -> None:
    opens(session, wang, local_moment(TUESDAY, time(23)), OpeningReason.CALL_FOR_HELP)
    assert flags_of(session, TUESDAY) == {}


def test_more_records_than_a_day_of_work_has_are_flagged_once_and_the_flag_grows(
    session: Session, wang: Person
) -> None:
    most, at = rules_on(TUESDAY).records_a_day, local_moment(TUESDAY, time(10))

    def reads(count: int) -> None:
        for _ in range(count):
            session.add(
                AuditEntry(city=CITY, at=at, actor_kind=ActorKind.COMMUNITY_WORKER, actor_staff_id=WORKER_ID,
                           channel=Channel.SCREEN, deed="phone_read", person_id=new_id(), facts={})
            )  # fmt: skip
        session.flush()

    # Of people who moved away nobody knows an address.
    reads(most - 1)
    opens(session, wang, at)
    opens(session, wang, at)
    assert flags_of(session, TUESDAY) == {}
    reads(1)
    assert flags_of(session, TUESDAY) == {FlagKind.MANY_RECORDS: most + 1}
    reads(1)
    assert flags_of(session, TUESDAY) == {FlagKind.MANY_RECORDS: most + 2}


def test_reading_about_the_people_of_one_building_is_flagged_unless_tasks_asked_for_it(
    session: Session, wang: Person
) -> None:
    at = local_moment(TUESDAY, time(10))
    people = neighbours(session, wang, 4)
    task_id = open_task(
        session, kind=TaskKind.NO_CARD, city=CITY, person_id=people[0].id, subject_id=new_id(), facts={}, now=at
    )
    open_record_for_task(session, worker_of(wang), task_id=task_id, now=at)
    for person in people[1:3]:
        opens(session, person, at)
    assert flags_of(session, TUESDAY) == {}
    opens(session, people[3], at)
    assert flags_of(session, TUESDAY) == {FlagKind.NEIGHBOURS: 3}


def test_reading_about_her_own_building_is_flagged_where_she_said_where_she_lives(
    session: Session, wang: Person
) -> None:
    at, (mine,) = local_moment(TUESDAY, time(10)), neighbours(session, wang, 1)
    new = NewStaff("xu.cuizhu", "徐工", ActorKind.COMMUNITY_WORKER, mine.district, mine.community,
                   home_address="罗湖区翠竹街道翠竹社区 3栋1201")  # fmt: skip
    xu, _ = add_staff(session, SYSTEM, new, city=CITY, now=NOW)
    opens(session, mine, at)
    assert flags_of(session, TUESDAY) == {}
    open_record(session, worker_of(mine, xu.id), person_id=mine.id, reason=OpeningReason.SHE_CALLED, now=at)
    assert flags_of(session, TUESDAY) == {FlagKind.OWN_BUILDING: 1}


def test_a_flag_is_looked_into_once_with_what_was_found(session: Session, wang: Person) -> None:
    opens(session, wang, local_moment(SUNDAY, time(10)))
    assert find_unusual_reading(session, city=CITY, day=SUNDAY, now=NOW) == 1
    assert find_unusual_reading(session, city=CITY, day=SUNDAY, now=NOW) == 0
    (flag,) = list_flags(session, SUPERVISOR, city=CITY)
    for note in (" ", "长" * 501):
        with pytest.raises(LookNoteMissing):
            look_into(session, SUPERVISOR, flag_id=flag.id, note=note, now=NOW)
    look_into(session, SUPERVISOR, flag_id=flag.id, note="当天值班", now=NOW)
    look_into(session, SUPERVISOR, flag_id=flag.id, note="又想了想", now=NOW)
    (flag,) = list_flags(session, SUPERVISOR, city=CITY)
    assert (flag.looked_into_by, flag.note) == (SUPERVISOR.staff_id, "当天值班")
    with pytest.raises(FlagUnknown):
        look_into(session, SUPERVISOR, flag_id=new_id(), note="当天值班", now=NOW)
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.deed == "reading_looked_into")).all()) == 1


def test_the_trail_tells_who_did_what_about_whom_and_is_itself_recorded(session: Session, wang: Person) -> None:
    opens(session, wang, NOW)
    huang = person_named(session, "黄婉仪")
    open_record(session, worker_of(huang, UUID(int=52)), person_id=huang.id, reason=OpeningReason.HOME_VISIT, now=NOW)
    found = read_trail(session, SUPERVISOR, wanted=TrailFilter(), city=CITY, now=NOW)
    assert {(each.staff_id, each.deed, each.masked_name) for each in found} >= {
        (WORKER_ID, "record_opened", "王*珍"),
        (UUID(int=52), "record_opened", "黄*仪"),
    }
    for wanted in (TrailFilter(staff_id=WORKER_ID), TrailFilter(person_id=wang.id)):
        (only,) = read_trail(session, SUPERVISOR, wanted=wanted, city=CITY, now=NOW)[-1:]
        assert (only.staff_id, only.person_id, only.deed) == (WORKER_ID, wang.id, "record_opened")
    assert read_trail(session, SUPERVISOR, wanted=TrailFilter(day=SUNDAY), city=CITY, now=NOW) == ()
    read = session.scalars(select(AuditEntry).where(AuditEntry.deed == "trail_read").order_by(AuditEntry.id)).all()
    assert [(entry.subject_id, entry.person_id) for entry in read][1:3] == [(WORKER_ID, None), (None, wang.id)]


def test_the_trail_as_csv_masks_people_and_runs_nothing(session: Session, wang: Person) -> None:
    new = NewStaff("eve.cuizhu", "=cmd|' /C calc'!A0", ActorKind.COMMUNITY_WORKER, wang.district, wang.community)
    eve, _ = add_staff(session, SYSTEM, new, city=CITY, now=NOW)
    open_record(session, worker_of(wang, eve.id), person_id=wang.id, reason=OpeningReason.SHE_CALLED, now=NOW)
    lines = "".join(export_trail(session, SUPERVISOR, wanted=TrailFilter(staff_id=eve.id), city=CITY, now=NOW))
    (row,) = csv.DictReader(io.StringIO(lines))
    assert (row["staff"], row["person"], row["deed"]) == ("'=cmd|' /C calc'!A0", "王*珍", "record_opened")
    assert "王秀珍" not in lines
    assert session.scalars(select(AuditEntry.subject_id).where(AuditEntry.deed == "trail_exported")).all() == [eve.id]


def test_nobody_but_a_supervisor_sees_the_trail_and_she_sees_no_record(session: Session, wang: Person) -> None:
    senior = Actor.senior(wang.id, Channel.SCREEN)
    for actor in (worker_of(wang), senior, Actor.staff(ActorKind.OPERATOR, UUID(int=53), Channel.SCREEN)):
        with pytest.raises(NotAllowed):
            read_trail(session, actor, wanted=TrailFilter(), city=CITY, now=NOW)
        with pytest.raises(NotAllowed):
            export_trail(session, actor, wanted=TrailFilter(), city=CITY, now=NOW)
        with pytest.raises(NotAllowed):
            list_flags(session, actor, city=CITY)
    with pytest.raises(NotAllowed):
        phone_to_call(session, SUPERVISOR, person_id=wang.id, now=NOW)
