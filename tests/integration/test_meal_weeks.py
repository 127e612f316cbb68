"""A week of meals in one go, the last week once more, changing a booking."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import meals
from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.audit import AuditEntry
from services.database import new_id
from services.meals import Allergen, Diet, Meal, MealWish
from services.meals.tables import CanteenRow, MealBookingRow, MenuRow
from services.people import Person
from tests.conftest import NOW, person_named
from tests.meals import (
    HERS,
    TODAY,
    TOMORROW,
    actor_of,
    add_senior,
    after,
    book,
    leave_portions,
    menu_id_of,
    portions_booked,
    texts_to,
    wait,
)
from tests.opened import EVERY_RECORD

A_WEEK = [TODAY + timedelta(days=ahead) for ahead in range(7)]


def suggested(session: Session, person: Person, **wanted: object) -> meals.WeekQuote:
    return meals.suggest_week(session, actor_of(person), person_id=person.id, now=NOW, **wanted)


def book_all(session: Session, person: Person, week: meals.WeekQuote, request_id=None) -> meals.BookedWeek:
    wishes = [each.wish for each in week.bookable if each.wish]
    return meals.book_week(
        session, actor_of(person), person_id=person.id, wishes=wishes, request_id=request_id or new_id(), now=NOW
    )


def test_a_week_is_suggested_with_its_whole_price(session: Session, wang: Person) -> None:
    week = suggested(session, wang)
    assert [each.day for each in week.meals] == A_WEEK
    assert all(each.menu and each.menu.canteen.name == HERS for each in week.meals)
    # Five working days at 15 - 5 yuan, and a weekend at 15.
    assert week.subsidised == 5
    assert week.split.to_pay_fen == 5 * 1000 + 2 * 1500


def test_every_day_of_a_week_is_there_also_when_it_cannot_be_booked(session: Session, wang: Person) -> None:
    first = book(session, wang, menu_id_of(session, TODAY))
    leave_portions(session, 0, MenuRow.day == TOMORROW, MenuRow.meal == "lunch")
    session.execute(MenuRow.__table__.delete().where(MenuRow.day == A_WEEK[2]))
    week = suggested(session, wang)
    assert [each.state for each in week.meals[:4]] == [
        "already_booked",
        "meal_full",
        "meal_day_not_offered",
        "can_be_booked",
    ]
    assert week.meals[0].booking_id == first.id
    assert week.meals[1].can_wait
    assert week.meals[1].split is not None
    assert week.meals[2].wish is None


def test_a_week_is_booked_at_once_with_one_text_and_once(session: Session, wang: Person) -> None:
    week, request_id = suggested(session, wang, delivery=True), new_id()
    booked = book_all(session, wang, week, request_id)
    assert len(booked.bookings) == 7
    assert booked.not_booked == ()
    assert booked.split == week.split
    assert texts_to(session, wang) == ["meal_week_booked"]
    again = book_all(session, wang, week, request_id)
    assert {it.id for it in again.bookings} == {it.id for it in booked.bookings}
    assert texts_to(session, wang) == ["meal_week_booked"]
    assert [each.state for each in suggested(session, wang).meals] == ["already_booked"] * 7


def test_what_was_refused_meanwhile_is_named_and_the_rest_is_booked(session: Session, wang: Person) -> None:
    week = suggested(session, wang)
    leave_portions(session, 0, MenuRow.id == menu_id_of(session, A_WEEK[1]))
    session.get_one(MenuRow, menu_id_of(session, A_WEEK[2])).price_fen = 1800
    session.flush()
    booked = book_all(session, wang, week)
    assert [it.menu.day for it in booked.bookings] == [A_WEEK[0], *A_WEEK[3:]]
    assert [(it.day, it.state) for it in booked.not_booked] == [
        (A_WEEK[1], "meal_full"),
        (A_WEEK[2], "price_changed"),
    ]


def test_the_same_meal_twice_in_a_week_is_booked_once(session: Session, wang: Person) -> None:
    menu_id = menu_id_of(session)
    elsewhere = session.scalars(
        select(MenuRow.id)
        .join(MenuRow.canteen)
        .where(MenuRow.day == TOMORROW, MenuRow.meal == "lunch", CanteenRow.name != HERS)
    ).first()
    wishes = [MealWish(menu_id), MealWish(elsewhere)]
    quote = meals.quote_week(session, actor_of(wang), person_id=wang.id, wishes=wishes, now=NOW)
    assert sorted(each.state for each in quote.meals) == ["already_booked", "can_be_booked"]


def test_the_last_week_is_repeated_seven_days_later(session: Session, wang: Person) -> None:
    week = suggested(session, wang, quantity=2)
    booked = book_all(session, wang, week)
    later = NOW + timedelta(days=7)
    again = meals.repeat_week(session, actor_of(wang), person_id=wang.id, now=later)
    assert [each.day for each in again.meals] == [day + timedelta(days=7) for day in A_WEEK]
    # The demonstration has menus for eight days, so of the week after it has the first.
    assert [each.state for each in again.meals] == ["can_be_booked"] + ["meal_day_not_offered"] * 6
    assert again.meals[0].quantity == 2
    assert again.meals[0].menu is not None
    assert again.meals[0].menu.canteen.id == booked.bookings[0].menu.canteen.id
    nothing = meals.repeat_week(session, actor_of(wang), person_id=wang.id, now=NOW)
    assert nothing.meals == ()


def change(session: Session, person: Person, booking: meals.MealBooking, **wanted: object) -> meals.MealBooking:
    asked = {
        "booking_id": booking.id,
        "menu_id": booking.menu.id,
        "quantity": booking.quantity,
        "delivery": booking.delivery,
        "now": NOW,
    } | wanted
    quote = meals.quote_change(session, actor_of(person), **asked)
    return meals.change_meal(session, actor_of(person), **asked, agreed_to_pay_fen=quote.split.to_pay_fen)


def test_a_booking_is_changed_in_what_she_says_and_keeps_the_rest(session: Session, wang: Person) -> None:
    booking = book(session, wang, menu_id_of(session))
    more = change(session, wang, booking, quantity=2)
    assert (more.id, more.pick_up_number, more.split.to_pay_fen) == (booking.id, booking.pick_up_number, 2500)
    brought = change(session, wang, more, delivery=True)
    assert (brought.quantity, brought.split.delivery_fee_fen) == (2, 200)
    other_day = menu_id_of(session, A_WEEK[2], Meal.DINNER)
    moved = change(session, wang, brought, menu_id=other_day)
    assert (moved.menu.day, moved.menu.meal, moved.quantity, moved.delivery) == (A_WEEK[2], Meal.DINNER, 2, True)
    assert portions_booked(session, booking.menu.id) == 0
    assert portions_booked(session, other_day) == 2
    assert texts_to(session, wang) == ["meal_booked", "meal_changed", "meal_changed", "meal_changed"]
    deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.subject_id == booking.id)).all()
    assert sorted(deeds) == ["meal_booked", "meal_changed", "meal_changed", "meal_changed"]
    same = change(session, wang, moved)
    assert same == moved
    assert len(texts_to(session, wang)) == 4


def test_a_change_that_is_refused_leaves_the_booking_as_it_was(session: Session, wang: Person) -> None:
    booking, menu_id = book(session, wang, menu_id_of(session)), menu_id_of(session, A_WEEK[2])
    leave_portions(session, 0, MenuRow.id == menu_id)
    with pytest.raises(meals.MealFull):
        change(session, wang, booking, menu_id=menu_id)
    with pytest.raises(meals.QuantityWrong):
        change(session, wang, booking, quantity=5)
    leave_portions(session, 1, MenuRow.id == booking.menu.id)
    with pytest.raises(meals.MealFull):
        change(session, wang, booking, quantity=3)
    other = book(session, wang, menu_id_of(session, A_WEEK[3]))
    with pytest.raises(meals.AlreadyBooked) as refused:
        change(session, wang, booking, menu_id=other.menu.id)
    assert refused.value.facts["booking_id"] == other.id
    with pytest.raises(meals.PriceChanged):
        meals.change_meal(
            session,
            actor_of(wang),
            booking_id=booking.id,
            menu_id=booking.menu.id,
            quantity=2,
            delivery=False,
            agreed_to_pay_fen=1,
            now=NOW,
        )
    with pytest.raises(meals.TooLateToChange):
        change(session, wang, booking, quantity=2, now=after(TOMORROW, 10))
    with pytest.raises(meals.BookingUnknown):
        meals.quote_change(
            session, actor_of(wang), booking_id=new_id(), menu_id=menu_id, quantity=1, delivery=False, now=NOW
        )
    with pytest.raises(NotAllowed):
        change(session, person_named(session, "黄婉仪"), booking, quantity=2)
    assert meals.get_booking(session, actor_of(wang), booking_id=booking.id).quantity == 1


def test_a_change_to_the_only_subsidised_meal_of_the_day_keeps_the_subsidy(session: Session, wang: Person) -> None:
    booking = book(session, wang, menu_id_of(session))
    elsewhere = session.scalars(
        select(MenuRow.id)
        .join(MenuRow.canteen)
        .where(
            MenuRow.day == TOMORROW,
            MenuRow.meal == "lunch",
            CanteenRow.district == "罗湖区",
            CanteenRow.kind == "meal_point",
        )
    ).one()
    moved = change(session, wang, booking, menu_id=elsewhere)
    assert (moved.split.price_fen, moved.split.subsidy_fen) == (1200, 500)


def test_moving_to_a_meal_in_whose_line_she_stands_elsewhere_leaves_the_line(session: Session, wang: Person) -> None:
    full = menu_id_of(session, A_WEEK[2])
    leave_portions(session, 0, MenuRow.id == full)
    wait(session, wang, full)
    booking = book(session, wang, menu_id_of(session))
    elsewhere = session.scalars(
        select(MenuRow.id).where(MenuRow.day == A_WEEK[2], MenuRow.meal == "lunch", MenuRow.id != full)
    ).first()
    change(session, wang, booking, menu_id=elsewhere)
    assert meals.list_waiting(session, actor_of(wang), person_id=wang.id, from_day=TODAY) == ()


def test_what_she_must_not_eat_is_warned_of_and_never_forbidden(session: Session, wang: Person) -> None:
    marks = meals.set_dietary_marks(
        session,
        actor_of(wang),
        person_id=wang.id,
        diets=[Diet.SOFT_FOOD],
        allergies=[Allergen.EGG, Allergen.PEANUT],
        now=NOW,
    )
    assert meals.get_dietary_marks(session, actor_of(wang), person_id=wang.id) == marks
    assert marks.allergies == (Allergen.PEANUT, Allergen.EGG)
    menu_id = menu_id_of(session)
    row = session.get_one(MenuRow, menu_id)
    row.allergens, row.diets = ["egg", "seafood"], ["low_salt"]
    session.flush()
    warnings = meals.quote_meal(
        session, actor_of(wang), person_id=wang.id, menu_id=menu_id, quantity=1, delivery=False, now=NOW
    ).warnings
    assert (warnings.contains, warnings.not_cooked) == ((Allergen.EGG,), (Diet.SOFT_FOOD,))
    assert book(session, wang, menu_id).status == "booked"
    with pytest.raises(NotAllowed):
        meals.get_dietary_marks(session, actor_of(person_named(session, "黄婉仪")), person_id=wang.id)
    cleared = meals.set_dietary_marks(session, actor_of(wang), person_id=wang.id, diets=[], allergies=[], now=NOW)
    assert (cleared.diets, cleared.allergies) == ((), ())


def test_the_nearest_canteens_come_first_with_their_distance_and_hours(session: Session, wang: Person) -> None:
    choices = meals.list_canteens(session, actor_of(wang), person_id=wang.id, now=NOW)
    assert len(choices) == 20
    first = choices[0]
    assert (first.canteen.name, first.distance_metres, first.can_be_delivered) == (HERS, 0, True)
    distances = [it.distance_metres for it in choices[1:]]
    assert distances == sorted(distances)
    # 6:00 in the morning: it opens at half past six.
    assert (first.is_open, first.opens_next_at) == (False, NOW + timedelta(minutes=30))
    later = meals.list_canteens(session, actor_of(wang), person_id=wang.id, now=NOW + timedelta(hours=1), limit=1)
    assert [(it.is_open, it.opens_next_at) for it in later] == [(True, None)]


def test_a_hundred_year_old_does_not_pay_for_a_subsidised_delivery(session: Session) -> None:
    li = person_named(session, "李德全")
    canteen = "鹏湾社区长者饭堂(示例)"
    booking = book(session, li, menu_id_of(session, canteen=canteen), delivery=True)
    assert (booking.split.delivery_fee_fen, booking.split.delivery_subsidy_fen) == (200, 200)
    assert booking.split.to_pay_fen == booking.split.price_fen - booking.split.subsidy_fen
    dinner = book(session, li, menu_id_of(session, meal=Meal.DINNER, canteen=canteen), delivery=True)
    assert dinner.split.delivery_subsidy_fen == 0


def test_a_community_worker_books_for_the_people_of_her_community(session: Session, wang: Person) -> None:
    worker = Actor.staff(
        ActorKind.COMMUNITY_WORKER, new_id(), Channel.SCREEN, "翠竹", "罗湖区", open_records=EVERY_RECORD
    )
    week = meals.suggest_week(session, worker, person_id=wang.id, now=NOW)
    assert len(week.bookable) == 7
    stranger = person_named(session, "张秀兰")
    with pytest.raises(NotAllowed):
        meals.suggest_week(session, worker, person_id=stranger.id, now=NOW)
    neighbour = add_senior(session, 1)
    booked = meals.book_week(
        session,
        worker,
        person_id=neighbour.id,
        wishes=[each.wish for each in week.bookable if each.wish],
        request_id=new_id(),
        now=NOW,
    )
    assert len(booked.bookings) == 7
    days = session.scalars(select(MealBookingRow.day).where(MealBookingRow.person_id == neighbour.id)).all()
    assert min(days) == date(2026, 11, 24)
