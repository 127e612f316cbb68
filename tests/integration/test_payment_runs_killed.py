"""Steps of the month that are killed in the middle have not happened, and happen whole when they are asked for again;
two that are asked for at the same moment happen once."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text

from services.allowances import PaymentRun, audit_month, list_month, list_runs, pay_month
from services.allowances.ledger.by_the_clock import announce_coming_tiers
from services.database import Database, unit_of_work
from services.settings import PROJECT, Settings
from tests.ledger_people import CITY, OPERATOR, at, somebody

SEPTEMBER = date(2026, 9, 1)
# Does a step, and dies before it is committed: all that it wrote was written by then.
DIES = """
import os, signal, sys
from datetime import UTC, datetime
from services.actor import Actor
from services.allowances import list_month, list_runs, pay_month
from services.database import open_database, unit_of_work
from services.settings import Settings
database = open_database(Settings.from_environment(os.environ))
system, now = Actor.system(), datetime(2026, 9, 19, 2, tzinfo=UTC)
with unit_of_work(database.sessions) as session:
    if sys.argv[1] == "list":
        list_month(session, system, city=sys.argv[2], month=now.date(), now=now)
    else:
        run, = list_runs(session, system, city=sys.argv[2])
        pay_month(session, system, run_id=run.id, now=now)
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(database: Database, settings: Settings, step: str) -> None:
    environment = os.environ | {"YINIAN_VAR_DIR": str(settings.var_dir), "DATABASE_URL": database.url}
    ended = subprocess.run([sys.executable, "-c", DIES, step, CITY], cwd=PROJECT, env=environment, check=False)
    assert ended.returncode == -9


def counts(database: Database) -> dict[str, int]:
    tables = ("payables", "payment_lines", "payment_runs", "outgoing_messages")
    with database.engine.connect() as connection:
        return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


def listed(database: Database) -> PaymentRun:
    with unit_of_work(database.sessions) as session:
        return list_month(session, OPERATOR, city=CITY, month=SEPTEMBER, now=at(SEPTEMBER))


@pytest.fixture
def city(own_database: Database) -> Database:
    with unit_of_work(own_database.sessions) as session:
        for _ in range(20):
            somebody(session)
    return own_database


def test_a_step_that_is_killed_has_not_happened_and_is_done_whole_the_next_time(
    city: Database, settings: Settings
) -> None:
    before = counts(city)
    killed(city, settings, "list")
    assert counts(city) == before
    run = listed(city)
    assert (run.to_pay_fen, counts(city)["payables"]) == (20 * 200_00, 20)
    with unit_of_work(city.sessions) as session:
        audit_month(session, OPERATOR, run_id=run.id, now=at(SEPTEMBER))
    killed(city, settings, "pay")
    assert counts(city)["outgoing_messages"] == before["outgoing_messages"]
    for _ in range(2):
        with unit_of_work(city.sessions) as session:
            paid = pay_month(session, OPERATOR, run_id=run.id, now=at(SEPTEMBER))
    assert paid.to_pay_fen == 20 * 200_00
    assert counts(city)["outgoing_messages"] == before["outgoing_messages"] + 20


def test_coming_tiers_are_told_after_the_day_of_payment_and_once(city: Database) -> None:
    with unit_of_work(city.sessions) as session:
        somebody(session, birth_on=date(1946, 10, 9))
    told = [announce_coming_tiers(city.sessions, city=CITY, now=at(date(2026, 9, day))) for day in (1, 20, 21, 22, 30)]
    assert told == [0, 0, 1, 0, 0]


def test_two_operators_who_list_at_the_same_moment_make_one_list(city: Database) -> None:
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda _: listed(city), range(2))
    assert first == second
    assert counts(city)["payment_lines"] == 20
    with unit_of_work(city.sessions) as session:
        assert len(list_runs(session, OPERATOR, city=CITY)) == 1
