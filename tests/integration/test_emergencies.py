"""A call for help: one alarm, texts in order, a minute to call it off, people who take and close it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed, Scope
from services.audit import AuditEntry
from services.database import Database, new_id, unit_of_work
from services.emergencies import (
    ClosingReasonMissing,
    EmergencyEventKind,
    EmergencyOver,
    EmergencyState,
    EmergencyUnknown,
    alarms_for,
    charges_in_emergency,
    close_emergency,
    get_dossier,
    latest_emergency,
    open_emergency,
    raise_emergency,
    say_all_well,
    says_all_well,
    take_emergency,
)
from services.emergencies.tables import EmergencyRow
from services.emergency_contacts import (
    CallBackOutcome,
    ContactIsHerself,
    ContactUnknown,
    TooManyContacts,
    ask_community_to_call,
    ask_to_call_back,
    emergency_contacts_of,
    family_to_call,
    note_contact,
    remove_contact,
)
from services.family import Relation
from services.inbox import HandledAs, receive
from services.inbox import handle as read_text
from services.inbox.tables import IncomingMessageRow
from services.messages import OutgoingMessage
from services.messages.phone_notes import PhoneNote, note_phone
from services.people import Person
from services.worker_tasks import TaskKind
from tests.allowances import tasks_about
from tests.conftest import NOW, person_named
from tests.delegating import (
    CITY,
    DAUGHTERS_PHONE,
    NEXT_DAY,
    SONS_PHONE,
    acting,
    agreed_with,
    as_family,
    family_member,
    herself,
    texts_at,
    worker_of,
)

HERS = "15400000002"
OPERATOR = Actor.staff(ActorKind.OPERATOR, new_id(), Channel.SCREEN)
A_SECOND, A_MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def note_son(session: Session, person: Person, phone: str = SONS_PHONE) -> UUID:
    return note_contact(
        session, herself(person), person_id=person.id, phone=phone, relation=Relation.SON, name="王大", now=NOW
    )


def kinds(session: Session, emergency_id: UUID, actor: Actor) -> list[EmergencyEventKind]:
    return [event.kind for event in get_dossier(session, actor, emergency_id=emergency_id, now=NOW).events]


def test_one_call_is_an_alarm_at_once_and_a_text_to_each_contact_in_order(session: Session, wang: Person) -> None:
    note_son(session, wang)
    agreed_with(session, wang, HERS, now=NOW - timedelta(days=3))
    raised = raise_emergency(session, herself(wang, Channel.VOICE), person_id=wang.id, now=NOW)
    assert raised.state is EmergencyState.RAISED
    # The delegate has proved her phone and said yes: she comes first.
    assert [each.relation for each in raised.texted] == [Relation.DAUGHTER, Relation.SON]
    sent = select(OutgoingMessage).where(OutgoingMessage.template == "emergency_raised").order_by(OutgoingMessage.id)
    rows = session.scalars(sent).all()
    assert len(rows) == 2
    # Before whatever else waits on a day on which the whole city is written to.
    assert all(row.due_at < NOW for row in rows)
    (alarm,) = alarms_for(session, worker_of(wang), city=CITY, now=NOW)
    assert (alarm.emergency.id, alarm.masked_name) == (raised.id, wang.masked_name)


def test_pressing_twice_is_one_alarm_and_nobody_is_told_twice(session: Session, wang: Person) -> None:
    note_son(session, wang)
    first = raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    again = raise_emergency(session, herself(wang, Channel.VOICE), person_id=wang.id, now=NOW + A_SECOND)
    assert again.id == first.id
    assert texts_at(session, SONS_PHONE).count("emergency_raised") == 1
    assert kinds(session, first.id, worker_of(wang))[-1] is EmergencyEventKind.RAISED_AGAIN


def test_two_presses_at_the_same_moment_are_one_alarm(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        wang = person_named(session, "王秀珍")
    together = Barrier(2)

    def press() -> None:
        with unit_of_work(own_database.sessions) as session:
            together.wait()
            raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)

    presses = [Thread(target=press) for _ in range(2)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    with unit_of_work(own_database.sessions) as session:
        assert len(session.scalars(select(EmergencyRow)).all()) == 1


@pytest.mark.parametrize("later", [timedelta(0), A_MINUTE])
def test_within_a_minute_she_calls_it_off_and_everybody_hears_of_it(
    session: Session, wang: Person, later: timedelta
) -> None:
    note_son(session, wang)
    raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    ended = say_all_well(session, herself(wang), person_id=wang.id, now=NOW + later)
    assert ended is not None
    assert ended.state is EmergencyState.CALLED_OFF
    assert texts_at(session, SONS_PHONE)[-1] == "emergency_called_off"
    assert open_emergency(session, herself(wang), person_id=wang.id) is None
    # A new call is a new alarm.
    assert raise_emergency(session, herself(wang), person_id=wang.id, now=NOW + later + A_SECOND).id != ended.id


def test_after_the_minute_only_a_person_of_the_staff_closes_it_and_says_why(session: Session, wang: Person) -> None:
    later, worker = NOW + A_MINUTE + A_SECOND, worker_of(wang)
    raised = raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    still = say_all_well(session, herself(wang), person_id=wang.id, now=later)
    assert still is not None
    assert still.is_open
    assert still.said_all_well_at == later
    with pytest.raises(NotAllowed):
        close_emergency(session, herself(wang), emergency_id=raised.id, reason="没事", now=later)
    with pytest.raises(ClosingReasonMissing):
        close_emergency(session, worker, emergency_id=raised.id, reason="  ", now=later)
    closed = close_emergency(session, worker, emergency_id=raised.id, reason="上门看过，人平安", now=later)
    assert closed.state is EmergencyState.CLOSED
    assert close_emergency(session, worker, emergency_id=raised.id, reason="", now=later) == closed
    event = get_dossier(session, worker, emergency_id=raised.id, now=later).events[-1]
    assert (event.kind, event.note, event.actor_id) == (EmergencyEventKind.CLOSED, "上门看过，人平安", worker.staff_id)
    # The record of deeds holds the deed, and not what a worker wrote.
    deeds = session.scalars(select(AuditEntry).where(AuditEntry.deed == "emergency_closed")).all()
    assert [deed.facts for deed in deeds] == [{}]


def test_somebody_takes_it_the_first_one_stands_and_what_she_called_off_is_over(session: Session, wang: Person) -> None:
    one, other = worker_of(wang), worker_of(wang)
    raised = raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    taken = take_emergency(session, one, emergency_id=raised.id, now=NOW)
    assert take_emergency(session, other, emergency_id=raised.id, now=NOW + A_SECOND) == taken
    assert taken.taken_by == one.staff_id
    # Also what was taken can still be called off within the minute.
    say_all_well(session, herself(wang), person_id=wang.id, now=NOW + A_SECOND)
    for step in (
        lambda: take_emergency(session, one, emergency_id=raised.id, now=NOW),
        lambda: close_emergency(session, one, emergency_id=raised.id, reason="x", now=NOW),
    ):
        with pytest.raises(EmergencyOver):
            step()
    last = latest_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    assert last is not None
    assert last.state is EmergencyState.CALLED_OFF


def test_an_alarm_is_her_communitys_and_after_five_minutes_the_operators_too(session: Session, wang: Person) -> None:
    raised = raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    elsewhere = replace(worker_of(wang), community="景田", district="福田区")
    later = NOW + timedelta(minutes=5)
    assert alarms_for(session, elsewhere, city=CITY, now=later) == ()
    with pytest.raises(NotAllowed):
        take_emergency(session, elsewhere, emergency_id=raised.id, now=later)
    assert alarms_for(session, OPERATOR, city=CITY, now=NOW) == ()
    with pytest.raises(EmergencyUnknown):
        get_dossier(session, OPERATOR, emergency_id=raised.id, now=NOW)
    assert len(alarms_for(session, OPERATOR, city=CITY, now=later)) == 1
    take_emergency(session, OPERATOR, emergency_id=raised.id, now=later)
    close_emergency(session, OPERATOR, emergency_id=raised.id, reason="打过电话", now=later)
    canteen = Actor.staff(ActorKind.CANTEEN, new_id(), Channel.SCREEN, workplace_id=new_id())
    for stranger in (canteen, herself(person_named(session, "陈丽英"))):
        with pytest.raises(NotAllowed):
            get_dossier(session, stranger, emergency_id=raised.id, now=later)


def test_whoever_lives_in_no_known_community_is_not_forgotten(session: Session, wang: Person) -> None:
    session.execute(text("UPDATE persons SET community = NULL WHERE id = :id"), {"id": wang.id})
    session.expire_all()
    raised = raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    assert [each.emergency.id for each in alarms_for(session, OPERATOR, city=CITY, now=NOW)] == [raised.id]


def test_whoever_looks_after_her_sees_all_that_helps_and_the_look_is_recorded(session: Session, wang: Person) -> None:
    note_son(session, wang)
    raised = raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    dossier = get_dossier(session, worker_of(wang), emergency_id=raised.id, now=NOW)
    assert (dossier.name, dossier.phone) == (wang.name, HERS)
    assert dossier.address
    assert [contact.phone for contact in dossier.contacts] == [SONS_PHONE]
    read = session.scalars(select(AuditEntry).where(AuditEntry.deed == "emergency_read")).all()
    assert [entry.person_id for entry in read] == [wang.id]


def test_a_contact_whose_phone_wants_no_messages_is_named_to_the_worker(session: Session, wang: Person) -> None:
    note_son(session, wang)
    note_phone(session, PhoneNote.STOPPED, city=CITY, phone=SONS_PHONE, now=NOW)
    raised = raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    assert [each.status for each in raised.texted] == [None]
    assert kinds(session, raised.id, worker_of(wang))[-1] is EmergencyEventKind.CONTACT_NOT_TEXTED


def test_a_delegate_sees_an_open_alarm_only_where_she_is_to_be_called(session: Session, wang: Person) -> None:
    daughter = family_member(session)
    agreed = agreed_with(session, wang, HERS, member=daughter, scopes=[Scope.EMERGENCIES])
    raise_emergency(session, herself(wang), person_id=wang.id, now=NEXT_DAY)
    assert open_emergency(session, acting(session, agreed), person_id=wang.id) is not None
    assert charges_in_emergency(session, as_family(daughter), now=NEXT_DAY) == {agreed.id}
    with pytest.raises(NotAllowed):
        raise_emergency(session, acting(session, agreed), person_id=wang.id, now=NEXT_DAY)
    son = family_member(session, phone=SONS_PHONE, name="王大")
    books = agreed_with(session, wang, HERS, member=son, relation=Relation.SON, scopes=[Scope.BOOK_AND_CANCEL])
    assert charges_in_emergency(session, as_family(son), now=NEXT_DAY) == frozenset()
    with pytest.raises(NotAllowed):
        open_emergency(session, acting(session, books), person_id=wang.id)


def test_what_happened_is_only_ever_added_to(session: Session, wang: Person) -> None:
    raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    with pytest.raises(DatabaseError, match="only ever added"):
        session.execute(text("UPDATE emergency_events SET kind = 'closed'"))


def texted(session: Session, said: str, number: int, *, later: timedelta = A_SECOND) -> HandledAs:
    at = NOW + later
    about = {"gateway": "demo_phone", "gateway_message_id": f"e{number}", "to": "106", "received_at": at}
    assert receive(session, city=CITY, phone=HERS, text=said, **about)
    newest = select(IncomingMessageRow.id).where(IncomingMessageRow.gateway_message_id == f"e{number}")
    return read_text(session, session.scalars(newest).one(), now=at)


def test_she_calls_for_help_and_calls_it_off_by_text_message(session: Session, wang: Person) -> None:
    assert texted(session, "救命！", 1) is HandledAs.EMERGENCY_RAISED
    raised = open_emergency(session, herself(wang), person_id=wang.id)
    assert raised is not None
    assert raised.raised_through == Channel.TEXT_MESSAGE
    assert texted(session, "没事，按错了", 2, later=timedelta(seconds=30)) is HandledAs.SAID_ALL_WELL
    assert open_emergency(session, herself(wang), person_id=wang.id) is None
    assert texts_at(session, HERS)[-2:] == ["reply_help_called", "reply_called_off"]
    # Without an alarm the same words are no word about one.
    assert texted(session, "没事，按错了", 3, later=A_MINUTE) is not HandledAs.SAID_ALL_WELL


def test_a_text_that_is_late_silences_nothing(session: Session, wang: Person) -> None:
    raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    assert texted(session, "没事", 1, later=timedelta(seconds=61)) is HandledAs.SAID_ALL_WELL
    assert open_emergency(session, herself(wang), person_id=wang.id) is not None
    assert texts_at(session, HERS)[-1] == "reply_somebody_looks"


def test_contacts_are_noted_once_told_and_removed(session: Session, wang: Person) -> None:
    son = note_son(session, wang)
    assert note_son(session, wang, "+86 154-0000-0202") == son
    assert texts_at(session, SONS_PHONE) == ["emergency_contact_noted"]
    with pytest.raises(ContactIsHerself):
        note_son(session, wang, HERS)
    for number in range(4):
        note_son(session, wang, f"1540000030{number}")
    with pytest.raises(TooManyContacts):
        note_son(session, wang, "15400000309")
    remove_contact(session, herself(wang), person_id=wang.id, contact_id=son, now=NOW)
    remove_contact(session, herself(wang), person_id=wang.id, contact_id=son, now=NOW)
    listed = emergency_contacts_of(session, worker_of(wang), person_id=wang.id, now=NOW)
    assert SONS_PHONE not in [each.phone for each in listed]
    chen = person_named(session, "陈丽英")
    for refused in (
        lambda: remove_contact(session, herself(chen), person_id=chen.id, contact_id=son, now=NOW),
        lambda: note_contact(
            session, herself(chen), person_id=wang.id, phone=SONS_PHONE, relation=Relation.SON, now=NOW
        ),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert issubclass(ContactUnknown, NotAllowed)


def test_whoever_is_to_call_back_gets_one_text_in_ten_minutes(session: Session, wang: Person) -> None:
    son = note_son(session, wang)
    about = {"person_id": wang.id, "contact_id": son}
    outcomes = [
        ask_to_call_back(session, herself(wang), now=NOW + timedelta(minutes=after), **about).outcome
        for after in (0, 1, 11)
    ]
    assert outcomes == [CallBackOutcome.TEXTED, CallBackOutcome.TEXTED_BEFORE, CallBackOutcome.TEXTED]
    assert texts_at(session, SONS_PHONE).count("call_back_asked") == 2
    note_phone(session, PhoneNote.STOPPED, city=CITY, phone=SONS_PHONE, now=NOW)
    refused = ask_to_call_back(session, herself(wang), now=NOW + timedelta(hours=1), **about)
    assert refused.outcome is CallBackOutcome.WANTS_NO_TEXTS
    chen = person_named(session, "陈丽英")
    with pytest.raises(ContactUnknown):
        ask_to_call_back(session, herself(chen), person_id=chen.id, contact_id=son, now=NOW)


def test_a_delegate_of_any_scope_can_be_called_and_her_community_gets_one_task(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, HERS, scopes=[Scope.CERTIFY])
    listed = family_to_call(session, herself(wang), person_id=wang.id, now=NEXT_DAY)
    assert [each.id for each in listed] == [agreed.family_member_id]
    days = [ask_community_to_call(session, herself(wang), person_id=wang.id, now=NOW) for _ in range(2)]
    assert set(days) == {date(2026, 11, 25)}
    assert tasks_about(session, wang)[TaskKind.HELP_WANTED].due_on == days[0]


def test_a_phone_that_is_a_delegates_and_a_contacts_is_told_once(session: Session, wang: Person) -> None:
    note_son(session, wang, DAUGHTERS_PHONE)
    agreed_with(session, wang, HERS, now=NOW - timedelta(days=3))
    raised = raise_emergency(session, herself(wang), person_id=wang.id, now=NOW)
    assert [each.relation for each in raised.texted] == [Relation.DAUGHTER]


@pytest.mark.parametrize(
    "said", ["没事，按错了", "没事", "哎呀不好意思，我没事，是不小心碰到的", "冇事，撳錯咗", "我没事，放心"]
)
def test_words_that_call_it_off(said: str) -> None:
    assert says_all_well(said)


@pytest.mark.parametrize(
    "said",
    [
        "没事才怪",
        "没事，就是起不来",
        "不是没事",
        "没事不要打电话",
        "好的",
        "是",
        "",
        "按",
        "我妈没事，我有事",
        "没事" * 30,
    ],
)
def test_words_that_silence_no_alarm(said: str) -> None:
    assert not says_all_well(said)
