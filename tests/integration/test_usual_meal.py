"""The meal as she usually has it: suggested for the next day for which she has none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from services import meals
from services.actor import NotAllowed
from services.meals import Meal
from services.meals.tables import MenuRow
from services.people import Person
from tests.conftest import NOW, person_named
from tests.meals import HERS, TODAY, TOMORROW, actor_of, book, leave_portions, menu_id_of

POINT = "鹏兴社区长者助餐点(示例)"


def usual(session: Session, person: Person, now=NOW) -> meals.UsualMeal | None:
    return meals.suggest_usual_meal(session, actor_of(person), person_id=person.id, now=now)


def test_who_never_booked_is_offered_the_next_lunch_next_door(session: Session, wang: Person) -> None:
    found = usual(session, wang)
    assert found is not None
    assert not found.is_as_before
    menu = found.quote.menu
    assert (menu.day, menu.meal, menu.canteen.name) == (TODAY, Meal.LUNCH, HERS)
    assert (found.quote.quantity, found.quote.delivery) == (1, False)
    assert found.quote.split.to_pay_fen == 1000


def test_the_last_way_is_kept_and_days_that_are_booked_are_passed_over(session: Session, wang: Person) -> None:
    book(session, wang, menu_id_of(session, TODAY, Meal.DINNER), quantity=2, delivery=True)
    book(session, wang, menu_id_of(session, TOMORROW, Meal.DINNER), quantity=2, delivery=True)
    found = usual(session, wang)
    assert found is not None
    assert found.is_as_before
    menu = found.quote.menu
    assert (menu.day, menu.meal, menu.canteen.name) == (TOMORROW + timedelta(days=1), Meal.DINNER, HERS)
    assert (found.quote.quantity, found.quote.delivery) == (2, True)


def test_what_she_cancelled_is_not_what_she_is_used_to(session: Session, wang: Person) -> None:
    book(session, wang, menu_id_of(session, TODAY, canteen=POINT), now=NOW - timedelta(hours=18))
    dinner = book(session, wang, menu_id_of(session, TODAY, Meal.DINNER))
    meals.cancel_meal(session, actor_of(wang), booking_id=dinner.id, now=NOW)
    found = usual(session, wang)
    assert found is not None
    assert (found.quote.menu.meal, found.quote.menu.canteen.name) == (Meal.LUNCH, POINT)


def test_a_day_that_is_full_or_over_is_passed_over(session: Session, wang: Person) -> None:
    leave_portions(session, 0, MenuRow.day == TODAY)
    found = usual(session, wang)
    assert found is not None
    assert found.quote.menu.day == TOMORROW
    leave_portions(session, 0, MenuRow.meal == Meal.LUNCH)
    assert usual(session, wang) is None


def test_it_is_nobody_elses_business(session: Session, wang: Person) -> None:
    other = person_named(session, "黄婉仪")
    with pytest.raises(NotAllowed):
        meals.suggest_usual_meal(session, actor_of(other), person_id=wang.id, now=NOW)


def test_the_nearest_comes_first_where_two_are_as_far_by_the_citys_division(session: Session, wang: Person) -> None:
    choices = meals.list_menus(session, actor_of(wang), person_id=wang.id, day=TOMORROW, meal=Meal.LUNCH, now=NOW)
    metres = {
        each.canteen.id: each.distance_metres
        for each in meals.list_canteens(session, actor_of(wang), person_id=wang.id, now=NOW)
    }
    elsewhere = [metres[choice.menu.canteen.id] for choice in choices if choice.nearness == "city"]
    assert len(elsewhere) > 10
    assert elsewhere == sorted(elsewhere, key=lambda known: (known is None, known))
