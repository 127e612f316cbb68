"""A worker assists a senior at the desk: what may be done, how it is recorded, and what the senior is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Capability, Channel, NotAllowed
from services.allowances import agree_to_offer
from services.audit import AuditEntry
from services.delegation import deeds_for, delegates_of, tell_of_deeds
from services.desk_help import NotAtTheDesk, assist, begin_at_desk, end_at_desk
from services.meals import Meal, book_meal, quote_meal, suggest_menu
from services.people import Person, PersonRow, get_person
from services.records import OpeningReason, open_record, rules_on, with_open_records
from services.staff import StaffMember, list_staff
from services.worker_tasks import list_tasks
from tests.conftest import person_named
from tests.delegating import CITY, NOW, herself, joined, texts_at
from tests.integration.phones import offer_to

WANGS_PHONE = "15400000002"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def liu(session: Session, wang: Person) -> StaffMember:
    """刘工, who works in the community of 王秀珍."""
    every = list_staff(session, Actor.system(), city=CITY)
    return next(each for each in every if each.role is ActorKind.COMMUNITY_WORKER and each.community == wang.community)


def at_work(session: Session, worker: StaffMember, at: datetime = LATER) -> Actor:
    """The worker on her own pages, with what is open to her."""
    return with_open_records(session, worker.acting(Channel.SCREEN), now=at)


def assisting(session: Session, worker: StaffMember, person: Person) -> Actor:
    """The worker while the senior is with her."""
    begin_at_desk(session, at_work(session, worker), person_id=person.id, now=NOW)
    return assist(session, at_work(session, worker), person_id=person.id, now=LATER)


def test_what_is_done_at_the_desk_is_hers_with_the_worker_beside_it_and_she_is_told(
    session: Session, wang: Person, liu: StaffMember
) -> None:
    actor = assisting(session, liu, wang)
    day = LATER.date() + timedelta(days=1)
    menu = suggest_menu(session, actor, person_id=wang.id, day=day, meal=Meal.LUNCH, delivery=None, now=LATER)
    about = {"person_id": wang.id, "menu_id": menu.id, "quantity": 1, "delivery": False, "now": LATER}
    quote = quote_meal(session, actor, **about)  # type: ignore[arg-type]
    pays = quote.split.to_pay_fen
    booking = book_meal(session, actor, agreed_to_pay_fen=pays, request_id=uuid4(), **about)  # type: ignore[arg-type]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "meal_booked")).one()
    assert (entry.on_behalf_of, entry.actor_staff_id, entry.channel) == (wang.id, liu.id, "desk")
    assert tell_of_deeds(joined(session), now=LATER) == 1
    assert tell_of_deeds(joined(session), now=LATER) == 0
    assert texts_at(session, WANGS_PHONE)[-2:] == ["meal_booked", "desk_did"]
    session.expire_all()
    done = [deed for deed in deeds_for(session, herself(wang), person_id=wang.id) if deed.word]
    assert [(deed.word, deed.worker_name, deed.family_name) for deed in done] == [("did_meal_booked", liu.name, None)]
    assert done[0].subject_id == booking.id


def test_several_deeds_of_a_moment_are_one_text(session: Session, wang: Person, liu: StaffMember) -> None:
    actor = assisting(session, liu, wang)
    case = offer_to(session, wang, WANGS_PHONE, now=NOW)
    agree_to_offer(session, actor, case_id=case.id, now=LATER)
    assert tell_of_deeds(joined(session), now=LATER) == 1
    assert texts_at(session, WANGS_PHONE)[-1] in ("desk_did", "desk_did_several")


def test_who_has_no_phone_is_helped_all_the_same(session: Session, wang: Person, liu: StaffMember) -> None:
    row = session.get_one(PersonRow, wang.id)
    row.phone_sealed = row.phone_index = None
    case = offer_to(session, wang, WANGS_PHONE, now=NOW)
    agree_to_offer(session, assisting(session, liu, wang), case_id=case.id, now=LATER)
    assert tell_of_deeds(joined(session), now=LATER) == 0
    session.expire_all()
    assert any(deed.word == "did_offer_agreed" for deed in deeds_for(session, herself(wang), person_id=wang.id))


def test_nothing_is_done_on_her_behalf_unless_the_worker_said_that_she_is_here(
    session: Session, wang: Person, liu: StaffMember
) -> None:
    open_record(session, at_work(session, liu), person_id=wang.id, reason=OpeningReason.SHE_CALLED, now=NOW)
    with pytest.raises(NotAtTheDesk):
        assist(session, at_work(session, liu), person_id=wang.id, now=LATER)
    actor = assisting(session, liu, wang)
    assert get_person(session, actor, person_id=wang.id).id == wang.id
    # It is over when the senior goes, and by itself after a while.
    end_at_desk(session, at_work(session, liu), person_id=wang.id, now=LATER)
    after = LATER + timedelta(seconds=1)
    with pytest.raises(NotAtTheDesk):
        assist(session, at_work(session, liu, after), person_id=wang.id, now=after)
    begin_at_desk(session, at_work(session, liu, after), person_id=wang.id, now=after)
    late = after + rules_on(NOW.date()).open_for
    with pytest.raises(NotAtTheDesk):
        assist(session, at_work(session, liu, late), person_id=wang.id, now=late)


def test_at_the_desk_she_is_helped_in_her_own_matters_and_decided_about_in_none(
    session: Session, wang: Person, liu: StaffMember
) -> None:
    actor = assisting(session, liu, wang)
    assert not actor.may & {Capability.DECIDE_CASES, Capability.MANAGE_DELEGATION, Capability.OVERSEE_DELEGATION}
    with pytest.raises(NotAllowed):
        delegates_of(session, actor, person_id=wang.id, now=LATER)
    with pytest.raises(NotAllowed):
        list_tasks(session, actor, now=LATER)
    with pytest.raises(NotAllowed):
        get_person(session, actor, person_id=person_named(session, "黄婉仪").id)


def test_a_worker_assists_nobody_of_another_community(session: Session, liu: StaffMember) -> None:
    elsewhere = person_named(session, "陈丽英")
    with pytest.raises(NotAllowed):
        begin_at_desk(session, at_work(session, liu), person_id=elsewhere.id, now=NOW)
