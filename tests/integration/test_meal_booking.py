"""Booking and cancelling meals on the real database."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import meals
from services.actor import Actor, Channel, NotAllowed
from services.audit import AuditEntry
from services.database import Database, new_id, unit_of_work
from services.districts import DISTRICT_CODES
from services.errors import ServiceError
from services.meals import Meal, MealBooking, MenuChoice
from services.meals.tables import CanteenRow, MealBookingRow, MenuRow
from services.messages import OutgoingMessage
from services.people import Hukou, NewPerson, Person, add_person, id_check_digit
from services.worker_tasks import TaskKind, list_tasks
from tests.conftest import NOW, person_named
from tests.integration.statements import statements
from tests.meals import leave_portions, portions_booked, texts_to

TODAY = date(2026, 11, 24)
TOMORROW = date(2026, 11, 25)


def actor_of(person: Person) -> Actor:
    return Actor.senior(person.id, Channel.SCREEN)


def lunches(session: Session, person: Person) -> tuple[MenuChoice, ...]:
    return meals.list_menus(session, actor_of(person), person_id=person.id, day=TOMORROW, meal=Meal.LUNCH, now=NOW)


def nearest(session: Session, person: Person, day: date = TOMORROW, meal: Meal = Meal.LUNCH) -> MenuChoice:
    return meals.list_menus(session, actor_of(person), person_id=person.id, day=day, meal=meal, now=NOW)[0]


def book(
    session: Session, person: Person, menu_id: UUID, *, quantity: int = 1, delivery: bool = False, now: datetime = NOW
) -> MealBooking:
    wanted = {"person_id": person.id, "menu_id": menu_id, "quantity": quantity, "delivery": delivery, "now": now}
    quote = meals.quote_meal(session, actor_of(person), **wanted)
    return meals.book_meal(
        session, actor_of(person), **wanted, agreed_to_pay_fen=quote.split.to_pay_fen, request_id=new_id()
    )


def test_a_week_of_meals_is_offered_from_today_on(session: Session, wang: Person) -> None:
    days = meals.list_days(session, actor_of(wang), person_id=wang.id, now=NOW)
    assert [day.day for day in days] == [TODAY + timedelta(days=ahead) for ahead in range(7)]
    today = {choice.meal: choice.is_open for choice in days[0].meals}
    assert today == {Meal.BREAKFAST: False, Meal.LUNCH: True, Meal.DINNER: True}


def test_every_district_has_two_places_and_the_city_has_all_models_of_them(session: Session) -> None:
    places = session.execute(select(CanteenRow.district, CanteenRow.kind)).all()
    districts = Counter(district for district, _kind in places)
    assert set(districts.values()) == {2}
    assert set(districts) == set(DISTRICT_CODES) - {"深汕特别合作区"}
    assert {kind for _district, kind in places} == set(meals.CanteenKind)


def test_the_canteen_of_her_community_comes_first(session: Session, wang: Person) -> None:
    choices = lunches(session, wang)
    assert choices[0].menu.canteen.name == "翠竹社区长者饭堂(示例)"
    assert [choice.nearness for choice in choices[:3]] == ["community", "district", "city"]
    assert choices[0].split.to_pay_fen == 1000


def test_a_booked_meal_is_there_with_its_price_text_and_record(session: Session, wang: Person) -> None:
    menu = nearest(session, wang).menu
    booking = book(session, wang, menu.id, delivery=True)
    assert (booking.split.price_fen, booking.split.subsidy_fen, booking.split.delivery_fee_fen) == (1500, 500, 200)
    assert booking.split.to_pay_fen == 1200
    assert booking.pick_up_number == 1
    assert meals.list_meal_bookings(session, actor_of(wang), person_id=wang.id, from_day=TODAY) == (booking,)
    assert portions_booked(session, menu.id) == 1
    texts = session.scalars(select(OutgoingMessage).where(OutgoingMessage.person_id == wang.id)).all()
    assert [text.template for text in texts] == ["meal_booked"]
    deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.subject_id == booking.id)).all()
    assert deeds == ["meal_booked"]


def test_the_same_request_again_books_once(session: Session, wang: Person) -> None:
    menu = nearest(session, wang).menu
    arguments = {"person_id": wang.id, "menu_id": menu.id, "quantity": 1, "delivery": False, "now": NOW}
    request_id = new_id()
    first = meals.book_meal(session, actor_of(wang), **arguments, agreed_to_pay_fen=1000, request_id=request_id)
    second = meals.book_meal(session, actor_of(wang), **arguments, agreed_to_pay_fen=1000, request_id=request_id)
    assert first == second
    assert portions_booked(session, menu.id) == 1
    assert len(session.scalars(select(OutgoingMessage).where(OutgoingMessage.person_id == wang.id)).all()) == 1


def test_a_second_booking_of_the_meal_names_the_first(session: Session, wang: Person) -> None:
    first = book(session, wang, nearest(session, wang).menu.id)
    with pytest.raises(meals.AlreadyBooked) as refused:
        book(session, wang, nearest(session, wang).menu.id)
    assert refused.value.facts["booking_id"] == first.id


def test_after_the_kitchen_has_begun_who_has_the_meal_is_told_that_she_has_it(session: Session, wang: Person) -> None:
    menu = nearest(session, wang).menu
    first = book(session, wang, menu.id)
    # The page did not arrive, and by the time that she looks again it is too late for others.
    with pytest.raises(meals.AlreadyBooked) as refused:
        book(session, wang, menu.id, now=menu.order_until_at + timedelta(minutes=2))
    assert refused.value.facts["booking_id"] == first.id


def test_cancelling_gives_the_portion_back_and_tells_her_once(session: Session, wang: Person) -> None:
    menu = nearest(session, wang).menu
    booking = book(session, wang, menu.id, quantity=2)
    for _ in range(2):
        cancelled = meals.cancel_meal(session, actor_of(wang), booking_id=booking.id, now=NOW)
        assert cancelled.status == "cancelled"
    assert portions_booked(session, menu.id) == 0
    texts = session.scalars(
        select(OutgoingMessage.template).where(OutgoingMessage.person_id == wang.id).order_by(OutgoingMessage.id)
    )
    assert list(texts) == ["meal_booked", "meal_cancelled"]
    again = book(session, wang, menu.id)
    assert again.id != booking.id
    assert again.pick_up_number == 2


def test_it_can_be_cancelled_until_the_kitchen_starts_or_ten_minutes_after_booking(
    session: Session, wang: Person
) -> None:
    menu = nearest(session, wang, TODAY).menu
    in_time = menu.order_until_at
    booking = book(session, wang, menu.id, now=in_time)
    assert booking.cancel_until_at == in_time + timedelta(minutes=10)
    too_late = in_time + timedelta(minutes=10, seconds=1)
    with pytest.raises(meals.TooLateToCancel):
        meals.cancel_meal(session, actor_of(wang), booking_id=booking.id, now=too_late)
    just_in_time = in_time + timedelta(minutes=10)
    assert meals.cancel_meal(session, actor_of(wang), booking_id=booking.id, now=just_in_time).status == "cancelled"


def refusal(session: Session, person: Person, **change: object) -> str:
    """The code with which booking with this change is refused, by the quote and by the booking alike."""
    menu = nearest(session, person).menu
    wanted = {"person_id": person.id, "menu_id": menu.id, "quantity": 1, "delivery": False, "now": NOW} | change
    with pytest.raises(ServiceError) as quoted:
        meals.quote_meal(session, actor_of(person), **wanted)
    with pytest.raises(ServiceError) as booked:
        meals.book_meal(session, actor_of(person), **wanted, agreed_to_pay_fen=1000, request_id=new_id())
    assert booked.value.code == quoted.value.code
    assert session.scalars(select(MealBookingRow).where(MealBookingRow.person_id == person.id)).all() == []
    return quoted.value.code


def test_what_cannot_be_booked_is_refused_with_its_reason(session: Session, wang: Person) -> None:
    tomorrow = nearest(session, wang)
    point = lunches(session, wang)[1].menu
    assert refusal(session, wang, menu_id=new_id()) == "menu_unknown"
    assert refusal(session, wang, quantity=0) == "quantity_wrong"
    assert refusal(session, wang, quantity=5) == "quantity_wrong"
    assert refusal(session, wang, now=NOW + timedelta(days=3)) == "meal_day_in_the_past"
    assert refusal(session, wang, now=tomorrow.menu.order_until_at + timedelta(seconds=1)) == "orders_closed"
    assert refusal(session, wang, menu_id=point.id, delivery=True) == "delivery_not_offered"
    far_away = next(c.menu for c in lunches(session, wang) if c.menu.canteen.delivers and c.nearness == "city")
    assert refusal(session, wang, menu_id=far_away.id, delivery=True) == "delivery_not_offered"
    leave_portions(session, 0, MenuRow.id == tomorrow.menu.id)
    assert refusal(session, wang, menu_id=tomorrow.menu.id) == "meal_full"


def test_a_price_that_she_did_not_agree_to_is_not_booked(session: Session, wang: Person) -> None:
    menu = nearest(session, wang).menu
    with pytest.raises(meals.PriceChanged) as refused:
        meals.book_meal(
            session,
            actor_of(wang),
            person_id=wang.id,
            menu_id=menu.id,
            quantity=1,
            delivery=False,
            agreed_to_pay_fen=999,
            request_id=new_id(),
            now=NOW,
        )
    assert refused.value.facts["to_pay_fen"] == 1000


def test_a_day_in_the_past_or_without_menus_says_so(session: Session, wang: Person) -> None:
    arguments = {"person_id": wang.id, "meal": Meal.LUNCH, "now": NOW}
    with pytest.raises(meals.MealDayInThePast):
        meals.list_menus(session, actor_of(wang), day=date(2026, 11, 23), **arguments)
    with pytest.raises(meals.MealDayNotOffered) as refused:
        meals.list_menus(session, actor_of(wang), day=date(2026, 12, 24), **arguments)
    assert refused.value.facts["last_day"] == TODAY + timedelta(days=7)


def test_nobody_books_sees_or_cancels_for_somebody_else(session: Session, wang: Person) -> None:
    other = actor_of(person_named(session, "黄婉仪"))
    booking = book(session, wang, nearest(session, wang).menu.id)
    with pytest.raises(NotAllowed):
        meals.cancel_meal(session, other, booking_id=booking.id, now=NOW)
    with pytest.raises(NotAllowed):
        meals.get_booking(session, other, booking_id=booking.id)
    with pytest.raises(NotAllowed):
        meals.list_meal_bookings(session, other, person_id=wang.id, from_day=TODAY)
    with pytest.raises(NotAllowed):
        meals.list_days(session, other, person_id=wang.id, now=NOW)
    with pytest.raises(NotAllowed):
        meals.quote_meal(
            session, other, person_id=wang.id, menu_id=booking.menu.id, quantity=1, delivery=False, now=NOW
        )


def test_where_she_names_no_canteen_the_nearest_that_can_do_it_is_taken(session: Session, wang: Person) -> None:
    arguments = {"person_id": wang.id, "day": TOMORROW, "meal": Meal.LUNCH, "now": NOW}
    near = nearest(session, wang).menu
    assert meals.suggest_menu(session, actor_of(wang), **arguments, delivery=True).id == near.id
    leave_portions(session, 0, MenuRow.id == near.id)
    next_best = meals.suggest_menu(session, actor_of(wang), **arguments, delivery=None)
    assert next_best.canteen.district == "罗湖区"
    with pytest.raises(meals.MealFull):
        meals.suggest_menu(session, actor_of(wang), **arguments, delivery=True)
    leave_portions(session, 0, MenuRow.day == TOMORROW, MenuRow.meal == "lunch")
    with pytest.raises(meals.MealFull):
        meals.suggest_menu(session, actor_of(wang), **arguments, delivery=None)
    later = arguments | {"now": datetime.combine(TOMORROW, datetime.max.time(), NOW.tzinfo) - timedelta(hours=10)}
    with pytest.raises(meals.OrdersClosed):
        meals.suggest_menu(session, actor_of(wang), **later, delivery=None)


def add_seniors(database: Database, how_many: int) -> list[UUID]:
    """So many seniors of the demonstration, for a crowd."""
    ids = []
    with unit_of_work(database.sessions) as session:
        for number in range(how_many):
            first = f"44039919500101{number:03}"
            new = NewPerson(
                name="示例长者",
                sex="female",
                birth_on=date(1950, 1, 1),
                id_number=first + id_check_digit(first),
                phone=f"1540001{number:04}",
                address="示例",
                hukou=Hukou.SHENZHEN,
                hukou_district="罗湖区",
                district="罗湖区",
                street="翠竹",
                community="翠竹",
            )
            ids.append(add_person(session, Actor.system(), new, city="shenzhen", now=NOW).id)
    return ids


def book_all_at_once(database: Database, people: list[UUID], menu_id: UUID) -> Counter[str]:
    """Everybody tries at the same moment, 40 at a time; how each try ended."""
    ends: Counter[str] = Counter()
    gate = threading.Barrier(40)
    queue = list(people)
    lock = threading.Lock()

    def try_some() -> None:
        gate.wait()
        while True:
            with lock:
                if not queue:
                    return
                person_id = queue.pop()
            try:
                with unit_of_work(database.sessions) as session:
                    meals.book_meal(
                        session,
                        Actor.senior(person_id, Channel.SCREEN),
                        person_id=person_id,
                        menu_id=menu_id,
                        quantity=1,
                        delivery=False,
                        agreed_to_pay_fen=1000,
                        request_id=new_id(),
                        now=NOW,
                    )
                end = "booked"
            except ServiceError as error:
                end = error.code
            with lock:
                ends[end] += 1

    threads = [threading.Thread(target=try_some) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def lunch_of_cuizhu(database: Database, portions: int) -> UUID:
    with unit_of_work(database.sessions) as session:
        menu_id = nearest(session, person_named(session, "王秀珍")).menu.id
        leave_portions(session, portions, MenuRow.id == menu_id)
    return menu_id


def test_a_press_asks_the_database_little_and_least_where_the_meal_is_full(session: Session, wang: Person) -> None:
    """At the hour when orders end two thousand press for a hundred portions."""
    menu, wanted = nearest(session, wang).menu, {"person_id": wang.id, "quantity": 1, "delivery": False, "now": NOW}
    press = partial(meals.book_meal, session, actor_of(wang), **wanted, menu_id=menu.id, agreed_to_pay_fen=1000)
    request_id = new_id()
    leave_portions(session, 1, MenuRow.id == menu.id)
    session.expunge_all()
    with statements(session) as asked:
        booking = press(request_id=request_id)
    assert len(asked) <= 8, asked
    # The last one was hers: pressed twice she has it, and is not told that it is full.
    assert press(request_id=request_id).id == booking.id
    meals.cancel_meal(session, actor_of(wang), booking_id=booking.id, now=NOW)
    leave_portions(session, 0, MenuRow.id == menu.id)
    session.expunge_all()
    with statements(session) as asked, pytest.raises(meals.MealFull):
        press(request_id=new_id())
    assert len(asked) <= 2, asked


def test_two_hundred_at_once_get_exactly_the_fifty_portions_that_there_are(own_database: Database) -> None:
    menu_id = lunch_of_cuizhu(own_database, portions=50)
    ends = book_all_at_once(own_database, add_seniors(own_database, 200), menu_id)
    assert ends == {"booked": 50, "meal_full": 150}
    with unit_of_work(own_database.sessions) as session:
        numbers = list(session.scalars(select(MealBookingRow.pick_up_number)))
        assert sorted(numbers) == list(range(1, 51))
        assert portions_booked(session, menu_id) == 50
        assert len(session.scalars(select(OutgoingMessage.id)).all()) == 50


def test_one_senior_on_forty_tablets_books_once(own_database: Database) -> None:
    menu_id = lunch_of_cuizhu(own_database, portions=50)
    (one,) = add_seniors(own_database, 1)
    ends = book_all_at_once(own_database, [one] * 80, menu_id)
    assert ends == {"booked": 1, "already_booked": 79}
    with unit_of_work(own_database.sessions) as session:
        assert portions_booked(session, menu_id) == 1


def test_a_complaint_about_a_meal_is_one_step_and_a_worker_looks_into_it(session: Session, wang: Person) -> None:
    booking = book(session, wang, nearest(session, wang).menu.id)
    served = booking.menu.served_from_at
    complain = partial(meals.complain_about_meal, session, actor_of(wang), booking_id=booking.id)
    for too_soon_or_late in (served - timedelta(minutes=1), booking.menu.served_until_at + timedelta(days=8)):
        with pytest.raises(meals.MealNotToComplainAbout):
            complain(about=meals.MealTrouble.NOT_FRESH, now=too_soon_or_late)
    for _ in range(2):
        complain(about=meals.MealTrouble.NOT_BROUGHT, now=served + timedelta(hours=1))
    (task,) = list_tasks(session, Actor.system(), now=served + timedelta(days=1), kind=TaskKind.MEAL_COMPLAINT)
    assert (task.subject_id, task.facts["about"]) == (booking.id, "not_brought")
    assert texts_to(session, wang).count("meal_complaint_received") == 1
    with pytest.raises(NotAllowed):
        meals.complain_about_meal(
            session,
            actor_of(person_named(session, "黄婉仪")),
            booking_id=booking.id,
            about=meals.MealTrouble.OTHER,
            now=served,
        )
