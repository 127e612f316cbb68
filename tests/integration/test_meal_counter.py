"""The canteen's day: cook list, rounds, serving, a till without a line, closing, settlement."""

from __future__ import annotations

import csv
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import meals
from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.audit import AuditEntry
from services.clock import local_moment
from services.database import Database, new_id
from services.decisions import Choice, decide, decisions_for
from services.meals import Allergen, Diet, Meal, counter
from services.meals.counter import OfflineServing, ServingOutcome
from services.meals.counter.closing import close_due_meals
from services.meals.counter.printing import PrintedWords
from services.meals.counter.settlement import SETTLEMENT_COLUMNS
from services.meals.subsidy import rule_on
from services.meals.tables import MealBookingRow, MenuRow
from services.people import Person, PersonRow, get_person
from services.worker_tasks import TaskKind, list_tasks
from tests.conftest import NOW, person_named
from tests.meals import (
    TODAY,
    TOMORROW,
    actor_of,
    add_senior,
    after,
    book,
    canteen_id,
    cook_of,
    leave_portions,
    menu_id_of,
    wait,
)
from tests.opened import EVERY_RECORD

LUNCH_IS_OVER = after(TODAY, 13)
WORDS = PrintedWords(
    **{each.name: each.name for each in fields(PrintedWords)}
    | {
        "page": "{page}",
        "rounds": "{street}",
        "meals": {meal: meal.value for meal in Meal},
        "diets": {diet: diet.value for diet in Diet},
        "allergies": {allergen: allergen.value for allergen in Allergen},
    }
)


@pytest.fixture
def cook(session: Session) -> Actor:
    return cook_of(session)


@pytest.fixture
def hers(session: Session, wang: Person) -> meals.MealBooking:
    """Today's lunch of 王秀珍, to eat there."""
    return book(session, wang, menu_id_of(session, TODAY))


def serve(session: Session, cook: Actor, booking: meals.MealBooking, serving_id=None, now=LUNCH_IS_OVER):
    return counter.serve_meal(
        session, cook, booking_id=booking.id, serving_id=serving_id or new_id(), now=now - timedelta(hours=1)
    )


def status_of(session: Session, booking: meals.MealBooking) -> str:
    return session.get_one(MealBookingRow, booking.id, populate_existing=True).status


def test_tomorrow_is_counted_meal_by_meal_with_what_to_mind(session: Session, wang: Person, cook: Actor) -> None:
    neighbour = add_senior(session, 1)
    meals.set_dietary_marks(
        session, actor_of(wang), person_id=wang.id, diets=[Diet.SOFT_FOOD], allergies=[Allergen.PEANUT], now=NOW
    )
    book(session, wang, menu_id_of(session), quantity=2)
    book(session, neighbour, menu_id_of(session), delivery=True)
    leave_portions(session, 0, MenuRow.id == menu_id_of(session))
    wait(session, add_senior(session, 2), menu_id_of(session))
    day = counter.get_counter_day(session, cook, canteen_id=canteen_id(session), day=TOMORROW, now=NOW)
    assert [it.menu.meal for it in day.meals] == list(Meal)
    lunch = day.meals[1]
    assert (lunch.portions, lunch.to_eat_there, lunch.to_deliver, lunch.still_to_serve) == (3, 2, 1, 3)
    assert (lunch.diets, lunch.allergies) == ({Diet.SOFT_FOOD: 2}, {Allergen.PEANUT: 2})
    assert [(it.pick_up_number, it.masked_name, it.quantity) for it in lunch.special] == [(1, "王*珍", 2)]
    assert (lunch.waiting, lunch.is_final, lunch.is_closed) == (1, False, False)


def test_what_is_made_alike_stands_together_and_what_harms_comes_first(
    session: Session, wang: Person, cook: Actor
) -> None:
    soft, egg, also_soft = (add_senior(session, number) for number in range(1, 4))
    for person, allergies in ((soft, []), (egg, [Allergen.EGG]), (also_soft, [])):
        meals.set_dietary_marks(
            session, actor_of(person), person_id=person.id, diets=[Diet.SOFT_FOOD], allergies=allergies, now=NOW
        )
    for person, quantity in ((soft, 1), (wang, 1), (egg, 1), (also_soft, 2)):
        book(session, person, menu_id_of(session), quantity=quantity)
    lunch = counter.get_counter_day(session, cook, canteen_id=canteen_id(session), day=TOMORROW, now=NOW).meals[1]
    assert [
        (group.marks.allergies, group.marks.diets, group.portions, [it.pick_up_number for it in group.meals])
        for group in lunch.minded
    ] == [((Allergen.EGG,), (Diet.SOFT_FOOD,), 1, [3]), ((), (Diet.SOFT_FOOD,), 3, [1, 4])]


def test_rounds_go_by_street_with_whole_addresses_and_each_reading_is_recorded(
    session: Session, wang: Person, cook: Actor
) -> None:
    elsewhere = add_senior(session, 1)
    session.get_one(PersonRow, elsewhere.id).street = "东门"
    session.flush()
    for person in (wang, elsewhere, add_senior(session, 2)):
        book(session, person, menu_id_of(session), delivery=True)
    rounds = counter.get_delivery_rounds(session, cook, menu_id=menu_id_of(session), now=NOW)
    assert [(it.street, it.portions) for it in rounds] == [("东门", 1), ("翠竹", 2)]
    (hers,) = [stop for round_ in rounds for stop in round_.stops if stop.masked_name == "王*珍"]
    assert hers.address is not None
    assert hers.address.startswith("罗湖区翠竹街道翠竹社区")
    assert hers.phone == "15400000002"
    assert "15400000002" not in repr(hers)
    reads = session.scalars(select(AuditEntry.person_id).where(AuditEntry.deed == "delivery_address_read")).all()
    assert len(reads) == 3


def test_she_is_found_by_number_card_and_name(
    session: Session, wang: Person, hers: meals.MealBooking, cook: Actor
) -> None:
    menu_id = hers.menu.id
    add = book(session, add_senior(session, 1), menu_id)
    assert add.pick_up_number == 2

    def found(text: str) -> list[int]:
        return [it.pick_up_number for it in counter.find_at_till(session, cook, menu_id=menu_id, text=text)]

    assert found("1") == [1]
    assert found("００１") == [1]
    assert found("9000") == [1]
    assert found("6217 0000 0000 0000 9000") == [1]
    assert found("王") == [1]
    assert found("王秀珍") == [1]
    assert found("示例长者") == [2]
    assert found("  ") == found("7") == found("秀珍") == []
    meals.cancel_meal(session, actor_of(wang), booking_id=hers.id, now=NOW)
    assert found("1") == []
    till = counter.get_till(session, cook, menu_id=menu_id, now=NOW)
    assert [(it.pick_up_number, it.status) for it in till.bookings] == [(1, "cancelled"), (2, "booked")]


def test_nothing_is_handed_out_before_its_day(session: Session, wang: Person, cook: Actor) -> None:
    tomorrows = book(session, wang, menu_id_of(session, TOMORROW))
    with pytest.raises(counter.ServingNotPossible):
        serve(session, cook, tomorrows)
    assert status_of(session, tomorrows) == "booked"
    serve(session, cook, tomorrows, now=after(TOMORROW, 13))
    assert status_of(session, tomorrows) == "served"


def test_a_meal_is_served_once_and_a_slip_can_be_undone(session: Session, hers: meals.MealBooking, cook: Actor) -> None:
    serving_id = new_id()
    for _ in range(2):
        assert serve(session, cook, hers, serving_id).outcome is ServingOutcome.SERVED
    assert serve(session, cook, hers).outcome is ServingOutcome.ALREADY_SERVED
    assert counter.take_back_serving(session, cook, booking_id=hers.id, now=LUNCH_IS_OVER).status == "booked"
    with pytest.raises(counter.ServingNotPossible):
        counter.take_back_serving(session, cook, booking_id=hers.id, now=LUNCH_IS_OVER)
    assert serve(session, cook, hers).outcome is ServingOutcome.SERVED
    counter.close_meal(session, cook, menu_id=hers.menu.id, now=LUNCH_IS_OVER)
    with pytest.raises(counter.ServingNotPossible):
        counter.take_back_serving(session, cook, booking_id=hers.id, now=LUNCH_IS_OVER)


def test_a_served_meal_is_neither_cancelled_nor_booked_again(
    session: Session, wang: Person, hers: meals.MealBooking, cook: Actor
) -> None:
    serve(session, cook, hers)
    with pytest.raises(meals.TooLateToCancel):
        meals.cancel_meal(session, actor_of(wang), booking_id=hers.id, now=NOW)
    with pytest.raises(meals.AlreadyBooked):
        book(session, wang, hers.menu.id)
    assert meals.list_meal_bookings(session, actor_of(wang), person_id=wang.id, from_day=TODAY)[0].status == "served"


def test_a_till_that_was_cut_off_hands_in_later_what_it_served_and_nothing_doubles(
    session: Session, wang: Person, hers: meals.MealBooking, cook: Actor
) -> None:
    cancelled = book(session, add_senior(session, 1), hers.menu.id)
    twice = book(session, add_senior(session, 2), hers.menu.id)
    meals.cancel_meal(session, actor_of(person_of(session, cancelled)), booking_id=cancelled.id, now=NOW)
    at = after(TODAY, 12)
    batch = [
        OfflineServing(new_id(), hers.id, at),
        OfflineServing(new_id(), cancelled.id, at),
        OfflineServing(new_id(), twice.id, at + timedelta(minutes=1)),
        OfflineServing(new_id(), twice.id, at + timedelta(minutes=2)),
        OfflineServing(new_id(), new_id(), at),
    ]
    asked = {"canteen_id": canteen_id(session), "servings": batch, "now": LUNCH_IS_OVER}
    expected = ["served", "cancelled", "served", "already_served", "unknown"]
    for _ in range(2):
        answers = counter.sync_servings(session, cook, **asked)
        assert [it.outcome.value for it in answers] == expected
        assert [it.serving_id for it in answers] == [it.serving_id for it in batch]
    assert session.get_one(MealBookingRow, hers.id).served_at == at
    ahead = book(session, add_senior(session, 3), hers.menu.id)
    late = OfflineServing(new_id(), ahead.id, LUNCH_IS_OVER + timedelta(days=1))
    (answer,) = counter.sync_servings(session, cook, **asked | {"servings": [late]})
    assert answer.booking is not None
    assert answer.booking.served_at == LUNCH_IS_OVER
    behind = book(session, add_senior(session, 4), hers.menu.id)
    in_1970 = OfflineServing(new_id(), behind.id, datetime(1970, 1, 1, tzinfo=UTC))
    (answer,) = counter.sync_servings(session, cook, **asked | {"servings": [in_1970]})
    assert answer.booking is not None
    assert answer.booking.served_at == local_moment(TODAY, time(0))


def person_of(session: Session, booking: meals.MealBooking) -> Person:
    return get_person(session, Actor.system(), person_id=booking.person_id)


def three_missed_lunches(session: Session, person: Person, cook: Actor) -> list[meals.MealBooking]:
    bookings = [book(session, person, menu_id_of(session, TODAY + timedelta(days=ahead))) for ahead in range(3)]
    for ahead, booking in enumerate(bookings):
        counter.close_meal(session, cook, menu_id=booking.menu.id, now=LUNCH_IS_OVER + timedelta(days=ahead))
    return bookings


def worries(session: Session) -> list[tuple[object, object]]:
    tasks = list_tasks(session, Actor.system(), now=NOW + timedelta(days=30), kind=TaskKind.MEALS_NOT_PICKED_UP)
    return [(task.person_id, task.facts["missed"]) for task in tasks]


def test_three_meals_in_a_row_of_somebody_who_lives_alone_are_looked_after(session: Session, cook: Actor) -> None:
    huang, wang = person_named(session, "黄婉仪"), person_named(session, "王秀珍")
    assert huang.lives_alone
    assert not wang.lives_alone
    three_missed_lunches(session, wang, cook)
    assert worries(session) == []
    for ahead, booking in enumerate(
        [book(session, huang, menu_id_of(session, TODAY + timedelta(days=ahead), Meal.DINNER)) for ahead in range(3)]
    ):
        assert worries(session) == []
        over = after(TODAY + timedelta(days=ahead), 19)
        assert counter.close_meal(session, cook, menu_id=booking.menu.id, now=over).not_picked_up == 1
    assert worries(session) == [(huang.id, 3)]
    worker = Actor.staff(
        ActorKind.COMMUNITY_WORKER, new_id(), Channel.SCREEN, "木头龙", "罗湖区", open_records=EVERY_RECORD
    )
    (task,) = list_tasks(session, worker, now=NOW + timedelta(days=30))
    assert task.due_on == TODAY + timedelta(days=2)
    choices = [it.choice for it in decisions_for(session, worker, task)]
    assert choices == [Choice.CALLED_HER, Choice.VISITED, Choice.ALL_WELL, Choice.HELP_SENT]
    decided_at = after(TODAY + timedelta(days=2), 20)
    closed = decide(
        session, worker, task_id=task.id, choice=Choice.VISITED, reason="她女儿来了，在家吃", now=decided_at
    )
    assert closed.decision == "visited"
    # What the worker knows is no news: a fourth missed meal alone does not bring it back.
    fourth = book(session, huang, menu_id_of(session, TODAY + timedelta(days=3), Meal.DINNER))
    counter.close_meal(session, cook, menu_id=fourth.menu.id, now=after(TODAY + timedelta(days=3), 19))
    assert worries(session) == []


def test_a_till_that_comes_back_late_takes_the_worry_away(session: Session, cook: Actor) -> None:
    huang = person_named(session, "黄婉仪")
    bookings = three_missed_lunches(session, huang, cook)
    assert worries(session) == [(huang.id, 3)]
    served = OfflineServing(new_id(), bookings[2].id, after(TODAY + timedelta(days=2), 12))
    (answer,) = counter.sync_servings(
        session, cook, canteen_id=canteen_id(session), servings=[served], now=after(TODAY + timedelta(days=2), 18)
    )
    assert answer.outcome is ServingOutcome.SERVED
    assert worries(session) == []


def test_a_meal_in_between_that_she_ate_begins_the_count_anew(session: Session, cook: Actor) -> None:
    huang = person_named(session, "黄婉仪")
    for ahead in range(5):
        at = LUNCH_IS_OVER + timedelta(days=ahead)
        booking = book(session, huang, menu_id_of(session, TODAY + timedelta(days=ahead)))
        if ahead == 2:
            serve(session, cook, booking, now=at)
        counter.close_meal(session, cook, menu_id=booking.menu.id, now=at)
    assert worries(session) == []


def test_a_meal_is_closed_after_it_and_once_and_by_itself_when_nobody_does(
    own_database: Database,
) -> None:
    with own_database.sessions() as session, session.begin():
        cook, huang = cook_of(session), person_named(session, "黄婉仪")
        lunch = book(session, huang, menu_id_of(session, TODAY))
        with pytest.raises(counter.MealNotOver):
            counter.close_meal(session, cook, menu_id=lunch.menu.id, now=NOW)
    assert close_due_meals(own_database.sessions, city="shenzhen", now=after(TODAY, 14)) == 10
    # Two hours after half past twelve everybody's lunch is over.
    assert close_due_meals(own_database.sessions, city="shenzhen", now=after(TODAY, 15)) == 20
    with own_database.sessions() as session, session.begin():
        assert status_of(session, lunch) == "not_picked_up"
        again = counter.close_meal(session, cook, menu_id=lunch.menu.id, now=after(TODAY, 16))
        assert (again.is_closed, again.not_picked_up) == (True, 1)


def test_the_settlement_is_the_sum_of_the_bookings(session: Session, cook: Actor) -> None:
    people = [person_named(session, "黄婉仪"), *(add_senior(session, number) for number in range(5))]
    for place, person in enumerate(people):
        for ahead in range(4):
            booking = book(
                session,
                person,
                menu_id_of(session, TODAY + timedelta(days=ahead)),
                quantity=1 + place % 2,
                delivery=place % 3 == 0,
            )
            if (place + ahead) % 4 == 0:
                meals.cancel_meal(session, actor_of(person), booking_id=booking.id, now=NOW)
            elif (place + ahead) % 4 < 3:
                serve(session, cook, booking, now=LUNCH_IS_OVER + timedelta(days=ahead))
    settled = counter.get_settlement(
        session, cook, canteen_id=canteen_id(session), month=date(2026, 11, 1), now=LUNCH_IS_OVER
    )
    rows = session.scalars(select(MealBookingRow).where(MealBookingRow.status == "served")).all()
    total, rule = settled.total, rule_on(TODAY)
    assert rule is not None
    assert total.bookings == len(rows) > 0
    assert total.portions == sum(row.quantity for row in rows)
    assert total.paid_by_guests_fen == sum(row.to_pay_fen for row in rows)
    assert total.subsidy_fen == sum(row.subsidy_fen for row in rows)
    assert total.delivery_subsidy_fen == sum(row.delivery_subsidy_fen for row in rows)
    assert total.operator_subsidy_fen == rule.operator_fen_a_diner * sum(row.subsidy_fen > 0 for row in rows)
    assert total.price_fen + total.delivery_fee_fen == (
        total.paid_by_guests_fen + total.subsidy_fen + total.delivery_subsidy_fen
    )
    assert total.total_fen == total.price_fen + total.delivery_fee_fen + total.operator_subsidy_fen
    for column in SETTLEMENT_COLUMNS[1:]:
        assert sum(getattr(day, column) for day in settled.days) == getattr(total, column)
    assert not settled.is_final


def test_the_csv_says_the_same_and_holds_no_formula(session: Session, hers: meals.MealBooking, cook: Actor) -> None:
    serve(session, cook, hers)
    settled = counter.get_settlement(
        session, cook, canteen_id=canteen_id(session), month=date(2026, 11, 24), now=LUNCH_IS_OVER
    )
    text = counter.settlement_csv(settled, headings=("=1+1", *SETTLEMENT_COLUMNS[1:]), total_words="合计")
    headings, day, total = csv.reader(StringIO(text))
    assert headings[0] == "'=1+1"
    assert len(headings) == len(day) == len(total) == len(SETTLEMENT_COLUMNS)
    said = dict(zip(SETTLEMENT_COLUMNS, total, strict=True))
    assert (said["price_fen"], said["subsidy_fen"], said["paid_by_guests_fen"]) == ("15.00", "5.00", "10.00")
    assert (said["operator_subsidy_fen"], said["total_fen"]) == ("2.00", "17.00")
    assert day[0] == "2026-11-24"


def test_the_day_is_printed_with_its_rounds(
    session: Session, wang: Person, hers: meals.MealBooking, cook: Actor
) -> None:
    meals.set_dietary_marks(
        session, actor_of(wang), person_id=wang.id, diets=[Diet.LOW_SALT], allergies=[Allergen.EGG], now=NOW
    )
    book(session, add_senior(session, 1), hers.menu.id, delivery=True)
    asked = {"canteen_id": canteen_id(session), "words": WORDS, "now": NOW}
    paper = counter.day_as_pdf(session, cook, day=TODAY, **asked)
    assert paper.startswith(b"%PDF")
    # Three meals and one round.
    assert paper.count(b"/Type /Page\n") == 4
    nothing = counter.day_as_pdf(session, cook, day=TODAY - timedelta(days=30), **asked)
    assert nothing.count(b"/Type /Page\n") == 1


def test_nobody_works_at_another_canteen_than_her_own(session: Session, wang: Person, hers: meals.MealBooking) -> None:
    at_hers = {"canteen_id": canteen_id(session), "now": NOW}
    others = [
        cook_of(session, "鹏兴社区长者助餐点(示例)"),
        actor_of(wang),
        Actor.staff(ActorKind.COMMUNITY_WORKER, new_id(), Channel.SCREEN, "翠竹", "罗湖区", open_records=EVERY_RECORD),
        Actor.staff(ActorKind.OPERATOR, new_id(), Channel.SCREEN),
    ]
    for other in others:
        with pytest.raises(NotAllowed):
            counter.get_counter_day(session, other, day=TODAY, **at_hers)
        with pytest.raises(NotAllowed):
            counter.day_as_pdf(session, other, day=TODAY, words=WORDS, **at_hers)
        with pytest.raises(NotAllowed):
            counter.get_delivery_rounds(session, other, menu_id=hers.menu.id, now=NOW)
        with pytest.raises(NotAllowed):
            counter.get_till(session, other, menu_id=hers.menu.id, now=NOW)
        with pytest.raises(NotAllowed):
            counter.find_at_till(session, other, menu_id=hers.menu.id, text="1")
        with pytest.raises(NotAllowed):
            counter.serve_meal(session, other, booking_id=hers.id, serving_id=new_id(), now=NOW)
        with pytest.raises(NotAllowed):
            counter.sync_servings(session, other, servings=[], **at_hers)
        with pytest.raises(NotAllowed):
            counter.take_back_serving(session, other, booking_id=hers.id, now=NOW)
        with pytest.raises(NotAllowed):
            counter.close_meal(session, other, menu_id=hers.menu.id, now=LUNCH_IS_OVER)
        with pytest.raises(NotAllowed):
            counter.get_settlement(session, other, month=TODAY, **at_hers)
    with pytest.raises(NotAllowed):
        meals.get_booking(session, cook_of(session), booking_id=hers.id)
