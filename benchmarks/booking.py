"""How many can book at once, and whether nobody gets too much: `python -m benchmarks.booking [PEOPLE]`.

So many people rush what is there, through the service layer, from eight processes: 100 portions of one lunch, with and
without standing in line when it is full; portions enough for all, of one lunch and of twenty; the time of two hundred
care workers on one day, and on days enough for all. Afterwards it is counted whether exactly what was there was given,
whether those in line got their turns in order, and whether any worker was promised twice. The floor below a rush is the
same rows written by plain SQL from as many processes in the same run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks.crowd import (
    BEGINS,
    CITY,
    DAY,
    NOW,
    Rush,
    add_care_workers,
    add_menus,
    add_people,
    rush,
    senior,
    tidy,
)
from services import home_care, meals
from services.actor import Actor
from services.clock import local_day, local_moment
from services.database import Database, migrate, new_id, open_database, unit_of_work
from services.meals.tables import MealBookingRow, MealWaitRow
from services.meals.turns import give_due_turns
from services.settings import Settings, ensure_demo_settings

PEOPLE = 2000
PORTIONS = 100
CANTEENS = 20
TO_PAY_FEN = 1000
VISIT_TO_PAY_FEN = 9000
PROVIDERS, WORKERS_EACH = 10, 20
# A visit begins at the half hours from eight to four; with the way to the next one it takes five of them.
STEP, STEPS, STEPS_OF_A_VISIT = timedelta(minutes=30), 17, 5
# Besides today and tomorrow so many days can be booked.
DAYS = 12
SYSTEM = Actor.system()
TITLES = ("rush", "people", "got it", "told", "in line", "a second", "busy ms", "median ms", "95 % ms")


@dataclass(frozen=True)
class MealWanted:
    """Who wants which lunch."""

    person_id: UUID
    menu_id: UUID


@dataclass(frozen=True)
class VisitWanted:
    """Who wants which care worker when."""

    person_id: UUID
    worker_id: UUID
    starts_at: datetime


def look_at_meal(session: Session, wanted: MealWanted) -> str:
    """The page before the button."""
    meals.quote_meal(
        session,
        senior(wanted.person_id),
        person_id=wanted.person_id,
        menu_id=wanted.menu_id,
        quantity=1,
        delivery=False,
        now=NOW,
    )
    return "looked"


def press_book(session: Session, wanted: MealWanted) -> str:
    """Book one portion, or be told that it is full."""
    try:
        meals.book_meal(session, senior(wanted.person_id), **_asked(wanted))
    except meals.MealFull:
        return "told"
    session.commit()
    return "got it"


def press_book_or_wait(session: Session, wanted: MealWanted) -> str:
    """Book one portion, or stand in line when it is full."""
    outcome = press_book(session, wanted)
    if outcome == "told":
        session.rollback()
        waiting = meals.join_waiting_list(session, senior(wanted.person_id), **_asked(wanted))
        session.commit()
        return "in line" if waiting.status is meals.WaitingStatus.WAITING else "got it"
    return outcome


def _asked(wanted: MealWanted) -> dict[str, Any]:
    return {
        "person_id": wanted.person_id,
        "menu_id": wanted.menu_id,
        "quantity": 1,
        "delivery": False,
        "agreed_to_pay_fen": TO_PAY_FEN,
        "request_id": new_id(),
        "now": NOW,
    }


VISITS = "SELECT count(*) FROM service_bookings"
PROMISED_TWICE = """
WITH visits AS (
    SELECT care_worker_id, booking_id, tstzrange(starts_at, ends_at + interval '30 minutes') AS period
    FROM service_booking_workers JOIN service_bookings ON service_bookings.id = booking_id
)
SELECT count(*) FROM visits AS one JOIN visits AS other USING (care_worker_id)
WHERE one.booking_id < other.booking_id AND one.period && other.period
"""
FLOOR = (
    """UPDATE slots SET taken = taken + 1, last_number = last_number + 1
    WHERE id = %(slot_id)s AND waiting = 0 AND taken + 1 <= places RETURNING last_number""",
    """INSERT INTO meal_bookings (id, city, person_id, menu_id, day, meal, quantity, delivery, price_fen, subsidy_fen,
        delivery_fee_fen, delivery_subsidy_fen, to_pay_fen, subsidy_rule, status, request_id, pick_up_number, booked_at,
        booked_through)
    VALUES (%(id)s, %(city)s, %(person_id)s, %(menu_id)s, %(day)s, 'lunch', 1, false, 1500, 500, 0, 0, 1000,
        'meal_subsidy-2019-11-01', 'booked', %(request_id)s, %(number)s, %(now)s, 'screen')""",
    """INSERT INTO audit_entries (id, city, at, actor_kind, actor_person_id, channel, deed, person_id, subject_id,
        facts, chain, position, previous_mac, key_id, mac)
    VALUES (%(request_id)s, %(city)s, %(now)s, 'senior', %(person_id)s, 'screen', 'meal_booked', %(person_id)s, %(id)s,
        '{"to_pay_fen": 1000, "subsidy_rule": "meal_subsidy-2019-11-01"}',
        0, %(position)s, %(mac)s, 'bare', %(mac)s)""",
    """INSERT INTO outgoing_messages (id, city, person_id, phone_sealed, phone_index, template, variables_sealed,
        locale, status, attempts, due_at, queued_at)
    VALUES (%(id)s, %(city)s, %(person_id)s, %(sealed)s, %(index)s, 'meal_booked', %(variables)s,
        'zh_Hans', 'queued', 0, %(now)s, %(now)s)""",
)


def write_rows(session: Session, wanted: MealWanted) -> str:
    """The floor: the rows that a booking changes, as bare SQL over the bare connection, without asking anything."""
    connection: Any = session.connection().connection.driver_connection
    slot_id = connection.execute("SELECT slot_id FROM menus WHERE id = %s", [wanted.menu_id]).fetchone()[0]
    values = {
        "id": new_id(),
        "request_id": new_id(),
        "slot_id": slot_id,
        "city": CITY,
        "person_id": wanted.person_id,
        "menu_id": wanted.menu_id,
        "day": DAY,
        "now": NOW,
        "sealed": b"-" * 40,
        "index": b"-" * 32,
        "variables": b"-" * 300,
        "position": new_id().int % 2**62,
        "mac": b"-" * 32,
    }
    taken = connection.execute(FLOOR[0], values).fetchone()
    if taken is None:
        return "told"
    for statement in FLOOR[1:]:
        connection.execute(statement, values | {"number": taken[0]})
    session.commit()
    return "got it"


def look_at_visit(session: Session, wanted: VisitWanted) -> str:
    """The page before the button."""
    home_care.quote_service(
        session,
        senior(wanted.person_id),
        person_id=wanted.person_id,
        service="CLEAN",
        worker_id=wanted.worker_id,
        starts_at=wanted.starts_at,
        now=NOW,
    )
    return "looked"


def press_visit(session: Session, wanted: VisitWanted) -> str:
    """Book one visit, or be told that somebody else has that time."""
    try:
        home_care.book_service(
            session,
            senior(wanted.person_id),
            person_id=wanted.person_id,
            service="CLEAN",
            worker_id=wanted.worker_id,
            starts_at=wanted.starts_at,
            agreed_to_pay_fen=VISIT_TO_PAY_FEN,
            request_id=new_id(),
            now=NOW,
        )
    except home_care.TimeTaken:
        return "told"
    session.commit()
    return "got it"


def main() -> None:
    """Measure and print; the exit code tells whether nobody got too much and nobody was overtaken."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory(prefix="yinian-booking-", ignore_cleanup_errors=True) as name:
        ensure_demo_settings(Path(name))
        server = open_database(Settings.from_environment({"YINIAN_VAR_DIR": name}))
        settings = Settings.from_environment({"YINIAN_VAR_DIR": name, "DATABASE_URL": server.url})
        try:
            migrate(server.engine)
            print(f"load before: {os.getloadavg()[0]:.1f}")
            show(TITLES)
            faults = [*rush_meals(server, settings, count), *rush_visits(server, settings, count)]
        finally:
            server.close()
    print(f"load after: {os.getloadavg()[0]:.1f}")
    for fault in faults:
        print(f"WRONG: {fault}")
    sys.exit(bool(faults))


def rush_meals(database: Database, settings: Settings, count: int) -> list[str]:
    """Every rush for meals, a line of the table each; what was wrong afterwards."""
    faults: list[str] = []
    for name, press, canteens, portions in (
        (f"{PORTIONS} portions", press_book, 1, PORTIONS),
        (f"{PORTIONS}, and a line", press_book_or_wait, 1, PORTIONS),
        ("one lunch for all", press_book, 1, count),
        ("  the same rows", write_rows, 1, count),
        (f"{CANTEENS} lunches for all", press_book, CANTEENS, count // CANTEENS),
        ("  the same rows", write_rows, CANTEENS, count // CANTEENS),
    ):
        with unit_of_work(database.sessions) as session:
            people, menus = add_people(session, count), add_menus(session, canteens, portions)
        tidy(database)
        wanted = [MealWanted(person_id, menus[number % canteens]) for number, person_id in enumerate(people)]
        look = None if press is write_rows else look_at_meal
        show(cells(name, rush(database, settings, look, press, wanted)))
        for menu_id in menus:
            faults += [f"{name}: {fault}" for fault in wrong_with_meal(database, menu_id, portions, len(people))]
    return faults


def wrong_with_meal(database: Database, menu_id: UUID, portions: int, pressed: int) -> list[str]:
    """What is wrong with one lunch after the rush: too many or too few booked, and who was overtaken when everything
    is given back and those in line get their turns."""
    with database.sessions() as session:
        booked = session.scalars(select(MealBookingRow.id).where(MealBookingRow.menu_id == menu_id)).all()
        in_line = _in_line(session, menu_id)
    faults = [f"{len(booked)} booked of {portions}"] if len(booked) != min(portions, pressed) else []
    if not in_line:
        return faults
    if in_line != list(range(1, len(in_line) + 1)):
        faults.append("the places in line are not 1, 2, 3 ...")
    for booking_id in booked:
        with unit_of_work(database.sessions) as session:
            meals.cancel_meal(session, SYSTEM, booking_id=booking_id, now=NOW)
    give_due_turns(database.sessions, city=CITY, now=NOW)
    with database.sessions() as session:
        still = _in_line(session, menu_id)
    return faults if still == in_line[portions:] else [*faults, "somebody was overtaken"]


def _in_line(session: Session, menu_id: UUID) -> list[int]:
    waiting = select(MealWaitRow.number).where(MealWaitRow.menu_id == menu_id, MealWaitRow.status == "waiting")
    return list(session.scalars(waiting.order_by(MealWaitRow.number)))


def rush_visits(database: Database, settings: Settings, count: int) -> list[str]:
    """The rush for care workers: for one day of a few, and with time enough for all."""
    with unit_of_work(database.sessions) as session:
        people, workers = add_people(session, 2 * count), add_care_workers(session, PROVIDERS, WORKERS_EACH)
    tidy(database)
    chance = Random(20261124)
    one_day = [
        VisitWanted(person_id, chance.choice(workers), _begins(1, chance.randrange(STEPS)))
        for person_id in people[:count]
    ]
    # One after the other, so that every time that is wanted is free.
    all_days = [
        VisitWanted(person_id, workers[number % len(workers)], _begins(*_free_time(number // len(workers))))
        for number, person_id in enumerate(people[count:])
    ]
    faults, given = [], 0
    for name, wanted in (("one day of visits", one_day), ("visits for all", all_days)):
        found = rush(database, settings, look_at_visit, press_visit, wanted)
        show(cells(name, found))
        given += found.outcomes["got it"]
        with database.sessions() as session:
            visits, twice = session.scalar(text(VISITS)), session.scalar(text(PROMISED_TWICE))
        if visits != given:
            faults.append(f"{name}: {given} were told that somebody comes, and {visits} visits are booked")
        if twice:
            faults.append(f"{name}: {twice} times a worker was promised twice")
    return faults


def _free_time(turn: int) -> tuple[int, int]:
    """The day and the step of the so many-th visit of a worker, apart from all others of hers."""
    return 2 + turn % DAYS, turn // DAYS * STEPS_OF_A_VISIT


def _begins(days_ahead: int, step: int) -> datetime:
    return local_moment(local_day(NOW) + timedelta(days=days_ahead), BEGINS) + step * STEP


def cells(name: str, found: Rush) -> tuple[object, ...]:
    """A rush as a line of the table."""
    outcomes = found.outcomes
    return (
        name,
        found.presses,
        outcomes["got it"],
        outcomes["told"],
        outcomes["in line"],
        f"{found.presses / found.seconds:.0f}",
        f"{found.busy / found.presses * 1000:.1f}",
        f"{found.median * 1000:.0f}",
        f"{found.slow * 1000:.0f}",
    )


def show(row: Sequence[object]) -> None:
    """One line of the table."""
    print(f"{row[0]:<22}", *(f"{cell:>9}" for cell in row[1:]), flush=True)


if __name__ == "__main__":
    main()
