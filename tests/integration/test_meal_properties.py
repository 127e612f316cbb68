"""Meals in whatever order things happen: booking, changing, cancelling, waiting, kitchens that begin, tills, closing.

Before each step the rows say what has to come of it (`meal_rows`); afterwards it is compared. What must hold at any
moment is an invariant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from services import meals
from services.actor import Actor, ActorKind, Channel
from services.clock import local_day, local_moment
from services.database import Database, new_id, unit_of_work
from services.database.opening import new_sessions
from services.errors import ServiceError
from services.meals import counter
from services.meals.counter import OfflineServing, ServingOutcome
from services.meals.counter.closing import close_due_meals
from services.meals.standing_rounds import book_standing_orders
from services.meals.subsidy import rule_on
from services.meals.turns import give_due_turns
from services.people import Person
from services.settings import Settings
from tests.integration.meal_rows import (
    Refusal,
    Seen,
    lives,
    nobody_has_a_meal_twice_or_waits_for_one_that_she_has,
    portions_taken_are_those_that_are_booked,
    see,
)
from tests.meals import TODAY, actor_of, add_senior, open_canteen, put_on_menu

# Of its own, so that what runs for a whole city runs for these alone.
CITY = "anywhere"
DAYS = (TODAY, TODAY + timedelta(days=1))
# The kitchen begins at half past nine; lunch is from eleven to half past twelve. A minute before the kitchen begins one
# can still book, and then cancel for ten minutes.
HOURS = (time(6), time(9, 29), time(9, 31), time(11, 30), time(12, 31), time(15))
MOMENTS = tuple(local_moment(day, at) for day in DAYS for at in HOURS)
FOUR, SOME, ANY = st.integers(0, 3), st.integers(1, 3), st.integers(0, 11)


class AnyOrder(RuleBasedStateMachine):
    """Two canteens, two days, four seniors, and everything that they, the kitchens and the clock can do."""

    connection: Connection
    sessions: sessionmaker[Session]

    def __init__(self) -> None:
        super().__init__()
        self.point = self.connection.begin_nested()
        self.now = MOMENTS[0]
        with unit_of_work(self.sessions) as session:
            self.people = [add_senior(session, number, city=CITY) for number in range(4)]
            self.canteens = [open_canteen(session, number, city=CITY) for number in range(2)]
            self.menus = [
                put_on_menu(session, canteen, day, portions=2 + number, city=CITY)
                for number, canteen in enumerate(self.canteens)
                for day in DAYS
            ]
        self.handed_out: list[OfflineServing] = []

    @initialize(
        day=st.integers(0, 1),
        quantities=st.lists(SOME, min_size=2, max_size=3),
        then=st.none() | st.tuples(ANY, ANY, SOME, st.booleans()),
    )
    def one_lunch_is_full_and_some_wait(
        self, day: int, quantities: list[int], then: tuple[int, int, int, bool] | None
    ) -> None:
        self.she_books(0, day, 2)
        for who, quantity in enumerate(quantities, 1):
            self.she_stands_in_line(who, day, quantity)
        if then is not None:
            self.somebody_comes_just_when_portions_came_free(*then)

    # --- what seniors do ---

    @rule(who=FOUR, what=FOUR, quantity=SOME)
    def she_books(self, who: int, what: int, quantity: int) -> None:
        """And presses a second time."""
        her, menu_id, before = self.people[who], self.menus[what], self.see()
        expected = before.against(her.id, menu_id, quantity, now=self.now)
        request_id = new_id()
        booked = self.tried(expected, lambda session: self.book(session, her, menu_id, quantity, request_id))
        if expected is None:
            with unit_of_work(self.sessions) as session:
                again = meals.book_meal(
                    session,
                    actor_of(her),
                    **self.asked(her, menu_id, quantity),
                    agreed_to_pay_fen=0,
                    request_id=request_id,
                )
            assert again.id == booked.id
            assert not self.see().waits_for(her.id, again.menu.day)

    @rule(who=FOUR, what=FOUR, quantity=SOME)
    def she_changes(self, who: int, what: int, quantity: int) -> None:
        her, menu_id, before = self.people[who], self.menus[what], self.see()
        hers = next((it for it in before.bookings if it.person_id == her.id and lives(it)), None)
        if hers is None or (hers.menu_id, hers.quantity) == (menu_id, quantity):
            return
        expected = before.against(her.id, menu_id, quantity, now=self.now, instead_of=hers)
        if not before.can_be_cancelled(hers, now=self.now):
            expected = meals.TooLateToChange
        self.tried(expected, lambda session: self.change(session, her, hers.id, menu_id, quantity))

    @rule(who=FOUR, day=st.sampled_from(DAYS))
    def she_cancels(self, who: int, day: date) -> None:
        her, before = self.people[who], self.see()
        hers = before.living(her.id, day)
        if hers is not None:
            expected = None if before.can_be_cancelled(hers, now=self.now) else meals.TooLateToCancel
            asked = {"booking_id": hers.id, "now": self.now}
            self.tried(expected, lambda session: meals.cancel_meal(session, actor_of(her), **asked))

    @rule(which=ANY, who=ANY, quantity=SOME, waits=st.booleans())
    def somebody_comes_just_when_portions_came_free(self, which: int, who: int, quantity: int, waits: bool) -> None:
        before = self.see()
        waited_for = [it for it in before.bookings if lives(it) and before.in_line(it.menu_id)]
        if waited_for:
            row = waited_for[which % len(waited_for)]
            self.she_cancels(self.place_of(row.person_id), row.day)
            after = self.see()
            hungry = [
                her.id for her in self.people if not (after.living(her.id, row.day) or after.waits_for(her.id, row.day))
            ]
            if hungry:
                come = self.she_stands_in_line if waits else self.she_books
                come(self.place_of(hungry[who % len(hungry)]), self.menus.index(row.menu_id), quantity)

    @rule(who=FOUR, what=FOUR, quantity=SOME)
    def she_stands_in_line(self, who: int, what: int, quantity: int) -> None:
        her, menu_id, before = self.people[who], self.menus[what], self.see()
        expected = before.against_waiting(her.id, menu_id, quantity, now=self.now)
        at_once = before.is_had_at_once(menu_id, quantity)
        place = self.tried(expected, lambda session: self.wait(session, her, menu_id, quantity))
        if expected is None:
            assert place.status == ("booked" if at_once else "waiting")
            assert place.ahead == (0 if at_once else len(before.in_line(menu_id)))

    @rule(who=FOUR)
    def she_leaves_the_line(self, who: int) -> None:
        her, before = self.people[who], self.see()
        hers = next((it for it in before.waits if it.person_id == her.id), None)
        if hers is not None:
            with unit_of_work(self.sessions) as session:
                left = meals.leave_waiting_list(session, actor_of(her), waiting_id=hers.id, now=self.now)
            assert left.status == ("left" if hers.status == "waiting" else hers.status)

    @rule(who=FOUR, where=st.integers(0, 1), quantity=SOME)
    def she_orders_every_day(self, who: int, where: int, quantity: int) -> None:
        her, canteen_id = self.people[who], self.canteens[where]
        with unit_of_work(self.sessions) as session:
            stands = meals.list_standing_orders(session, actor_of(her), person_id=her.id)
        expected: Refusal = meals.MealDayNotOffered if local_day(self.now) == DAYS[-1] else None
        if stands:
            expected = meals.StandingOrderExists
        self.tried(expected, lambda session: self.order(session, her, canteen_id, quantity))

    @rule(who=FOUR, cancel=st.booleans())
    def she_ends_her_order(self, who: int, cancel: bool) -> None:
        her = self.people[who]
        with unit_of_work(self.sessions) as session:
            for each in meals.list_standing_orders(session, actor_of(her), person_id=her.id):
                ended = meals.end_standing_order(
                    session, actor_of(her), order_id=each.id, cancel_bookings=cancel, now=self.now
                )
                assert not ended.stands

    # --- what the clock and the machine do ---

    @precondition(lambda self: self.now != MOMENTS[-1])
    @rule()
    def time_passes(self) -> None:
        self.now = MOMENTS[MOMENTS.index(self.now) + 1]

    @rule()
    def turns_are_given(self) -> None:
        before = self.see()
        give_due_turns(self.sessions, city=CITY, now=self.now)
        became = {it.id: it.status for it in self.see().waits}
        for menu_id in self.menus:
            for wait_id, becomes in before.turns(menu_id, now=self.now).items():
                assert became[wait_id] == becomes

    @rule()
    def standing_orders_are_booked(self) -> None:
        book_standing_orders(self.sessions, city=CITY, now=self.now)

    # --- what canteens do ---

    @rule(which=ANY, by_the_till=st.booleans())
    def somebody_is_served(self, which: int, by_the_till: bool) -> None:
        before = self.see()
        if not before.bookings:
            return
        row = before.bookings[which % len(before.bookings)]
        self.handed_out.append(OfflineServing(new_id(), row.id, self.now))
        outcomes = {"served": ServingOutcome.ALREADY_SERVED, "cancelled": ServingOutcome.CANCELLED}
        expected = outcomes.get(row.status, ServingOutcome.SERVED)
        if by_the_till:
            assert self.told_by_the_till(before, self.handed_out[-1]) is expected
            return
        cook, asked = cook_at(before, row.menu_id), {"booking_id": row.id, "serving_id": self.handed_out[-1].serving_id}
        is_early = row.day > local_day(self.now)
        served = self.tried(
            counter.ServingNotPossible if is_early or expected is ServingOutcome.CANCELLED else None,
            lambda session: counter.serve_meal(session, cook, **asked, now=self.now),
        )
        assert served is None or served.outcome is expected

    @precondition(lambda self: self.handed_out)
    @rule(which=ANY)
    def the_till_tells_it_again(self, which: int) -> None:
        serving, before = self.handed_out[which % len(self.handed_out)], self.see()
        row = next(it for it in before.bookings if it.id == serving.booking_id)
        if row.status == "served":
            self.told_by_the_till(before, serving)
            assert [(it.status, it.serving_id) for it in self.see().bookings] == [
                (it.status, it.serving_id) for it in before.bookings
            ]

    @rule(which=ANY)
    def it_was_a_slip_of_the_finger(self, which: int) -> None:
        before = self.see()
        if before.bookings:
            row = before.bookings[which % len(before.bookings)]
            is_open = before.menus[row.menu_id].closed_at is None
            expected = None if row.status == "served" and is_open else counter.ServingNotPossible
            cook, asked = cook_at(before, row.menu_id), {"booking_id": row.id, "now": self.now}
            self.tried(expected, lambda session: counter.take_back_serving(session, cook, **asked))

    @rule(what=FOUR)
    def a_meal_is_closed(self, what: int) -> None:
        menu_id, before = self.menus[what], self.see()
        expected = counter.MealNotOver if self.now < before.slot(menu_id).ends_at else None
        cook = cook_at(before, menu_id)
        self.tried(expected, lambda session: counter.close_meal(session, cook, menu_id=menu_id, now=self.now))
        if expected is None:
            assert "booked" not in {it.status for it in self.see().bookings if it.menu_id == menu_id}

    @rule()
    def nobody_closed(self) -> None:
        close_due_meals(self.sessions, city=CITY, now=self.now)
        for menu in self.see().menus.values():
            assert menu.closed_at is not None or self.now < local_moment(menu.day, time(14, 30))

    # --- what holds at any moment ---

    @invariant()
    def everything_adds_up_and_is_shown(self) -> None:
        seen = self.see()
        portions_taken_are_those_that_are_booked(seen)
        nobody_has_a_meal_twice_or_waits_for_one_that_she_has(seen)
        with unit_of_work(self.sessions) as session:
            for canteen_id in self.canteens:
                the_settlement_is_the_sum_of_the_bookings(session, seen, canteen_id, self.now)
            each_state_is_seen_with_what_can_be_done(session, seen, self.now)

    def teardown(self) -> None:
        self.point.rollback()

    # --- how it is asked ---

    def place_of(self, person_id: UUID) -> int:
        return [her.id for her in self.people].index(person_id)

    def see(self) -> Seen:
        return see(self.sessions, CITY)

    def tried(self, expected: Refusal, do: Callable[[Session], Any]) -> Any:
        """What came of it in a transaction of its own, which has to be refused for the reason that is expected."""
        refused: Refusal = None
        done = None
        try:
            with unit_of_work(self.sessions) as session:
                done = do(session)
        except ServiceError as refusal:
            refused = type(refusal)
        assert refused is expected
        return done

    def asked(self, her: Person, menu_id: UUID, quantity: int) -> dict[str, Any]:
        whose = {"person_id": her.id, "menu_id": menu_id, "quantity": quantity}
        return {**whose, "delivery": False, "now": self.now}

    def book(self, session: Session, her: Person, menu_id: UUID, quantity: int, request_id: UUID) -> meals.MealBooking:
        asked = self.asked(her, menu_id, quantity)
        agreed = meals.quote_meal(session, actor_of(her), **asked).split.to_pay_fen
        return meals.book_meal(session, actor_of(her), **asked, agreed_to_pay_fen=agreed, request_id=request_id)

    def wait(self, session: Session, her: Person, menu_id: UUID, quantity: int) -> meals.MealWaiting:
        asked = self.asked(her, menu_id, quantity)
        agreed = meals.quote_waiting(session, actor_of(her), **asked).split.to_pay_fen
        return meals.join_waiting_list(session, actor_of(her), **asked, agreed_to_pay_fen=agreed, request_id=new_id())

    def change(
        self, session: Session, her: Person, booking_id: UUID, menu_id: UUID, quantity: int
    ) -> meals.MealBooking:
        asked = {"booking_id": booking_id, "menu_id": menu_id, "quantity": quantity, "delivery": False, "now": self.now}
        agreed = meals.quote_change(session, actor_of(her), **asked).split.to_pay_fen
        return meals.change_meal(session, actor_of(her), **asked, agreed_to_pay_fen=agreed)

    def order(self, session: Session, her: Person, canteen_id: UUID, quantity: int) -> meals.StandingOrder:
        return meals.place_standing_order(
            session,
            actor_of(her),
            person_id=her.id,
            canteen_id=canteen_id,
            meal=meals.Meal.LUNCH,
            weekdays=(1, 2, 3, 4, 5),
            quantity=quantity,
            delivery=False,
            highest_price_fen=10_000,
            request_id=new_id(),
            now=self.now,
        )

    def told_by_the_till(self, seen: Seen, serving: OfflineServing) -> ServingOutcome:
        menu_id = next(it.menu_id for it in seen.bookings if it.id == serving.booking_id)
        asked = {"canteen_id": seen.menus[menu_id].canteen_id, "servings": [serving], "now": self.now}
        with unit_of_work(self.sessions) as session:
            (served,) = counter.sync_servings(session, cook_at(seen, menu_id), **asked)
        return served.outcome


def the_settlement_is_the_sum_of_the_bookings(session: Session, seen: Seen, canteen_id: UUID, now: datetime) -> None:
    subsidy = rule_on(DAYS[0])
    assert subsidy is not None
    found = counter.get_settlement(session, _cook(canteen_id), canteen_id=canteen_id, month=DAYS[0], now=now)
    served = [it for it in seen.bookings if it.status == "served" and it.menu.canteen_id == canteen_id]
    for_diners = subsidy.operator_fen_a_diner * sum(it.subsidy_fen > 0 for it in served)
    assert found.total.paid_by_guests_fen == sum(it.to_pay_fen for it in served)
    assert found.total.paid_by_city_fen == for_diners + sum(it.subsidy_fen for it in served)
    assert found.total.total_fen == sum(day.total_fen for day in found.days)


def each_state_is_seen_with_what_can_be_done(session: Session, seen: Seen, now: datetime) -> None:
    for row in seen.bookings:
        booking = meals.get_booking(session, Actor.senior(row.person_id, Channel.SCREEN), booking_id=row.id)
        assert booking.can_be_cancelled(now) == seen.can_be_cancelled(row, now=now)
    for wait in seen.waits:
        line = [it.id for it in seen.in_line(wait.menu_id)]
        place = meals.get_waiting(session, Actor.senior(wait.person_id, Channel.SCREEN), waiting_id=wait.id)
        assert place.ahead == (line.index(wait.id) if wait.id in line else 0)
        assert (place.status == "booked") == (place.booking_id is not None)


def cook_at(seen: Seen, menu_id: UUID) -> Actor:
    """Somebody who works where this is served."""
    return _cook(seen.menus[menu_id].canteen_id)


def _cook(canteen_id: UUID) -> Actor:
    return Actor.staff(ActorKind.CANTEEN, new_id(), Channel.SCREEN, workplace_id=canteen_id)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A connection whose transaction is rolled back."""
    with database.engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def test_whatever_the_order_no_portion_no_turn_and_no_fen_is_lost(connection: Connection, settings: Settings) -> None:
    AnyOrder.connection = connection
    AnyOrder.sessions = new_sessions(connection.engine, settings)
    AnyOrder.sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
    run_state_machine_as_test(
        AnyOrder,
        settings=bounded(
            max_examples=8,
            stateful_step_count=24,
            deadline=None,
            # Making a failure shorter takes longer than any test may; the first one that is found is good enough.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
