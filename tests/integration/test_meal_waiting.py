"""Waiting for a meal that is full: in line, in order, told in the end."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import meals
from services.actor import NotAllowed
from services.database import Database, new_id, unit_of_work
from services.meals import WaitingStatus
from services.meals.tables import MealBookingRow, MealWaitRow, MenuRow
from services.meals.turns import give_due_turns
from services.people import Person
from tests.conftest import NOW, person_named
from tests.meals import (
    TOMORROW,
    actor_of,
    add_senior,
    add_seniors,
    after,
    book,
    leave_portions,
    menu_id_of,
    nearest,
    portions_booked,
    texts_to,
    wait,
)


@pytest.fixture
def crowd(own_database: Database) -> list[Person]:
    """Six seniors of 翠竹."""
    return add_seniors(own_database.sessions, 6)


def give_turns(database: Database, now=NOW) -> int:
    return give_due_turns(database.sessions, city="shenzhen", now=now)


def test_a_full_meal_can_be_waited_for_and_nobody_goes_past_the_line(session: Session, wang: Person) -> None:
    menu_id = menu_id_of(session)
    other = add_senior(session, 1)
    leave_portions(session, 1, MenuRow.id == menu_id)
    booked = book(session, other, menu_id)
    assert nearest(session, wang).menu.id != menu_id
    waiting = wait(session, wang, menu_id)
    assert (waiting.status, waiting.ahead, waiting.agreed_to_pay_fen) == (WaitingStatus.WAITING, 0, 1000)
    meals.cancel_meal(session, actor_of(other), booking_id=booked.id, now=NOW)
    # One portion is free, but it is hers who waits.
    with pytest.raises(meals.MealFull):
        book(session, add_senior(session, 2), menu_id)
    assert meals.list_waiting(session, actor_of(wang), person_id=wang.id, from_day=TOMORROW) == (
        meals.get_waiting(session, actor_of(wang), waiting_id=waiting.id),
    )


def test_what_comes_free_is_booked_for_the_first_whose_quantity_fits(
    own_database: Database, crowd: list[Person]
) -> None:
    with unit_of_work(own_database.sessions) as session:
        menu_id = menu_id_of(session)
        leave_portions(session, 2, MenuRow.id == menu_id)
        booked = [book(session, person, menu_id) for person in crowd[:2]]
        places = [wait(session, crowd[2], menu_id, quantity=2), *(wait(session, it, menu_id) for it in crowd[3:5])]
    assert give_turns(own_database) == 0
    with unit_of_work(own_database.sessions) as session:
        meals.cancel_meal(session, actor_of(crowd[0]), booking_id=booked[0].id, now=NOW)
    # One portion: the first in line wants two, so the second gets it.
    assert give_turns(own_database) == 1
    with own_database.sessions() as session:
        stand = {
            row.id: row.status for row in session.scalars(select(MealWaitRow).where(MealWaitRow.menu_id == menu_id))
        }
        assert [stand[place.id] for place in places] == ["waiting", "booked", "waiting"]
        assert portions_booked(session, menu_id) == 2
        assert texts_to(session, crowd[3]) == ["meal_turn_came"]
    with unit_of_work(own_database.sessions) as session:
        leave_portions(session, 2, MenuRow.id == menu_id)
    assert give_turns(own_database) == 1
    with own_database.sessions() as session:
        waiting = meals.get_waiting(session, actor_of(crowd[2]), waiting_id=places[0].id)
        assert waiting.status is WaitingStatus.BOOKED
        assert waiting.booking_id is not None
        booking = meals.get_booking(session, actor_of(crowd[2]), booking_id=waiting.booking_id)
        assert (booking.quantity, booking.split.to_pay_fen, booking.pick_up_number) == (2, 2500, 4)


def test_when_the_kitchen_begins_those_who_are_left_are_told(own_database: Database, crowd: list[Person]) -> None:
    with unit_of_work(own_database.sessions) as session:
        menu_id = menu_id_of(session)
        leave_portions(session, 0, MenuRow.id == menu_id)
        places = [wait(session, person, menu_id) for person in crowd[:2]]
    closed = after(TOMORROW, 10)
    assert give_turns(own_database, now=closed) == 2
    with own_database.sessions() as session:
        for person, place in zip(crowd, places, strict=False):
            waiting = meals.get_waiting(session, actor_of(person), waiting_id=place.id)
            assert waiting.status is WaitingStatus.ENDED
            assert texts_to(session, person) == ["meal_turn_not_come"]
        menu = session.get_one(MenuRow, menu_id)
        assert (menu.slot.waiting, menu.slot.taken) == (0, 0)


def test_a_turn_that_would_cost_more_than_she_agreed_to_is_not_booked(
    own_database: Database, crowd: list[Person]
) -> None:
    with unit_of_work(own_database.sessions) as session:
        menu_id = menu_id_of(session)
        leave_portions(session, 0, MenuRow.id == menu_id)
        place = wait(session, crowd[0], menu_id)
        session.get_one(MenuRow, menu_id).price_fen = 1600
        leave_portions(session, 1, MenuRow.id == menu_id)
    assert give_turns(own_database) == 1
    with own_database.sessions() as session:
        waiting = meals.get_waiting(session, actor_of(crowd[0]), waiting_id=place.id)
        assert waiting.status is WaitingStatus.PRICE_CHANGED
        assert texts_to(session, crowd[0]) == ["meal_turn_dearer"]
        assert portions_booked(session, menu_id) == 0


def test_whoever_joins_while_a_portion_is_free_has_it_at_once(session: Session, wang: Person) -> None:
    menu_id = menu_id_of(session)
    leave_portions(session, 1, MenuRow.id == menu_id)
    # The first in line wants more than there is, so the one who needs one portion does not wait for her.
    first = wait(session, add_senior(session, 1), menu_id, quantity=2)
    assert first.status is WaitingStatus.WAITING
    second = wait(session, wang, menu_id)
    assert second.status is WaitingStatus.BOOKED
    assert texts_to(session, wang) == ["meal_turn_came"]


def test_the_same_request_again_stands_in_line_once(session: Session, wang: Person) -> None:
    menu_id = menu_id_of(session)
    leave_portions(session, 0, MenuRow.id == menu_id)
    asked = {"person_id": wang.id, "menu_id": menu_id, "quantity": 1, "delivery": False, "now": NOW}
    request_id = new_id()
    one, two = (
        meals.join_waiting_list(session, actor_of(wang), **asked, agreed_to_pay_fen=1000, request_id=request_id)
        for _ in range(2)
    )
    assert one == two
    with pytest.raises(meals.AlreadyWaiting) as refused:
        wait(session, wang, menu_id)
    assert refused.value.facts["waiting_id"] == one.id


def test_leaving_and_booking_elsewhere_take_her_out_of_the_line(session: Session, wang: Person) -> None:
    menu_id = menu_id_of(session)
    leave_portions(session, 0, MenuRow.id == menu_id)
    waiting = wait(session, wang, menu_id)
    for _ in range(2):
        left = meals.leave_waiting_list(session, actor_of(wang), waiting_id=waiting.id, now=NOW)
        assert left.status is WaitingStatus.LEFT
    again = wait(session, wang, menu_id)
    book(session, wang, nearest(session, wang).menu.id)
    assert meals.get_waiting(session, actor_of(wang), waiting_id=again.id).status is WaitingStatus.LEFT
    assert session.get_one(MenuRow, menu_id).slot.waiting == 0


def test_nobody_sees_or_leaves_the_line_for_somebody_else(session: Session, wang: Person) -> None:
    menu_id = menu_id_of(session)
    leave_portions(session, 0, MenuRow.id == menu_id)
    waiting = wait(session, wang, menu_id)
    other = actor_of(person_named(session, "黄婉仪"))
    with pytest.raises(NotAllowed):
        meals.get_waiting(session, other, waiting_id=waiting.id)
    with pytest.raises(NotAllowed):
        meals.leave_waiting_list(session, other, waiting_id=waiting.id, now=NOW)
    with pytest.raises(meals.WaitingUnknown):
        meals.get_waiting(session, other, waiting_id=new_id())
    assert session.scalars(select(MealBookingRow).where(MealBookingRow.person_id == wang.id)).all() == []
