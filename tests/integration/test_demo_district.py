"""The demonstration's district: neighbours who book, eat and wait by the hour, as real as the rules."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.calendar.slots import SlotRow
from services.clock import local_day
from services.database import Database, unit_of_work
from services.database.opening import new_sessions
from services.demo import (
    list_demo_phones,
    prepare_allowances,
    prepare_canteen_life,
    prepare_demonstration,
    prepare_neighbours,
)
from services.demo.neighbours import FIRST_PHONE, neighbours
from services.demo.people import demo_people
from services.meals.counter import get_counter_day, get_delivery_rounds, get_settlement
from services.meals.tables import MealBookingRow, MealWaitRow, MenuRow
from services.messages import MessageStatus, OutgoingMessage
from services.people import PersonRow, masked_name
from services.settings import Settings
from services.worker_tasks import TaskKind, list_tasks
from tests.allowances import CITY, worker
from tests.conftest import NOW
from tests.databases import copied_database
from tests.meals import canteen_id, cook_of

TODAY = local_day(NOW)
TOMORROW = TODAY + timedelta(days=1)
AFTER_LUNCH = NOW + timedelta(hours=7)
A_WEEK_LATER = NOW + timedelta(days=9)


@pytest.fixture(scope="module")
def district(database: Database, settings: Settings) -> Iterator[Database]:
    """A database in which the district has lived until six in the morning."""
    assert database.server is not None
    url = copied_database(database.server, "district")
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    own = replace(database, url=url, engine=engine, sessions=new_sessions(engine, settings), server=None)
    prepare(own, NOW)
    yield own
    engine.dispose()


@pytest.fixture
def lived(district: Database, settings: Settings) -> Iterator[Session]:
    """A session in it; what a test does is gone after it."""
    with district.engine.connect() as connection:
        transaction = connection.begin()
        with new_sessions(district.engine, settings)(
            bind=connection, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        transaction.rollback()


def prepare(database: Database, now: datetime) -> None:
    with unit_of_work(database.sessions) as session:
        live(session, now)


def live(session: Session, now: datetime) -> None:
    """Everything that a start and the hourly job add of the district."""
    prepare_demonstration(session, city=CITY, now=now)
    prepare_neighbours(session, city=CITY, now=now)
    prepare_allowances(session, city=CITY, now=now)
    prepare_canteen_life(session, city=CITY, now=now)


def picture(session: Session) -> list[tuple[object, ...]]:
    """Every booking and every place in line, as they stand."""
    booked = select(MealBookingRow.id, MealBookingRow.status, MealBookingRow.served_at)
    waiting = select(MealWaitRow.id, MealWaitRow.status, MealWaitRow.ended_at)
    return sorted(tuple(row) for row in [*session.execute(booked), *session.execute(waiting)])


def by_status(session: Session, day: date, meal: str) -> dict[str, int]:
    """How many bookings of a meal stand how."""
    asked = select(MealBookingRow.status, func.count()).where(MealBookingRow.day == day, MealBookingRow.meal == meal)
    return {status: count for status, count in session.execute(asked.group_by(MealBookingRow.status))}


def test_tomorrow_looks_like_a_day_of_a_canteen(lived: Session) -> None:
    live(lived, NOW + timedelta(hours=13))
    day = get_counter_day(lived, cook_of(lived), canteen_id=canteen_id(lived), day=TOMORROW, now=NOW)
    breakfast, lunch, dinner = day.meals
    assert 40 <= lunch.portions <= 120
    assert lunch.to_deliver > 15
    assert dinner.portions > 10
    assert lunch.diets.keys() == {"soft_food", "low_salt"}
    assert len(lunch.allergies) >= 2
    assert breakfast.waiting > 0, "breakfast is full"
    rounds = get_delivery_rounds(lived, cook_of(lived), menu_id=lunch.menu.id, now=NOW)
    assert len(rounds) >= 4
    assert all(stop.address and "(示例)" in stop.address for round_ in rounds for stop in round_.stops)


def test_prepared_again_it_stays_as_it_is(lived: Session) -> None:
    before = picture(lived)
    live(lived, NOW)
    assert picture(lived) == before


def test_prepared_by_several_at_once_it_is_there_once(own_database: Database) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: prepare(own_database, NOW), range(3)))
    with unit_of_work(own_database.sessions) as session:
        persons = session.scalar(select(func.count()).select_from(PersonRow))
        assert persons == len(demo_people(TODAY)) + len(neighbours(TODAY))
        before = picture(session)
        live(session, NOW)
        assert picture(session) == before


def test_the_day_goes_on_by_the_hour(lived: Session) -> None:
    assert set(by_status(lived, TODAY, "lunch")) <= {"booked", "cancelled"}
    tomorrow = sum(by_status(lived, TOMORROW, "lunch").values())
    live(lived, AFTER_LUNCH)
    after = by_status(lived, TODAY, "lunch")
    assert after["served"] > 20 * after.get("booked", 0)
    assert sum(by_status(lived, TOMORROW, "lunch").values()) > tomorrow


def test_after_some_days_without_anybody_the_days_between_are_there_too(lived: Session) -> None:
    live(lived, A_WEEK_LATER)
    for ahead in range(1, 9):
        day = TODAY + timedelta(days=ahead)
        assert by_status(lived, day, "lunch").get("served", 0) > 20, day
    asked = select(func.count()).where(MealBookingRow.day < local_day(A_WEEK_LATER), MealBookingRow.status == "booked")
    # What they forgot of meals that nobody has closed yet is marked when the machine closes those.
    assert (lived.scalar(asked) or 0) < 12


def test_every_slot_has_given_out_what_is_booked_and_every_price_is_that_of_the_rule(lived: Session) -> None:
    given = (
        select(SlotRow.taken, func.coalesce(func.sum(MealBookingRow.quantity), 0))
        .join(MenuRow, MenuRow.slot_id == SlotRow.id)
        .outerjoin(MealBookingRow, (MealBookingRow.menu_id == MenuRow.id) & (MealBookingRow.status != "cancelled"))
        .group_by(SlotRow.id)
    )
    assert [row for row in lived.execute(given) if row[0] != row[1]] == []
    twice = (
        select(MealBookingRow.person_id, MealBookingRow.day)
        .where(MealBookingRow.subsidy_fen > 0, MealBookingRow.status != "cancelled")
        .group_by(MealBookingRow.person_id, MealBookingRow.day)
        .having(func.count() > 1)
    )
    assert lived.execute(twice).all() == []


def test_last_month_is_settled_to_the_fen(lived: Session) -> None:
    last_month = TODAY.replace(day=1) - timedelta(days=1)
    found = get_settlement(lived, cook_of(lived), canteen_id=canteen_id(lived), month=last_month, now=NOW)
    assert found.is_final
    assert len(found.days) == last_month.day
    served = (MealBookingRow.status == "served", MealBookingRow.day.between(last_month.replace(day=1), last_month))
    assert found.total.subsidy_fen == lived.scalar(select(func.sum(MealBookingRow.subsidy_fen)).where(*served))
    assert found.total.paid_by_guests_fen == lived.scalar(select(func.sum(MealBookingRow.to_pay_fen)).where(*served))
    assert found.total.delivery_subsidy_fen > 0
    assert found.total.not_picked_up > 0


def test_one_who_lives_alone_and_did_not_come_worries_a_worker(lived: Session) -> None:
    (task,) = list_tasks(lived, worker("翠竹"), kind=TaskKind.MEALS_NOT_PICKED_UP, now=NOW)
    assert task.facts["missed"] == 3
    assert task.due_on == TODAY


def test_nobody_is_texted_and_nobody_plays_the_neighbours(lived: Session) -> None:
    phones = {phone.phone for phone in list_demo_phones(lived, Actor.system(Channel.SCREEN))}
    assert phones
    assert all(phone < str(FIRST_PHONE) for phone in phones)
    texted = (
        select(OutgoingMessage.person_id)
        .join(PersonRow, PersonRow.id == OutgoingMessage.person_id)
        .where(OutgoingMessage.status == MessageStatus.QUEUED)
    )
    of_cast = {person.name for person in demo_people(TODAY)}
    assert set(lived.scalars(texted.with_only_columns(PersonRow.name))) <= of_cast


def test_neighbours_are_marked_and_nobody_is_taken_for_one_of_the_cast() -> None:
    all_of_them = neighbours(TODAY)
    names = [each.new.name for each in all_of_them]
    assert len(set(names)) == len(names)
    assert all(each.new.is_demonstration and each.new.address.endswith("(示例)") for each in all_of_them)
    assert not {masked_name(name) for name in names} & {masked_name(person.name) for person in demo_people(TODAY)}
