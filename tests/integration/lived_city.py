"""A city in which months go by within one test: registers come in, the jobs run, people answer, workers decide, the
month is paid. What somebody was told and paid is read as she reads it.

Every step opens its own session and commits, as in a worker process; all of them lie in one transaction of the test,
which is rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from services import certification, inbox, people, registry
from services.actor import Actor, ActorKind, Channel
from services.allowances import (
    AllowanceCase,
    BankFile,
    audit_month,
    export_bank_file,
    list_cases,
    list_month,
    pay_month,
    payments_of,
)
from services.allowances.by_the_clock import check_new_applications, look_after_cases
from services.allowances.ledger.by_the_clock import announce_coming_tiers
from services.clock import FixedClock, local_moment
from services.database import Database, new_id, unit_of_work
from services.database.opening import new_sessions
from services.decisions import Choice, decide
from services.messages import Composer, OutgoingMessage
from services.messages.tables import VARIABLES, MessageStatus
from services.people import PHONE
from services.registry import Settlement
from services.sealing import vault_of
from services.settings import PROJECT, Settings
from services.worker_tasks import TaskKind, WorkerTask, list_tasks
from tests.extracts import Row, extract, household, number, other
from tests.opened import EVERY_RECORD

CITY = "city-of-journeys"
SYSTEM = Actor.system()
OPERATOR = Actor.staff(ActorKind.OPERATOR, new_id(), Channel.SCREEN)
WORKER = Actor.staff(ActorKind.COMMUNITY_WORKER, new_id(), Channel.SCREEN, "水贝", "罗湖区", open_records=EVERY_RECORD)
WHY = "打电话问过本人"
MORNING, NOON = time(10), time(12)
LIST_DAY, AUDIT_DAY, PAY_DAY = 8, 14, 19
_sequences, _replies = count(100), count(1)


@dataclass(frozen=True)
class Resident:
    """Somebody of the city, as the registers know her."""

    person_id: UUID
    phone: str
    row: Row

    def acts(self, channel: Channel) -> Actor:
        """She herself, on the tablet or by voice."""
        return Actor.senior(self.person_id, channel)


class LivedCity:
    """The city. Days are given as the city's; the jobs run at ten in the morning, people act at noon."""

    def __init__(self, connection: Connection, database: Database, settings: Settings) -> None:
        self._sessions = new_sessions(database.engine, settings)
        self._sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
        self._composer = Composer(PROJECT / "locales")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction of its own."""
        with unit_of_work(self._sessions) as session:
            yield session

    def registered(self, born_on: date, on: date, *, name: str = "陈丽英") -> Resident:
        """Somebody with a card, of whom the household and the card register tell on a day."""
        sequence = next(_sequences)
        id_number = number(sequence, born_on.isoformat())
        row = household(sequence, name, id_number=id_number, birth_on=born_on.isoformat())
        card = {"has_card": "yes", "card_last_four": "1234", "card_holder_matches": "yes"}
        account = other(sequence, name, id_number=id_number, **card)
        self.learns("household", row, on)
        self.learns("accounts", account, on)
        with self.session() as session:
            found = people.find_people_by_phone(session, row["phone"])
            person_id = next(person.id for person in found if person.birth_on == born_on)
        return Resident(person_id, row["phone"], row)

    def learns(self, kind: str, row: Row, on: date) -> None:
        """An extract of a register comes in."""
        with self.session() as session:
            file = extract(kind, [row], on=on.isoformat())
            report = registry.import_extract(session, SYSTEM, file, city=CITY, now=_at(on, MORNING))
            assert not report.rejections

    def morning(self, day: date) -> None:
        """What `services.jobs` runs by the clock."""
        now = _at(day, MORNING)
        look_after_cases(self._sessions, city=CITY, now=now)
        check_new_applications(self._sessions, now=now)
        announce_coming_tiers(self._sessions, city=CITY, now=now)
        certification.look_after_certification(self._sessions, city=CITY, now=now)

    def texts(self, phone: str, words: str, day: date) -> None:
        """A text message comes in and is read, and what follows from it is done."""
        with self.session() as session:
            inbox.receive(
                session,
                city=CITY,
                gateway="journeys",
                gateway_message_id=str(next(_replies)),
                phone=phone,
                text=words,
                to="10690000",
                received_at=_at(day, NOON),
            )
        report = inbox.read_incoming(self._sessions, FixedClock(_at(day, NOON)))
        assert report.failed == 0
        self.checks(day)

    def checks(self, day: date) -> None:
        """Applications are checked a minute later."""
        check_new_applications(self._sessions, now=_at(day, NOON))

    def decides(self, who: Resident, kind: TaskKind, choice: Choice | Settlement, day: date) -> WorkerTask:
        """A worker of her community decides the task about her, with a reason; the task as it was."""
        task = self.tasks(who)[kind]
        with self.session() as session:
            decided = decide(session, WORKER, task_id=task.id, choice=choice, reason=WHY, now=_at(day, NOON))
        assert (decided.is_open, decided.reason) == (False, WHY)
        self.checks(day)
        return task

    def pays(self, month: date) -> BankFile:
        """The month's run from the list to the text messages; the bank file."""
        with self.session() as session:
            on = {day: _at(month.replace(day=day), NOON) for day in (LIST_DAY, AUDIT_DAY, PAY_DAY)}
            run = list_month(session, OPERATOR, city=CITY, month=month, now=on[LIST_DAY])
            audit_month(session, OPERATOR, run_id=run.id, now=on[AUDIT_DAY])
            file = export_bank_file(session, OPERATOR, run_id=run.id, now=on[AUDIT_DAY])
            pay_month(session, OPERATOR, run_id=run.id, now=on[PAY_DAY])
        return file

    def told(self, phone: str) -> list[str]:
        """The words of every message that this phone got since this was last asked, without the signature."""
        with self.session() as session:
            vault = vault_of(session)
            rows = session.scalars(
                select(OutgoingMessage)
                .where(
                    OutgoingMessage.phone_index == vault.index(phone, context=PHONE),
                    OutgoingMessage.status == MessageStatus.QUEUED,
                )
                .order_by(OutgoingMessage.queued_at, OutgoingMessage.id)
            ).all()
            words = []
            for row in rows:
                variables = json.loads(vault.open(row.variables_sealed, context=VARIABLES))
                composed = self._composer.compose(row.template, variables, locale=row.locale)
                words.append(composed.split("】", 1)[1])
                assert len(composed) <= 70
                row.move_to(MessageStatus.SENDING)
                row.move_to(MessageStatus.SENT)
        return words

    def paid(self, who: Resident) -> dict[int, int]:
        """Yuan that she was paid for each month, by its number."""
        with self.session() as session:
            payments = payments_of(session, SYSTEM, person_id=who.person_id)
        return {each.month.month: each.paid_fen // 100 for each in reversed(payments) if each.paid_fen}

    def tasks(self, who: Resident) -> dict[TaskKind, WorkerTask]:
        """What waits for the worker of her community about her."""
        with self.session() as session:
            found = list_tasks(session, WORKER, now=_at(date(2027, 12, 31), NOON), limit=1000)
        return {task.kind: task for task in found if task.person_id == who.person_id}

    def case(self, who: Resident) -> AllowanceCase:
        """Her newest case."""
        with self.session() as session:
            return list_cases(session, SYSTEM, person_id=who.person_id)[0]


@contextmanager
def lived_city(database: Database, settings: Settings) -> Iterator[LivedCity]:
    """A city of its own with nobody in it, gone afterwards."""
    with database.engine.connect() as connection:
        transaction = connection.begin()
        yield LivedCity(connection, database, settings)
        transaction.rollback()


def _at(day: date, clock: time) -> datetime:
    return local_moment(day, clock)
