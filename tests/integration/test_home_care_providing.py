"""The provider's office: accepting, sending others, declining, the day's calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.audit import AuditEntry
from services.database import new_id
from services.home_care import (
    DeclineReason,
    EventKind,
    Household,
    ServiceBookingUnknown,
    ServiceState,
    VisitStepNotPossible,
    WhyNot,
    WorkerNotFree,
    WorkerNotQualified,
    WorkersWrong,
    WorkerUnknown,
    accept_request,
    assign_workers,
    decline_request,
    get_provider,
    get_provider_visit,
    list_booking_events,
    list_provider_day,
    list_provider_visits,
    list_requests,
    list_worker_choices,
)
from services.messages import OutgoingMessage
from services.people import Person
from tests.conftest import NOW, person_named
from tests.visits import (
    A_DAY,
    TODAY,
    TOMORROW,
    Visit,
    book,
    care_worker,
    herself,
    look_after,
    office,
    overlapping,
    provider_row,
    texts_to,
    visit,
)


def ids_of(session: Session, *names: str) -> list[UUID]:
    return [care_worker(session, name).id for name in names]


def send(session: Session, found: Visit, *names: str) -> list[str]:
    sent = assign_workers(session, office(session), booking_id=found.id, worker_ids=ids_of(session, *names), now=NOW)
    return [worker.name for worker in sent.booking.workers]


def test_a_request_is_accepted_once_and_she_is_told_who_comes(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    own = office(session)
    provider_id = provider_row(session).id
    assert [each.booking.id for each in list_requests(session, own, provider_id=provider_id, now=NOW)] == [found.id]
    found.accept()
    found.accept()
    assert found.now.state is ServiceState.ACCEPTED
    assert list_requests(session, own, provider_id=provider_id, now=NOW) == ()
    assert texts_to(session, wang) == ["service_booked", "service_accepted"]
    events = list_booking_events(session, herself(wang), booking_id=found.id)
    assert [event.kind for event in events] == [EventKind.BOOKED, EventKind.ACCEPTED]


@pytest.mark.parametrize("state", [ServiceState.REQUESTED, ServiceState.ACCEPTED])
def test_others_can_be_sent_and_whoever_was_to_come_is_free_again(
    session: Session, wang: Person, state: ServiceState
) -> None:
    found = visit(session, wang, state)
    assert send(session, found, "谢桂香") == ["谢桂香"]
    assert found.now.state is ServiceState.ACCEPTED
    assert texts_to(session, wang)[-1] == "service_assigned"
    book(session, person_named(session, "黄婉仪"))
    assert overlapping(session) == []


def test_sending_the_same_ones_is_accepting(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    assert send(session, found, "阿梅") == ["阿梅"]
    assert texts_to(session, wang) == ["service_booked", "service_accepted"]


@pytest.mark.parametrize(
    ("names", "error"),
    [
        ((), WorkersWrong),
        (("阿梅", "谢桂香"), WorkersWrong),
        (("曹秋霞",), WorkerUnknown),  # of another provider
        (("曾玉兰",), WorkerNotQualified),
        (("孔令珊",), WorkerNotQualified),  # her health check is overdue
        (("叶春燕",), WorkerNotFree),  # works from one o'clock on
        (("周建平",), WorkerNotQualified),
    ],
)
def test_only_the_qualified_and_free_of_ones_own_can_be_sent(
    session: Session, wang: Person, names: tuple[str, ...], error: type[Exception]
) -> None:
    found = visit(session, wang)
    with pytest.raises(error), session.begin_nested():
        send(session, found, *names)
    assert [worker.name for worker in found.now.workers] == ["阿梅"]


def test_who_is_with_somebody_else_or_on_the_way_cannot_be_sent(session: Session, wang: Person) -> None:
    huang = person_named(session, "黄婉仪")
    book(session, huang, service="TALK", worker="谢桂香", at=time(11))
    found = visit(session, wang)
    with pytest.raises(WorkerNotFree) as refused, session.begin_nested():
        send(session, found, "谢桂香")
    assert refused.value.facts["why"] == WhyNot.ENGAGED.value
    choices = {each.worker.name: each for each in list_worker_choices(session, office(session), booking_id=found.id)}
    assert choices["谢桂香"].why_not is WhyNot.ENGAGED
    assert choices["阿梅"].is_assigned
    assert choices["阿梅"].why_not is None
    assert choices["冯丽萍"].why_not is None
    assert choices["叶春燕"].why_not is WhyNot.OFF_SHIFT
    assert choices["曾玉兰"].missing == ("housekeeping",)
    assert choices["孔令珊"].missing == ("health_certificate",)


def test_to_a_bath_two_different_ones_are_sent(session: Session, wang: Person) -> None:
    found = visit(session, wang, service="BATH", worker="周建平")
    with pytest.raises(WorkersWrong), session.begin_nested():
        send(session, found, "阿梅", "阿梅")
    assert send(session, found, "谢桂香", "阿梅") == ["谢桂香", "阿梅"]


def test_declining_says_why_frees_her_and_names_another_time(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    found.decline()
    found.decline()
    assert (found.now.state, found.now.decline_reason) == (ServiceState.DECLINED, DeclineReason.NOBODY_FREE)
    assert texts_to(session, wang) == ["service_booked", "service_declined_other"]
    told = session.scalars(select(OutgoingMessage).where(OutgoingMessage.template == "service_declined_other")).one()
    assert told.person_id == wang.id
    book(session, wang)


def test_where_nobody_else_could_come_she_is_told_without_another_time(session: Session) -> None:
    zhou = person_named(session, "周月娥")
    found = visit(session, zhou, worker="钟月娇")
    decline_request(session, office(session, 4), booking_id=found.id, reason=DeclineReason.BAD_WEATHER, now=NOW)
    assert texts_to(session, zhou) == ["service_booked", "service_declined"]


@pytest.mark.parametrize("reason", [DeclineReason.NO_ANSWER, DeclineReason.PRICE_NOT_AGREED])
def test_what_only_the_machine_can_say_no_office_can(session: Session, wang: Person, reason: DeclineReason) -> None:
    found = visit(session, wang)
    with pytest.raises(VisitStepNotPossible):
        decline_request(session, office(session), booking_id=found.id, reason=reason, now=NOW)


def test_nothing_is_answered_once_the_visit_should_have_begun(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    begun = found.now.starts_at
    with pytest.raises(VisitStepNotPossible):
        decline_request(session, office(session), booking_id=found.id, reason=DeclineReason.TOO_FAR, now=begun)
    with pytest.raises(VisitStepNotPossible), session.begin_nested():
        accept_request(session, office(session), booking_id=found.id, now=begun)
    # Whom an accepted visit is made by may still change: somebody fell ill on the way.
    found.accept()
    assign_workers(session, office(session), booking_id=found.id, worker_ids=ids_of(session, "谢桂香"), now=begun)


def test_what_an_office_does_not_answer_in_time_is_called_off(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    until = found.now.answer_until_at
    assert look_after(session, until) == {}
    assert look_after(session, until + timedelta(minutes=1)) == {"called_off": 1}
    assert (found.now.state, found.now.decline_reason) == (ServiceState.DECLINED, DeclineReason.NO_ANSWER)
    assert texts_to(session, wang)[-1] == "service_declined_other"
    events = list_booking_events(session, herself(wang), booking_id=found.id)
    assert events[-1].kind is EventKind.LAPSED


def test_an_office_reaches_its_own_visits_only(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    care = Actor.staff(ActorKind.CARE_WORKER, new_id(), Channel.SCREEN, workplace_id=provider_row(session).id)
    for stranger in (office(session, 1), care, herself(wang)):
        for deed in (
            lambda who: get_provider_visit(session, who, booking_id=found.id, now=NOW),
            lambda who: accept_request(session, who, booking_id=found.id, now=NOW),
            lambda who: assign_workers(session, who, booking_id=found.id, worker_ids=[], now=NOW),
            lambda who: decline_request(session, who, booking_id=found.id, reason=DeclineReason.TOO_FAR, now=NOW),
            lambda who: list_worker_choices(session, who, booking_id=found.id),
            lambda who: list_requests(session, who, provider_id=provider_row(session).id, now=NOW),
            lambda who: list_provider_day(session, who, provider_id=provider_row(session).id, day=TODAY, now=NOW),
            lambda who: get_provider(session, who, provider_id=provider_row(session).id),
        ):
            with pytest.raises(NotAllowed):
                deed(stranger)
    with pytest.raises(ServiceBookingUnknown):
        get_provider_visit(session, office(session), booking_id=UUID(int=0), now=NOW)
    nowhere = Actor.staff(ActorKind.PROVIDER, new_id(), Channel.SCREEN, workplace_id=UUID(int=0))
    with pytest.raises(NotAllowed):
        get_provider(session, nowhere, provider_id=UUID(int=0))


def test_the_day_shows_every_worker_with_shifts_and_visits(session: Session, wang: Person) -> None:
    found = visit(session, wang)
    visit(session, person_named(session, "黄婉仪"), ServiceState.CANCELLED, worker="谢桂香")
    day = list_provider_day(session, office(session), provider_id=provider_row(session).id, day=TOMORROW, now=NOW)
    by_name = {each.worker.name: each for each in day.workers}
    assert [each.booking.id for each in by_name["阿梅"].visits] == [found.id]
    assert by_name["谢桂香"].visits == ()
    assert [(shift.begins, shift.ends) for shift in by_name["阿梅"].shifts] == [
        (time(8), time(12)),
        (time(14), time(18)),
    ]
    everything = list_provider_visits(
        session, office(session), provider_id=provider_row(session).id, from_day=TOMORROW, to_day=TOMORROW, now=NOW
    )
    assert {each.booking.state for each in everything} == {ServiceState.REQUESTED, ServiceState.CANCELLED}


def test_a_household_is_seen_whole_around_its_visit_only_and_that_is_noted(session: Session, wang: Person) -> None:
    found = visit(session, wang, day=date(2026, 11, 27))
    own = office(session)

    def seen(now: datetime) -> Household:
        return get_provider_visit(session, own, booking_id=found.id, now=now).household

    def noted() -> int:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.deed == "household_read"))
        return len([row for row in rows if row.subject_id == found.id])

    far = seen(NOW)
    assert (far.name, far.address, far.phone, far.masked_name) == (None, None, None, "王*珍")
    assert noted() == 0
    near = seen(found.now.starts_at - A_DAY)
    assert (near.name, near.phone) == ("王秀珍", "15400000002")
    assert near.address is not None
    assert "翠竹" in near.address
    assert noted() == 1
    assert seen(found.now.ends_at + A_DAY + timedelta(seconds=1)).name is None
    found.cancel()
    assert seen(found.now.starts_at).name is None
