"""The visit itself: a care worker begins and ends it on her phone, or nobody opens."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.calendar.engagements import EngagementRow
from services.database import new_id
from services.home_care import (
    LONGEST_WORDS,
    EventKind,
    Place,
    ServiceBookingUnknown,
    ServiceState,
    TooEarly,
    VisitStepNotPossible,
    WordsTooLong,
    assign_workers,
    end_visit,
    get_my_visit,
    get_provider_visit,
    list_booking_events,
    list_my_visits,
    record_not_at_home,
    start_visit,
)
from services.people import Person
from services.vouchers import held_vouchers
from services.worker_tasks import TaskKind
from tests.allowances import tasks_about
from tests.conftest import NOW, person_named
from tests.visits import (
    A_DAY,
    QUARTER,
    TODAY,
    TOMORROW,
    care_worker,
    community_worker_of,
    herself,
    look_after,
    mei,
    office,
    texts_to,
    visit,
)

HERE = Place(22.571, 114.13, 12.5)
HALF_AN_HOUR = timedelta(minutes=30)


def test_a_visit_is_begun_and_ended_with_time_place_and_note(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    starts_at, ends_at = found.row.starts_at, found.row.ends_at
    begun = start_visit(session, mei(session), booking_id=found.id, place=HERE, now=starts_at)
    assert (begun.booking.state, begun.booking.started_at, begun.start_place) == ("visiting", starts_at, HERE)
    over = end_visit(session, mei(session), booking_id=found.id, note="  血压正常  ", now=ends_at)
    assert (over.booking.state, over.booking.ended_at, over.end_place) == ("done", ends_at, None)
    assert over.note == "血压正常"
    # What happened on a second press is what had happened.
    again = end_visit(session, mei(session), booking_id=found.id, note="别的", place=HERE, now=ends_at + QUARTER)
    assert again.note == "血压正常"
    assert again.booking.ended_at == ends_at
    assert texts_to(session, wang)[-1] == "service_done"
    kinds = [event.kind for event in list_booking_events(session, herself(wang), booking_id=found.id)]
    assert kinds[-2:] == [EventKind.STARTED, EventKind.ENDED]


def test_notes_and_places_are_sealed_and_in_no_event(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    start_visit(session, mei(session), booking_id=found.id, place=HERE, now=found.row.starts_at)
    end_visit(session, mei(session), booking_id=found.id, note="血压正常", place=HERE, now=found.row.ends_at)
    stored = b"".join(
        [found.row.note_sealed or b"", found.row.start_place_sealed or b"", found.row.end_place_sealed or b""]
    )
    assert "血压".encode() not in stored
    assert b"22.571" not in stored
    facts = [event.facts for event in list_booking_events(session, herself(wang), booking_id=found.id)]
    assert "22.571" not in str(facts)
    assert "血压" not in str(facts)


def test_begin_at_most_half_an_hour_early_and_again_changes_nothing(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    early = found.row.starts_at - HALF_AN_HOUR
    with pytest.raises(TooEarly) as refused:
        start_visit(session, mei(session), booking_id=found.id, now=early - timedelta(seconds=1))
    assert refused.value.facts["from_at"] == early
    start_visit(session, mei(session), booking_id=found.id, now=early)
    again = start_visit(session, mei(session), booking_id=found.id, now=early + QUARTER)
    assert again.booking.started_at == early


def test_nobody_opens_after_a_quarter_of_an_hour_and_a_community_worker_asks_today(
    session: Session, wang: Person
) -> None:
    li = person_named(session, "李德全")
    found = visit(session, li, ServiceState.ACCEPTED, service="CARE")
    at = found.row.starts_at + QUARTER
    with pytest.raises(TooEarly):
        record_not_at_home(session, mei(session), booking_id=found.id, now=at - timedelta(seconds=1))
    for _ in range(2):
        gone = record_not_at_home(session, mei(session), booking_id=found.id, note="敲门无人应", place=HERE, now=at)
    assert (gone.booking.state, gone.note, gone.start_place) == ("not_at_home", "敲门无人应", HERE)
    assert held_vouchers(session, [found.id])[found.id].held == ()
    assert session.scalars(select(EngagementRow)).all() == []
    task = tasks_about(session, li)[TaskKind.NOT_AT_HOME]
    assert (task.subject_id, task.due_on) == (found.id, TOMORROW)
    assert texts_to(session, li).count("service_not_at_home") == 1


def test_a_note_has_its_length(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.VISITING)
    with pytest.raises(WordsTooLong):
        end_visit(session, mei(session), booking_id=found.id, note="好" * (LONGEST_WORDS + 1), now=found.row.ends_at)
    end_visit(session, mei(session), booking_id=found.id, note="好" * LONGEST_WORDS, now=found.row.ends_at)


def test_steps_have_their_order(session: Session, wang: Person) -> None:
    asked = visit(session, wang)
    for step in (asked.start, asked.end, asked.nobody_opens):
        with pytest.raises(VisitStepNotPossible):
            step()
    asked.accept()
    with pytest.raises(VisitStepNotPossible):
        asked.end()
    asked.start()
    with pytest.raises(VisitStepNotPossible):
        asked.nobody_opens()


def test_a_care_worker_reaches_her_own_visits_only(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED, worker="谢桂香")
    row = care_worker(session, "谢桂香")
    without_account = Actor.staff(ActorKind.CARE_WORKER, new_id(), Channel.SCREEN, workplace_id=row.provider_id)
    for stranger in (mei(session), without_account, office(session), herself(wang), community_worker_of(wang)):
        with pytest.raises(NotAllowed):
            get_my_visit(session, stranger, booking_id=found.id, now=NOW)
        with pytest.raises(NotAllowed):
            start_visit(session, stranger, booking_id=found.id, now=found.row.starts_at)
        with pytest.raises(NotAllowed):
            record_not_at_home(session, stranger, booking_id=found.id, now=found.row.ends_at)
    for nobody in (without_account, office(session), herself(wang)):
        with pytest.raises(NotAllowed):
            list_my_visits(session, nobody, day=TODAY, now=NOW)
    with pytest.raises(ServiceBookingUnknown):
        get_my_visit(session, mei(session), booking_id=UUID(int=0), now=NOW)


def test_her_day_has_her_visits_by_time_without_what_was_called_off(session: Session, wang: Person) -> None:
    huang = person_named(session, "黄婉仪")
    later = visit(session, wang, ServiceState.ACCEPTED, service="TALK", at=time(16))
    first = visit(session, huang, service="TALK", at=time(9))
    visit(session, huang, ServiceState.CANCELLED, service="TALK", at=time(14))
    found = list_my_visits(session, mei(session), day=TOMORROW, now=NOW)
    assert [each.booking.id for each in found] == [first.id, later.id]
    assert list_my_visits(session, mei(session), day=TODAY, now=NOW) == ()


def test_the_second_of_two_can_begin_and_end_it_too(session: Session) -> None:
    li = person_named(session, "李德全")
    found = visit(session, li, service="BATH", worker="周建平")
    both = [care_worker(session, name).id for name in ("周建平", "阿梅")]
    assign_workers(session, office(session), booking_id=found.id, worker_ids=both, now=NOW)
    found.start()
    found.end()
    assert found.now.state is ServiceState.DONE


def test_where_a_phone_was_is_forgotten_after_a_month_but_not_while_a_complaint_is_open(
    session: Session, wang: Person
) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    start_visit(session, mei(session), booking_id=found.id, place=HERE, now=found.row.starts_at)
    found.end()
    found.complain()
    over = found.row.ends_at + 31 * A_DAY
    assert "forgotten" not in look_after(session, over)
    found.decide(upheld=False)
    assert look_after(session, over)["forgotten"] == 1
    assert get_provider_visit(session, office(session), booking_id=found.id, now=over).start_place is None
    assert "forgotten" not in look_after(session, over)
