"""Standing orders: booked as menus appear, one text, ended when she says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import meals
from services.actor import NotAllowed
from services.database import Database, new_id, unit_of_work
from services.demo import prepare_demonstration
from services.meals import Meal, StandingOrder
from services.meals.standing_rounds import book_standing_order, book_standing_orders
from services.meals.tables import MealBookingRow, MenuRow, StandingDayRow
from services.meals.turns import give_due_turns
from services.people import Person, PersonRow
from tests.conftest import NOW, person_named
from tests.meals import TODAY, TOMORROW, actor_of, book, canteen_id, leave_portions, menu_id_of, texts_to

WORKING_DAYS = (1, 2, 3, 4, 5)


def asked(session: Session, person: Person, **change: object) -> dict[str, object]:
    return {
        "person_id": person.id,
        "canteen_id": canteen_id(session),
        "meal": Meal.LUNCH,
        "weekdays": WORKING_DAYS,
        "quantity": 1,
        "delivery": False,
        "now": NOW,
    } | change


def place(session: Session, person: Person, *, highest_price_fen: int = 1500, **change: object) -> StandingOrder:
    return meals.place_standing_order(
        session,
        actor_of(person),
        **asked(session, person, **change),
        highest_price_fen=highest_price_fen,
        request_id=new_id(),
    )


def booked_days(session: Session, person: Person) -> list[object]:
    return list(
        session.scalars(
            select(MealBookingRow.day)
            .where(MealBookingRow.person_id == person.id, MealBookingRow.status == "booked")
            .order_by(MealBookingRow.day)
        )
    )


def test_she_sees_what_it_costs_with_and_without_the_subsidy(session: Session, wang: Person) -> None:
    quote = meals.quote_standing_order(session, actor_of(wang), **asked(session, wang, delivery=True))
    assert (quote.with_subsidy.to_pay_fen, quote.without.to_pay_fen) == (1200, 1700)
    assert (quote.first_day, quote.can_be_delivered) == (TOMORROW, True)


def test_it_is_booked_from_tomorrow_on_with_one_text(session: Session, wang: Person) -> None:
    order = place(session, wang)
    assert book_standing_order(session, order.id, now=NOW) == 5
    # Wednesday to Friday, Monday and Tuesday: the menus reach seven days ahead.
    assert booked_days(session, wang) == [TODAY + timedelta(days=ahead) for ahead in (1, 2, 3, 6, 7)]
    assert book_standing_order(session, order.id, now=NOW) == 0
    assert texts_to(session, wang) == ["meal_standing_booked"]


def test_menus_that_appear_are_booked_and_told_of_once_a_week(own_database: Database) -> None:
    def run(at: datetime) -> int:
        with unit_of_work(own_database.sessions) as session:
            prepare_demonstration(session, city="shenzhen", now=at)
        return book_standing_orders(own_database.sessions, city="shenzhen", now=at)

    with unit_of_work(own_database.sessions) as session:
        wang = person_named(session, "王秀珍")
        place(session, wang, weekdays=(1, 2, 3, 4, 5, 6, 7))
    assert [run(NOW + timedelta(days=ahead)) for ahead in range(7)] == [7, 1, 1, 1, 1, 1, 1]
    with own_database.sessions() as session:
        assert len(booked_days(session, wang)) == 13
        assert texts_to(session, wang) == ["meal_standing_booked", "meal_standing_booked"]


def test_a_meal_that_she_cancelled_is_not_booked_again(session: Session, wang: Person) -> None:
    order = place(session, wang)
    book_standing_order(session, order.id, now=NOW)
    first = meals.list_meal_bookings(session, actor_of(wang), person_id=wang.id, from_day=TODAY)[0]
    meals.cancel_meal(session, actor_of(wang), booking_id=first.id, now=NOW)
    assert book_standing_order(session, order.id, now=NOW) == 0
    assert first.menu.day not in booked_days(session, wang)


def test_dearer_meals_are_left_out_and_full_ones_waited_for_and_she_is_told(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        wang = person_named(session, "王秀珍")
        session.get_one(MenuRow, menu_id_of(session, TOMORROW)).price_fen = 1600
        leave_portions(session, 0, MenuRow.id == menu_id_of(session, TODAY + timedelta(days=2)))
        order = place(session, wang, highest_price_fen=1000)
    assert book_standing_orders(own_database.sessions, city="shenzhen", now=NOW) == 5
    with own_database.sessions() as session:
        outcomes = session.scalars(
            select(StandingDayRow.outcome).where(StandingDayRow.order_id == order.id).order_by(StandingDayRow.day)
        ).all()
        assert outcomes == ["price_changed", "waiting", "booked", "booked", "booked"]
        assert texts_to(session, wang) == ["meal_standing_partly"]
    with unit_of_work(own_database.sessions) as session:
        leave_portions(session, 1, MenuRow.id == menu_id_of(session, TODAY + timedelta(days=2)))
    assert give_due_turns(own_database.sessions, city="shenzhen", now=NOW) == 1
    with unit_of_work(own_database.sessions) as session:
        assert TODAY + timedelta(days=2) in booked_days(session, wang)
        # What came of the line is cancelled with the rest.
        meals.end_standing_order(session, actor_of(wang), order_id=order.id, cancel_bookings=True, now=NOW)
        assert booked_days(session, wang) == []


def test_what_she_booked_herself_is_not_touched(session: Session, wang: Person) -> None:
    own = book(session, wang, menu_id_of(session))
    order = place(session, wang)
    book_standing_order(session, order.id, now=NOW)
    assert texts_to(session, wang) == ["meal_booked", "meal_standing_booked"]
    ended = meals.end_standing_order(session, actor_of(wang), order_id=order.id, cancel_bookings=True, now=NOW)
    assert not ended.stands
    assert booked_days(session, wang) == [own.menu.day]
    assert texts_to(session, wang)[-1] == "meal_standing_ended"
    again = meals.end_standing_order(session, actor_of(wang), order_id=order.id, cancel_bookings=True, now=NOW)
    assert again == ended
    assert meals.list_standing_orders(session, actor_of(wang), person_id=wang.id) == ()


def test_ending_it_can_leave_what_is_booked(session: Session, wang: Person) -> None:
    order = place(session, wang)
    book_standing_order(session, order.id, now=NOW)
    meals.end_standing_order(session, actor_of(wang), order_id=order.id, cancel_bookings=False, now=NOW)
    assert len(booked_days(session, wang)) == 5
    assert book_standing_order(session, order.id, now=NOW) == 0


def test_nothing_is_booked_for_the_dead(session: Session, wang: Person) -> None:
    order = place(session, wang)
    session.get_one(PersonRow, wang.id).died_on = TODAY
    session.flush()
    assert book_standing_order(session, order.id, now=NOW) == 0
    assert not meals.get_standing_order(session, actor_of(wang), order_id=order.id).stands


def test_what_cannot_stand_is_refused_with_its_reason(session: Session, wang: Person) -> None:
    order = place(session, wang, weekdays=(1, 3))
    with pytest.raises(meals.StandingOrderExists) as refused:
        place(session, wang, weekdays=(3, 5))
    assert (refused.value.facts["order_id"], refused.value.facts["weekdays"]) == (order.id, (3,))
    for weekdays in ((), (0,), (8,), (2, 2)):
        with pytest.raises(meals.StandingOrderWrong):
            place(session, wang, weekdays=weekdays)
    with pytest.raises(meals.QuantityWrong):
        place(session, wang, weekdays=(2,), quantity=5)
    with pytest.raises(meals.CanteenUnknown):
        place(session, wang, weekdays=(2,), canteen_id=new_id())
    point = canteen_id(session, "鹏兴社区长者助餐点(示例)")
    with pytest.raises(meals.DeliveryNotOffered):
        place(session, wang, weekdays=(2,), canteen_id=point, delivery=True)
    with pytest.raises(meals.MealDayNotOffered):
        place(session, wang, weekdays=(2,), canteen_id=point, meal=Meal.BREAKFAST)
    other = person_named(session, "黄婉仪")
    with pytest.raises(NotAllowed):
        meals.end_standing_order(session, actor_of(other), order_id=order.id, cancel_bookings=True, now=NOW)
    with pytest.raises(meals.StandingOrderUnknown):
        meals.get_standing_order(session, actor_of(wang), order_id=new_id())


def test_the_same_request_again_places_one_order(session: Session, wang: Person) -> None:
    request_id = new_id()
    one, two = (
        meals.place_standing_order(
            session, actor_of(wang), **asked(session, wang), highest_price_fen=1500, request_id=request_id
        )
        for _ in range(2)
    )
    assert one == two
