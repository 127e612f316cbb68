"""What a rush needs: people by the thousand, menus, care workers, and processes that begin at one moment."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any
from uuid import UUID

import psutil
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.calendar.slots import SlotRow
from services.clock import local_moment
from services.database import Database, new_id, open_database
from services.home_care.tables import CareWorkerRow, CredentialRow, ProviderRow, ShiftRow
from services.meals.tables import SLOT_KIND, CanteenRow, MenuRow
from services.people import PHONE, PersonRow
from services.sealing import vault_of
from services.settings import Settings

CITY, DISTRICT = "shenzhen", "罗湖区"
# Tuesday 24 November 2026, 06:00 in Shenzhen; they rush for Wednesday, a working day.
NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)
PROCESSES = 8
# Seconds until every process is there.
PATIENCE = 120
# Each of them is a copy of one that has imported everything: eight that import it for themselves take a minute.
PROCESSES_LIKE = "forkserver"
BEGINS, ENDS = time_of_day(8), time_of_day(18)
SERVICES = ["CLEAN"]

# What one of the crowd does: the outcome, as a code.
Press = Callable[[Session, Any], str]


@dataclass(frozen=True)
class Rush:
    """What came of a rush: how many got which outcome, in how many seconds, and how long one press took in the middle
    and at the slow end (of a hundred, five took longer). `busy`: seconds of processor time, the database's included,
    which do not depend on what else the machine does."""

    outcomes: Counter[str]
    seconds: float
    busy: float
    median: float
    slow: float

    @property
    def presses(self) -> int:
        """How many pressed."""
        return self.outcomes.total()


def rush(database: Database, settings: Settings, look: Press | None, press: Press, wanted: Sequence[Any]) -> Rush:
    """Let all processes press for what is wanted, each over a connection of its own, from one moment on. What is
    wanted was looked at before, as on the page with the button; that is no part of a press."""
    server = database.server.process() if database.server else None
    assert server is not None
    context = multiprocessing.get_context(PROCESSES_LIKE)
    context.set_forkserver_preload(["benchmarks.crowd"])
    gate, answers = context.Barrier(PROCESSES + 1), context.SimpleQueue()
    crowd = [
        context.Process(target=_press_all, args=(settings, look, press, wanted[number::PROCESSES], gate, answers))
        for number in range(PROCESSES)
    ]
    for process in crowd:
        process.start()
    gate.wait(PATIENCE)
    started, busy_before = time.perf_counter(), _busy(server)
    found = [answers.get() for _ in crowd]
    seconds = time.perf_counter() - started
    for process in crowd:
        process.join()
    busy = _busy(server) - busy_before + sum(busy for _, _, busy in found)
    took = sorted(each for _, times, _ in found for each in times)
    outcomes = sum((outcomes for outcomes, _, _ in found), Counter[str]())
    return Rush(outcomes, seconds, busy, took[len(took) // 2], took[len(took) * 95 // 100])


def _busy(server: psutil.Process) -> float:
    """Processor seconds of the database server and of all its processes, those that have ended included."""
    times = [server.cpu_times(), *(each.cpu_times() for each in server.children())]
    ended = times[0].children_user + times[0].children_system
    return ended + sum(each.user + each.system for each in times)


def _press_all(
    settings: Settings, look: Press | None, press: Press, wanted: Sequence[Any], gate: Any, answers: Any
) -> None:
    database = open_database(settings)
    outcomes, times, busy_before = Counter[str](), [], 0.0
    try:
        with database.sessions() as session:
            for each in wanted if look is not None else ():
                look(session, each)
        gate.wait(PATIENCE)
        busy_before = time.process_time()
        for each in wanted:
            started = time.perf_counter()
            with database.sessions() as session:
                outcomes[press(session, each)] += 1
            times.append(time.perf_counter() - started)
    finally:
        answers.put((outcomes, times, time.process_time() - busy_before))
        database.close()


def add_people(session: Session, count: int) -> list[UUID]:
    """So many registered people of 76 who live in one district, each with a phone of her own."""
    vault, ids = vault_of(session), [new_id() for _ in range(count)]
    session.execute(insert(PersonRow), [_person(vault, number, person_id) for number, person_id in enumerate(ids)])
    return ids


def _person(vault: Any, number: int, person_id: UUID) -> dict[str, Any]:
    phone = f"154{number:08}"
    return {
        "id": person_id,
        "city": CITY,
        "name": "示例长者",
        "sex": "female",
        "birth_on": date(1935, 1, 1) + timedelta(days=number % 2500 * 3),
        "id_number_sealed": b"-",
        "id_number_index": person_id.bytes,
        "phone_sealed": vault.seal(phone, context=PHONE),
        "phone_index": vault.index(phone, context=PHONE),
        "hukou": "shenzhen",
        "hukou_district": DISTRICT,
        "resident": True,
        "district": DISTRICT,
        "street": "翠竹",
        "community": "翠竹",
        "income_class": "none",
        "locale": "zh_Hans",
        "is_demonstration": True,
        "created_at": NOW,
    }


def add_menus(session: Session, canteens: int, portions: int) -> list[UUID]:
    """A lunch of so many portions at each of so many canteens of the district."""
    menus = []
    for number in range(canteens):
        canteen_id, slot_id, menu_id = new_id(), new_id(), new_id()
        session.execute(insert(CanteenRow).values(**_canteen(canteen_id, number)))
        session.execute(
            insert(SlotRow).values(
                id=slot_id,
                city=CITY,
                kind=SLOT_KIND,
                place_id=canteen_id,
                starts_at=local_moment(DAY, time_of_day(11)),
                ends_at=local_moment(DAY, time_of_day(12, 30)),
                places=portions,
            )
        )
        session.execute(
            insert(MenuRow).values(
                id=menu_id,
                city=CITY,
                canteen_id=canteen_id,
                slot_id=slot_id,
                day=DAY,
                meal="lunch",
                dishes=["冬菇蒸鸡", "清蒸鲈鱼", "番茄炒蛋", "冬瓜薏米汤", "米饭"],
                diets=["soft_food", "low_salt"],
                allergens=["seafood", "egg"],
                price_fen=1500,
                order_until_at=local_moment(DAY, time_of_day(9, 30)),
            )
        )
        menus.append(menu_id)
    return menus


def _canteen(canteen_id: UUID, number: int) -> dict[str, Any]:
    return {
        "id": canteen_id,
        "city": CITY,
        "name": f"{number + 1}号长者饭堂(示例)",
        "kind": "senior_canteen",
        "district": DISTRICT,
        "street": "翠竹",
        "community": "翠竹",
        "address": "示例",
        "phone": "0755-00000000",
        "delivers": True,
        "delivery_fee_fen": 200,
        "opens_at": time_of_day(6, 30),
        "closes_at": time_of_day(19),
        "open_on": [1, 2, 3, 4, 5, 6, 7],
    }


def add_care_workers(session: Session, providers: int, workers_each: int) -> list[UUID]:
    """Providers of the district with so many qualified workers each, who work from eight to six every day."""
    found = []
    for number in range(providers):
        provider_id = new_id()
        session.execute(
            insert(ProviderRow).values(
                id=provider_id,
                city=CITY,
                name=f"{number + 1}号居家养老服务中心(示例)",
                credit_code=f"example {number + 1}",
                district=DISTRICT,
                street="翠竹",
                community="翠竹",
                phone="0755-00000000",
                licences=[],
                areas=[DISTRICT],
                services=SERVICES,
            )
        )
        for _ in range(workers_each):
            found.append(_add_care_worker(session, provider_id))
    return found


def _add_care_worker(session: Session, provider_id: UUID) -> UUID:
    worker_id, since = new_id(), date(2025, 1, 1)
    session.execute(
        insert(CareWorkerRow).values(
            id=worker_id,
            city=CITY,
            provider_id=provider_id,
            name="示例护理员",
            sex="female",
            health_checked_until=date(2027, 12, 31),
            since=since,
        )
    )
    session.execute(
        insert(CredentialRow).values(care_worker_id=worker_id, city=CITY, kind="housekeeping", issued_on=since)
    )
    session.execute(
        insert(ShiftRow),
        [
            {"care_worker_id": worker_id, "city": CITY, "weekday": weekday, "begins": BEGINS, "ends": ENDS}
            for weekday in range(7)
        ],
    )
    return worker_id


def senior(person_id: UUID) -> Actor:
    """She herself at a screen."""
    return Actor.senior(person_id, Channel.SCREEN)


def tidy(database: Database) -> None:
    """A database in use has been looked over by itself; this one was empty a moment ago."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
