"""Booking a visit: what it costs her, who may, when it cannot be, and that a double tap books once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.actor import Actor, Channel, NotAllowed, Scope
from services.audit import AuditEntry
from services.calendar.engagements import EngagementRow
from services.clock import local_moment
from services.database import new_id
from services.home_care import (
    EventKind,
    OwnVisitThen,
    ServiceBookingUnknown,
    ServiceDayNotOffered,
    ServiceNotOffered,
    ServicePriceChanged,
    ServiceQuote,
    ServiceState,
    ServiceUnknown,
    TimeTaken,
    TooLateToBook,
    WorkerUnknown,
    book_service,
    cancel_service,
    get_service_booking,
    list_booking_events,
    list_service_bookings,
    quote_service,
)
from services.home_care.tables import ServiceBookingRow
from services.people import Person
from services.vouchers import VoucherKind, VoucherPart, held_vouchers, see_vouchers
from tests.allowances import learn, worker
from tests.conftest import NOW, person_named
from tests.visits import (
    NINE,
    TODAY,
    TOMORROW,
    book,
    care_worker,
    community_worker_of,
    herself,
    office,
    overlapping,
    texts_to,
)

SUBSIDY, CONSUMPTION = VoucherKind.HOME_CARE_SUBSIDY, VoucherKind.CARE_CONSUMPTION_VOUCHER


@pytest.fixture
def li(session: Session) -> Person:
    """李德全, 100: 300 yuan of the subsidy and 800 of the voucher of 2026 a month."""
    return person_named(session, "李德全")


def quote(
    session: Session,
    person: Person,
    *,
    service: str = "CLEAN",
    name: str = "阿梅",
    day: date = TOMORROW,
    at: time = NINE,
    actor: Actor | None = None,
    now: datetime = NOW,
) -> ServiceQuote:
    return quote_service(
        session,
        actor or herself(person),
        person_id=person.id,
        service=service,
        worker_id=care_worker(session, name).id,
        starts_at=local_moment(day, at),
        now=now,
    )


def left(session: Session, person: Person) -> dict[VoucherKind, int]:
    return {it.kind: it.left_fen for it in see_vouchers(session, herself(person), person_id=person.id, now=NOW)}


def test_who_has_no_voucher_pays_all_of_it_and_is_told_until_when_she_can_cancel(
    session: Session, wang: Person
) -> None:
    booked = book(session, wang)
    assert booked.state is ServiceState.REQUESTED
    assert (booked.split.price_fen, booked.split.vouchers, booked.split.self_paid_fen) == (9000, (), 9000)
    assert [worker.name for worker in booked.workers] == ["阿梅"]
    assert booked.ends_at - booked.starts_at == timedelta(hours=2)
    assert booked.cancel_until_at == booked.starts_at - timedelta(hours=3)
    assert texts_to(session, wang) == ["service_booked"]
    (event,) = list_booking_events(session, herself(wang), booking_id=booked.id)
    assert event.kind is EventKind.BOOKED
    assert event.facts["self_paid_fen"] == 9000
    deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.subject_id == booked.id)).all()
    assert "service_booked" in deeds


def test_vouchers_pay_as_she_was_shown_first_the_subsidy_then_half_of_the_rest(session: Session, li: Person) -> None:
    shown = quote(session, li, service="BATH", name="谢桂香")
    assert left(session, li) == {SUBSIDY: 30000, CONSUMPTION: 80000}
    days = [TOMORROW + timedelta(days=ahead) for ahead in range(3)]
    first, second, third = (book(session, li, service="BATH", worker="谢桂香", day=day) for day in days)
    assert first.split == shown.split
    assert first.split.vouchers == second.split.vouchers == (VoucherPart(SUBSIDY, 15000),)
    assert (third.split.vouchers, third.split.self_paid_fen) == ((VoucherPart(CONSUMPTION, 7500),), 7500)
    assert left(session, li) == {SUBSIDY: 0, CONSUMPTION: 72500}
    held = held_vouchers(session, [first.id, second.id, third.id])
    assert [held[each.id].held for each in (first, second, third)] == [
        first.split.vouchers,
        second.split.vouchers,
        third.split.vouchers,
    ]


def test_another_price_than_the_one_she_agreed_to_is_not_booked(session: Session, li: Person) -> None:
    about = {"person_id": li.id, "service": "BATH", "worker_id": care_worker(session, "谢桂香").id}
    with pytest.raises(ServicePriceChanged) as refused, session.begin_nested():
        book_service(
            session,
            herself(li),
            **about,  # type: ignore[arg-type]
            starts_at=local_moment(TOMORROW, NINE),
            agreed_to_pay_fen=15000,
            request_id=new_id(),
            now=NOW,
        )
    assert refused.value.facts["to_pay_fen"] == 0
    assert session.scalar(select(func.count()).select_from(EngagementRow)) == 0
    assert left(session, li) == {SUBSIDY: 30000, CONSUMPTION: 80000}


def test_a_double_tap_books_once(session: Session, wang: Person) -> None:
    request_id = new_id()
    first = book(session, wang, request_id=request_id)
    again = book_service(
        session,
        herself(wang),
        person_id=wang.id,
        service="CLEAN",
        worker_id=first.workers[0].id,
        starts_at=first.starts_at,
        agreed_to_pay_fen=9000,
        request_id=request_id,
        now=NOW,
    )
    assert again == first
    assert session.scalar(select(func.count()).select_from(ServiceBookingRow)) == 1
    assert texts_to(session, wang) == ["service_booked"]


def test_two_come_to_a_bath_from_one_provider_and_neither_can_be_elsewhere(session: Session, li: Person) -> None:
    booked = book(session, li, service="BATH", worker="周建平")
    lead, second = booked.workers
    assert lead.name == "周建平"
    assert lead.provider_id == second.provider_id
    wang = person_named(session, "王秀珍")
    for name in (lead.name, second.name):
        with pytest.raises(TimeTaken):
            quote(session, wang, service="TALK", name=name)


def test_the_way_to_the_next_home_is_part_of_a_visit(session: Session, wang: Person) -> None:
    huang = person_named(session, "黄婉仪")
    book(session, wang, at=time(14))
    with pytest.raises(TimeTaken):
        quote(session, huang, service="TALK", at=time(16))
    with pytest.raises(TimeTaken):
        quote(session, huang, service="TALK", at=time(13, 30))
    book(session, huang, service="TALK", at=time(16, 30))
    assert overlapping(session) == []


def test_she_cannot_have_two_visits_at_once(session: Session, wang: Person) -> None:
    first = book(session, wang)
    with pytest.raises(OwnVisitThen) as refused:
        quote(session, wang, service="TALK", name="谢桂香", at=time(10))
    assert refused.value.facts["booking_id"] == first.id


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ({"service": "NOTHING"}, ServiceUnknown),
        ({"service": "BATH", "name": "叶春燕"}, WorkerUnknown),  # she may clean, not bathe
        ({"name": "曹秋霞"}, WorkerUnknown),  # her provider does not come to 罗湖
        ({"name": "孔令珊"}, WorkerUnknown),  # her health check is overdue
        ({"day": date(2026, 11, 23)}, ServiceDayNotOffered),
        ({"day": date(2026, 12, 9)}, ServiceDayNotOffered),
        ({"day": TODAY, "at": time(9)}, TooLateToBook),  # it is six now
        ({"at": time(12)}, TimeTaken),  # nobody works at noon
        ({"at": time(10, 45)}, TimeTaken),  # not one of the times that are offered
        ({"at": time(10, 30)}, TimeTaken),  # would last beyond the end of her shift
    ],
)
def test_what_cannot_be_had_is_refused_in_the_quote_already(
    session: Session, wang: Person, about: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        quote(session, wang, **about)  # type: ignore[arg-type]


def test_a_visit_of_today_can_be_booked_four_hours_before(session: Session, wang: Person) -> None:
    quote(session, wang, day=TODAY, at=time(10))
    quote(session, wang, day=date(2026, 12, 8))


def test_nobody_comes_where_no_home_is_known(session: Session, wang: Person) -> None:
    nowhere = learn(session, wang, district=None)
    with pytest.raises(ServiceNotOffered):
        quote(session, nowhere)


def test_a_worker_of_her_community_books_for_her_and_nobody_else_does(session: Session, wang: Person) -> None:
    shown = quote(session, wang, actor=community_worker_of(wang))
    strangers = [herself(person_named(session, "黄婉仪")), worker("景田", "福田区"), office(session)]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            quote(session, wang, actor=stranger)
        with pytest.raises(NotAllowed):
            book_service(
                session,
                stranger,
                person_id=wang.id,
                service="CLEAN",
                worker_id=shown.workers[0].id,
                starts_at=shown.starts_at,
                agreed_to_pay_fen=9000,
                request_id=new_id(),
                now=NOW,
            )


def delegate_of(person: Person, scope: Scope) -> Actor:
    return Actor.delegate(
        new_id(), Channel.SCREEN, on_behalf_of=person.id, delegation_id=new_id(), scopes=frozenset({scope})
    )


def test_a_delegate_books_and_cancels_for_her_within_what_was_ticked(session: Session, wang: Person) -> None:
    son = delegate_of(wang, Scope.BOOK_AND_CANCEL)
    shown = quote(session, wang, actor=son)
    booked = book_service(
        session,
        son,
        person_id=wang.id,
        service="CLEAN",
        worker_id=shown.workers[0].id,
        starts_at=shown.starts_at,
        agreed_to_pay_fen=shown.split.self_paid_fen,
        request_id=new_id(),
        now=NOW,
    )
    huang = person_named(session, "黄婉仪")
    for stranger in (delegate_of(wang, Scope.SEE_BENEFITS), delegate_of(huang, Scope.BOOK_AND_CANCEL)):
        with pytest.raises(NotAllowed):
            cancel_service(session, stranger, booking_id=booked.id, now=NOW)
    assert cancel_service(session, son, booking_id=booked.id, now=NOW).state is ServiceState.CANCELLED


def test_her_bookings_are_hers(session: Session, wang: Person) -> None:
    booked = book(session, wang)
    assert [each.id for each in list_service_bookings(session, herself(wang), person_id=wang.id, from_day=TODAY)] == [
        booked.id
    ]
    assert list_service_bookings(session, herself(wang), person_id=wang.id, from_day=date(2026, 11, 26)) == ()
    huang = herself(person_named(session, "黄婉仪"))
    with pytest.raises(NotAllowed):
        get_service_booking(session, huang, booking_id=booked.id)
    with pytest.raises(NotAllowed):
        list_service_bookings(session, huang, person_id=wang.id, from_day=TODAY)
    with pytest.raises(ServiceBookingUnknown):
        get_service_booking(session, herself(wang), booking_id=UUID(int=0))
