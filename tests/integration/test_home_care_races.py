"""Many at one moment: the database decides who was first, and no care worker is ever in two places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time

from sqlalchemy import select

from services.clock import local_moment
from services.database import Database, new_id, unit_of_work
from services.home_care import (
    OwnVisitThen,
    ServiceState,
    TimeTaken,
    WorkerNotFree,
    accept_request,
    assign_workers,
    book_service,
    cancel_service,
    change_service,
)
from services.home_care.tables import ServiceBookingRow
from services.people import PersonRow
from tests.conftest import NOW
from tests.visits import TOMORROW, book, care_worker, herself, office, overlapping

# Of these districts the first provider comes to all.
AREAS = ("罗湖区", "福田区", "盐田区", "龙岗区", "龙华区")


def rush(work: Callable[[int], str], count: int) -> Counter[str]:
    """The outcomes of so many at once."""
    with ThreadPoolExecutor(count) as crew:
        return Counter(crew.map(work, range(count)))


def seniors(database: Database) -> list[PersonRow]:
    with database.sessions() as session:
        found = session.scalars(select(PersonRow).where(PersonRow.district.in_(AREAS)).order_by(PersonRow.id)).all()
        session.expunge_all()
    return list(found)


def test_many_who_want_one_worker_at_overlapping_times_never_overlap(own_database: Database) -> None:
    people = seniors(own_database)
    times = [time(14), time(14, 30), time(15), time(16), time(16, 30), time(17)]

    def wish(number: int) -> str:
        person, at = people[number % len(people)], times[number % len(times)]
        try:
            with unit_of_work(own_database.sessions) as session:
                return book(session, person, service="TALK", at=at).state
        except (TimeTaken, OwnVisitThen) as refused:
            return refused.code

    outcomes = rush(wish, 18)
    with own_database.sessions() as session:
        assert overlapping(session) == []
        booked = session.scalars(select(ServiceBookingRow)).all()
    assert outcomes["requested"] == len(booked) >= 2
    assert sum(outcomes.values()) == 18


def test_two_taps_at_one_moment_are_one_booking(own_database: Database) -> None:
    person, request_id = seniors(own_database)[0], new_id()

    def tap(_number: int) -> str:
        with unit_of_work(own_database.sessions) as session:
            worker_id = care_worker(session, "阿梅").id
            return str(
                book_service(
                    session,
                    herself(person),
                    person_id=person.id,
                    service="TALK",
                    worker_id=worker_id,
                    starts_at=local_moment(TOMORROW, time(9)),
                    agreed_to_pay_fen=6000,
                    request_id=request_id,
                    now=NOW,
                ).id
            )

    assert len(rush(tap, 6)) == 1


def test_two_who_swap_their_times_crosswise_do_not_wait_for_each_other(own_database: Database) -> None:
    one, other = seniors(own_database)[:2]
    with unit_of_work(own_database.sessions) as session:
        visits = [
            (one, book(session, one, service="TALK", at=time(9)).id, time(15)),
            (other, book(session, other, service="TALK", at=time(15)).id, time(9)),
        ]

    def swap(number: int) -> str:
        person, booking_id, at = visits[number]
        try:
            with unit_of_work(own_database.sessions) as session:
                worker_id = care_worker(session, "阿梅").id
                change_service(
                    session,
                    herself(person),
                    booking_id=booking_id,
                    worker_id=worker_id,
                    starts_at=local_moment(TOMORROW, at),
                    agreed_to_pay_fen=6000,
                    now=NOW,
                )
                return "changed"
        except TimeTaken as refused:
            return refused.code

    outcomes = rush(swap, 2)
    with own_database.sessions() as session:
        assert overlapping(session) == []
        held = session.scalars(select(ServiceBookingRow).where(ServiceBookingRow.state == "requested")).all()
    assert len(held) == 2
    assert set(outcomes) <= {"changed", "service_time_taken"}


def test_an_office_that_sends_one_worker_to_two_homes_is_told(own_database: Database) -> None:
    people = seniors(own_database)[:2]
    with unit_of_work(own_database.sessions) as session:
        bookings = [
            book(session, person, service="TALK", worker=name, at=time(9)).id
            for person, name in zip(people, ("周建平", "谢桂香"), strict=True)
        ]

    def send_mei(number: int) -> str:
        try:
            with unit_of_work(own_database.sessions) as session:
                ids = [care_worker(session, "阿梅").id]
                assign_workers(session, office(session), booking_id=bookings[number], worker_ids=ids, now=NOW)
                return "assigned"
        except WorkerNotFree as refused:
            return refused.code

    assert rush(send_mei, 2) == {"assigned": 1, "care_worker_not_free": 1}
    with own_database.sessions() as session:
        assert overlapping(session) == []


def test_cancelling_and_accepting_at_one_moment_end_in_one_of_both(own_database: Database) -> None:
    person = seniors(own_database)[0]
    for at in (time(9), time(14), time(16)):
        with unit_of_work(own_database.sessions) as session:
            booking_id = book(session, person, service="TALK", at=at).id

        def either(number: int, booking_id: object = booking_id) -> str:
            try:
                with unit_of_work(own_database.sessions) as session:
                    if number:
                        cancel_service(session, herself(person), booking_id=booking_id, now=NOW)
                        return "cancelled"
                    accept_request(session, office(session), booking_id=booking_id, now=NOW)
                    return "accepted"
            except Exception as refused:
                return getattr(refused, "code", repr(refused))

        outcomes = rush(either, 2)
        # She may always cancel in time, accepted or not; whoever comes second sees what the first one did.
        assert outcomes["cancelled"] == 1
        with own_database.sessions() as session:
            assert session.get_one(ServiceBookingRow, booking_id).state == ServiceState.CANCELLED
