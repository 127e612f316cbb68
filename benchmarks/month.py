"""How long the month takes for a city: `python -m benchmarks.month [PEOPLE]`.

Three months of so many people who are paid: list, audit, pay with a text to everybody, bank file. The database is a
scratch one in a temporary folder. Three in a hundred have no card; all else is as usual, which is what nearly all of a
city is in any month.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from services import allowances
from services.actor import Actor
from services.database import Database, migrate, new_id, open_database, unit_of_work
from services.people import PHONE
from services.sealing import vault_of
from services.settings import Settings, ensure_demo_settings

# As many registered people of seventy and older as the city's reply of 2021 makes.
CITY_PEOPLE = 145_000
MONTHS = (date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1))
PERSONS = """
COPY persons (id, city, name, sex, birth_on, id_number_sealed, id_number_index, phone_sealed, phone_index, hukou,
    hukou_district, district, community, has_card, card_last_four, card_holder_matches, locale, is_demonstration,
    created_at) FROM STDIN
"""
CASES = """
COPY allowance_cases (id, city, person_id, benefit, state, amount_fen, first_month, applied_on, in_doubt, rule_version,
    created_at) FROM STDIN
"""
SYSTEM = Actor.system()


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CITY_PEOPLE
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        ensure_demo_settings(Path(folder))
        settings = Settings.from_environment({"YINIAN_VAR_DIR": folder})
        database = open_database(settings)
        try:
            migrate(database.engine)
            with unit_of_work(database.sessions) as session:
                fill(session, count, settings.city)
            print(f"{count} people")
            for month in MONTHS:
                one_month(database, month, settings.city)
        finally:
            database.close()
    print(f"memory of this process at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def fill(session: Session, count: int, city: str) -> None:
    """People of seventy to a hundred, each with an active case."""
    random, vault, now = Random(20261124), vault_of(session), datetime.now(UTC)
    phone = vault.seal("15400000000", context=PHONE)
    people = [(new_id(), date(1926, 1, 1) + timedelta(days=random.randrange(30 * 365))) for _ in range(count)]
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(PERSONS) as copy:
        for person_id, birth_on in people:
            card = random.random() > 0.03
            copy.write_row(
                (
                    *(person_id, city, "陈丽英", "female", birth_on, b"-", os.urandom(32), phone, os.urandom(32)),
                    *(
                        "shenzhen",
                        "罗湖区",
                        "罗湖区",
                        "翠竹",
                        card,
                        "1234" if card else None,
                        card,
                        "zh_Hans",
                        False,
                        now,
                    ),
                )
            )
    with driver.cursor() as cursor, cursor.copy(CASES) as copy:
        for person_id, _ in people:
            copy.write_row(
                (new_id(), city, person_id, "old_age_allowance", "active", 20000, MONTHS[0], MONTHS[0], False, "-", now)
            )


def one_month(database: Database, month: date, city: str) -> None:
    """Every step of one month, and a line about it."""
    now, times = datetime(month.year, month.month, 19, 2, tzinfo=UTC), [time.perf_counter()]
    with unit_of_work(database.sessions) as session:
        run = allowances.list_month(session, SYSTEM, city=city, month=month, now=now)
    times.append(time.perf_counter())
    with unit_of_work(database.sessions) as session:
        allowances.audit_month(session, SYSTEM, run_id=run.id, now=now)
        run = allowances.pay_month(session, SYSTEM, run_id=run.id, now=now)
    times.append(time.perf_counter())
    with unit_of_work(database.sessions) as session:
        file = allowances.export_bank_file(session, SYSTEM, run_id=run.id, now=now)
    times.append(time.perf_counter())
    listing, paying, exporting = (later - earlier for earlier, later in pairwise(times))
    print(
        f"{month:%Y-%m}: list {listing:.1f} s, pay and text {paying:.1f} s, bank file {exporting:.1f} s; "
        f"{file.payments} payments, {file.fen / 100:.2f} yuan"
    )


if __name__ == "__main__":
    main()
