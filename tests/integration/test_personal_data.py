"""What is held about somebody: she takes it away, and has deleted what no law keeps."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import meals
from services.actor import Actor, Channel, NotAllowed
from services.all_tables import METADATA
from services.audit import AuditEntry
from services.delegation import delegates_of
from services.emergency_contacts import emergency_contacts_of, note_contact
from services.family import DelegationState, Relation
from services.messages import queue_asked_for_message
from services.people import Person
from services.personal_data import Basis, Section, data_held_about, erase_what_may_go, kept_years_on
from services.personal_data.held import ABOUT_NOBODY, BY_NAME, HELD, OF_FAMILY
from services.sign_in import list_sessions, open_session
from tests.conftest import person_named
from tests.delegating import NOW, acting, agreed_with, herself, worker_of

CITY = "shenzhen"
WANGS_PHONE = "15400000002"


def test_no_table_is_forgotten_and_each_reason_for_keeping_has_its_years() -> None:
    assert set(METADATA.tables) == set(BY_NAME) | ABOUT_NOBODY
    assert not set(BY_NAME) & ABOUT_NOBODY
    for table in METADATA.tables.values():
        if "person_id" in table.c:
            assert table.name in BY_NAME, "whatever names a person is hers"
    assert set(kept_years_on(NOW.date())) == set(Basis) == {held.basis for held in HELD} - {None}


def test_she_takes_away_everything_about_herself_opened_and_nothing_about_others(
    session: Session, wang: Person
) -> None:
    queue_asked_for_message(
        session,
        "sign_in_code",
        city=CITY,
        phone=WANGS_PHONE,
        locale="zh_Hans",
        now=NOW,
        person_id=wang.id,
        code="246810",
    )
    note_contact(
        session, herself(wang), person_id=wang.id, phone="15400000209", relation=Relation.SON, name="小王", now=NOW
    )
    held = data_held_about(session, herself(wang), person_id=wang.id, now=NOW)
    written = held.as_json()
    (said,) = json.loads(written)["held"]["identity"]["persons"]
    assert (said["name"], said["phone"], said["birth_on"]) == ("王秀珍", WANGS_PHONE, wang.birth_on.isoformat())
    assert "15400000209" in written, "whom she wrote down is hers"
    assert "246810" not in written, "a code opens something for whoever finds the file"
    for other in ("陈丽英", "黄婉仪", "15400000001", "15400000003"):
        assert other not in written
    assert "_index" not in written
    assert session.scalars(select(AuditEntry.person_id).where(AuditEntry.deed == "own_data_read")).all() == [wang.id]


def test_every_table_can_be_asked_about_her(session: Session, wang: Person) -> None:
    for held in (*HELD, *OF_FAMILY):
        session.execute(select(func.count()).where(held.about(wang.id))).scalar_one()


def test_nobody_else_takes_it_away_or_deletes_it(session: Session, wang: Person) -> None:
    delegate = acting(session, agreed_with(session, wang, WANGS_PHONE))
    neighbour, stranger = herself(person_named(session, "黄婉仪")), Actor.family_member(UUID(int=2), Channel.SCREEN)
    for actor in (neighbour, worker_of(wang), delegate, stranger):
        with pytest.raises(NotAllowed):
            data_held_about(session, actor, person_id=wang.id, now=NOW)
        with pytest.raises(NotAllowed):
            erase_what_may_go(session, actor, person_id=wang.id, now=NOW)


def test_a_family_member_takes_away_what_is_held_about_herself_and_nothing_about_the_senior(
    session: Session, wang: Person
) -> None:
    delegation = agreed_with(session, wang, WANGS_PHONE)
    daughter = Actor.family_member(delegation.family_member_id, Channel.SCREEN)
    written = data_held_about(session, daughter, person_id=None, now=NOW).as_json()
    held = json.loads(written)["held"]
    assert list(held) == ["identity", "family"]
    assert "王秀珍" not in written
    assert str(wang.id) not in written


def test_what_no_law_keeps_goes_and_the_rest_stays_and_is_named(session: Session, wang: Person) -> None:
    hers = herself(wang)
    agreed_with(session, wang, WANGS_PHONE)
    note_contact(session, hers, person_id=wang.id, phone="15400000209", relation=Relation.SON, name=None, now=NOW)
    meals.set_dietary_marks(session, hers, person_id=wang.id, diets=[], allergies=[], now=NOW)
    this, _other = (
        open_session(session, person_id=wang.id, phone=WANGS_PHONE, city=CITY, now=NOW + timedelta(minutes=minute))
        for minute in range(2)
    )
    now = NOW + timedelta(hours=1)
    (mine,) = (it.id for it in list_sessions(session, hers, person_id=wang.id, token=this, now=now) if it.is_this_one)
    erased = erase_what_may_go(session, hers, person_id=wang.id, session_id=mine, now=now)
    assert erased.delegates == 1
    assert erased.gone[Section.DEVICES] == erased.gone[Section.EMERGENCIES] == 1
    assert set(erased.kept) == set(Basis)
    assert emergency_contacts_of(session, hers, person_id=wang.id, now=now) == ()
    assert [it.id for it in list_sessions(session, hers, person_id=wang.id, now=now)] == [mine]
    assert not any(
        each.state is not DelegationState.ENDED for each in delegates_of(session, hers, person_id=wang.id, now=now)
    )
    held = {each.section for each in data_held_about(session, hers, person_id=wang.id, now=now).sections}
    assert {Section.IDENTITY, Section.FAMILY, Section.DEEDS} <= held, "what the law keeps"
    again = erase_what_may_go(session, hers, person_id=wang.id, session_id=mine, now=now)
    assert (again.gone, again.delegates) == ({}, 0)
