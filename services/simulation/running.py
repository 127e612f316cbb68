"""The run itself: a database of its own, every day in order, and the comparison at the end."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from services import certification, inbox, registry
from services.actor import Actor, Channel
from services.allowances.by_the_clock import check_new_applications, look_after_cases
from services.allowances.ledger.by_the_clock import announce_coming_tiers
from services.allowances.taking_over import take_over
from services.benefits import Benefit
from services.clock import FixedClock, local_moment
from services.database import Database, migrate, open_database, unit_of_work
from services.database.opening import new_sessions
from services.people import ID_NUMBER
from services.sealing import vault_of
from services.settings import Settings, ensure_demo_settings
from services.simulation.office import Operator, Workers, campaign_starts
from services.simulation.people import Resident, Story, invent
from services.simulation.recount import recount
from services.simulation.registers import (
    ACCOUNTS,
    HOUSEHOLD,
    Row,
    account_row,
    changes_on,
    days_of_change,
    extract,
    household_row,
    proofs,
)
from services.simulation.seniors import Seniors

START = date(2026, 2, 1)
SYSTEM = Actor.system(Channel.COMMAND_LINE)
MORNING, NOON, AFTERNOON, EVENING = (time_of_day(hour) for hour in (10, 12, 14, 16))
FIRST_HALF = 6

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Difference:
    """Somebody whose payments are not what they should be. `number`: hers in the simulation."""

    number: int
    story: str
    paid_fen: int
    expected_fen: int


@dataclass(frozen=True)
class Outcome:
    """What came of a run. `held_runs`, `held_extracts`: lists and extracts that waited for the operator to look."""

    people: int
    days: int
    months: int
    paid_fen: int
    expected_fen: int
    payments: int
    decided: int
    held_runs: int
    held_extracts: int
    by_story: dict[str, int]
    seconds: float
    differences: tuple[Difference, ...]


def simulate(
    people: int,
    days: int,
    *,
    seed: int,
    folder: Path | None = None,
    tell: Progress = lambda day, days: None,
) -> Outcome:
    """Live through the days, then compare. The database is made in a temporary folder and removed again."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="yinian-simulation-", dir=folder, ignore_cleanup_errors=True) as scratch:
        ensure_demo_settings(Path(scratch))
        settings = Settings.from_environment({"YINIAN_VAR_DIR": scratch})
        database = _opened(settings)
        try:
            migrate(database.engine)
            run = Simulation(database, invent(people, seed=seed, start=START, days=days), settings.city, days)
            run.begin()
            for number in range(days):
                run.live(START + timedelta(days=number))
                tell(number + 1, days)
            return run.compare(time.perf_counter() - began)
        finally:
            database.close()


def _opened(settings: Settings) -> Database:
    """The scratch database. Nothing in it has to survive a power cut, and its server runs beside us: what asks the disk
    and the connection at each step is left out."""
    database = open_database(settings)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER ROLE CURRENT_USER SET synchronous_commit = off"))
    database.engine.dispose()
    engine = create_engine(
        make_url(database.url).set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC"},
    )
    return replace(database, engine=engine, sessions=new_sessions(engine, settings))


class Simulation:
    """A city, its people and its office."""

    def __init__(self, database: Database, residents: list[Resident], city: str, days: int) -> None:
        self._database, self._residents, self._city, self._days = database, residents, city, days
        self.held_extracts = 0
        self._changes: dict[date, list[Resident]] = defaultdict(list)
        for each in residents:
            for day in days_of_change(each):
                self._changes[day].append(each)

    def begin(self) -> None:
        """The registers as they are on the first day; whoever was paid by another system is taken over."""
        now = local_moment(START, MORNING)
        on_first_day = {
            HOUSEHOLD: [household_row(each, START) for each in self._residents],
            ACCOUNTS: [account_row(each) for each in self._residents if each.happens.card_from == START],
        }
        self._import(on_first_day, START, now)
        with unit_of_work(self._database.sessions) as session:
            vault = vault_of(session)
            rows = session.execute(text("SELECT id_number_index, id FROM persons")).all()
            ids = {bytes(index): person_id for index, person_id in rows}
            for each in self._residents:
                each.person_id = ids[vault.index(each.id_number, context=ID_NUMBER)]
                if each.paid_before:
                    take_over(
                        session,
                        SYSTEM,
                        person_id=each.person_id,
                        benefit=Benefit.OLD_AGE_ALLOWANCE,
                        from_month=START,
                        now=now,
                    )
        self._seniors = Seniors(self._database, self._residents, city=self._city, start=START)
        self._workers = Workers(self._database, self._residents, self._seniors)
        self._operator = Operator(self._database, self._residents, city=self._city)

    def live(self, day: date) -> None:
        """One day: the registers in the morning, then the machine, then people, then the office."""
        morning, noon, afternoon, evening = (local_moment(day, at) for at in (MORNING, NOON, AFTERNOON, EVENING))
        if day > START:
            self._import(self._learned(day), day, morning)
        look_after_cases(self._database.sessions, city=self._city, now=morning)
        certification.look_after_certification(self._database.sessions, city=self._city, now=morning)
        announce_coming_tiers(self._database.sessions, city=self._city, now=morning)
        self._share_proofs(day, morning)
        with unit_of_work(self._database.sessions) as session:
            self._seniors.read_phones(session, morning)
        if self._seniors.act(day, noon):
            inbox.read_incoming(self._database.sessions, FixedClock(noon))
        check_new_applications(self._database.sessions, now=noon)
        if self._workers.decide_everything(day, afternoon):
            check_new_applications(self._database.sessions, now=afternoon)
        self._operator.act(day, evening)

    def _learned(self, day: date) -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = defaultdict(list)
        for each in self._changes.get(day, []):
            for kind, row in changes_on(each, day):
                rows[kind].append(row)
        return rows

    def _import(self, rows: dict[str, list[Row]], day: date, now: datetime) -> None:
        for kind, of_kind in rows.items():
            if not of_kind:
                continue
            try:
                self._import_one(kind, of_kind, day, now)
            except registry.ImportHeld:
                # All rows of an extract of changes are changes; where they are many, the operator looks.
                self.held_extracts += 1
                self._import_one(kind, of_kind, day, now, confirmed=True)

    def _import_one(self, kind: str, rows: list[Row], day: date, now: datetime, *, confirmed: bool = False) -> None:
        with unit_of_work(self._database.sessions) as session:
            report = registry.import_extract(
                session, SYSTEM, extract(kind, rows, day), city=self._city, now=now, confirmed=confirmed
            )
            assert not report.rejections, report.rejections

    def _share_proofs(self, day: date, now: datetime) -> None:
        """Social insurance has seen everybody but those whose story it is to be missed in the first campaign."""
        with unit_of_work(self._database.sessions) as session:
            if not campaign_starts(session, day, now, self._city):
                return
            missed = (
                (Story.CERTIFIED_LATE, Story.NEVER_CERTIFIED) if day.month <= FIRST_HALF else (Story.NEVER_CERTIFIED,)
            )
            seen = [each for each in self._residents if each.is_alive(day) and each.story not in missed]
            certification.import_proofs(session, SYSTEM, proofs(seen, day), city=self._city, now=now)

    def compare(self, seconds: float) -> Outcome:
        """The payments of the ledger beside the recount."""
        with unit_of_work(self._database.sessions) as session:
            sums = session.execute(
                text("SELECT person_id, sum(amount_fen) FROM payment_lines WHERE status = 'paid' GROUP BY person_id")
            ).all()
            paid = {person_id: int(fen) for person_id, fen in sums}
            payments = session.scalar(text("SELECT count(*) FROM payment_lines WHERE status = 'paid'"))
        differences, expected = [], 0
        by_story = Counter(each.story.value for each in self._residents)
        for each in self._residents:
            fen = recount(each, START, self._operator.months).fen
            expected += fen
            if each.person_id is not None and fen != paid.get(each.person_id, 0):
                differences.append(Difference(each.number, each.story.value, paid.get(each.person_id, 0), fen))
        return Outcome(
            people=len(self._residents),
            days=self._days,
            months=len(self._operator.months),
            paid_fen=sum(paid.values()),
            expected_fen=expected,
            payments=payments or 0,
            decided=self._workers.decided,
            held_runs=self._operator.held_runs,
            held_extracts=self.held_extracts,
            by_story=dict(sorted(by_story.items())),
            seconds=seconds,
            differences=tuple(differences),
        )
