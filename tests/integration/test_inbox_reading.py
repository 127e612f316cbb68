"""Reading stored messages: each once with effect, those of a phone in order, whatever happens to the reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.clock import FixedClock
from services.database import Database, unit_of_work
from services.inbox import HandledAs, IncomingText, handle, look_again, read_incoming, receive_many
from services.inbox.tables import IncomingMessageRow
from services.messages import OutgoingMessage
from services.people import PersonRow
from services.settings import PROJECT, Settings
from services.worker_tasks.tables import WorkerTaskRow
from tests.conftest import person_named
from tests.integration.phones import CITY, offer_to, open_tasks, state_of, texts

HERS = "15400000003"


def arrive(database: Database, words: list[tuple[str, str]], now: datetime) -> None:
    """Texts (phone, words) that came one second after the other."""
    with unit_of_work(database.sessions) as session:
        messages = [
            IncomingText("test", str(place), phone, text, "10690000", now + timedelta(seconds=place))
            for place, (phone, text) in enumerate(words)
        ]
        receive_many(session, messages, city=CITY)


def handled(database: Database) -> Counter[str | None]:
    with unit_of_work(database.sessions) as session:
        return Counter(session.scalars(select(IncomingMessageRow.handled_as)))


def test_several_readers_read_each_message_once_and_those_of_a_phone_in_order(
    own_database: Database, now: datetime
) -> None:
    with unit_of_work(own_database.sessions) as session:
        offer_to(session, person_named(session, "黄婉仪"), HERS, now=now)
    others = [f"1540000{phone:04}" for phone in (2, 4, 5, 6, 7, 8)]
    words = [(HERS, "同意"), (HERS, "不同意"), *((phone, "帮忙") for phone in others * 5)]
    arrive(own_database, words, now)
    clock = FixedClock(now + timedelta(minutes=5))
    with ThreadPoolExecutor(4) as readers:
        reports = list(readers.map(lambda _: read_incoming(own_database.sessions, clock), range(4)))
    assert sum(report.read for report in reports) == len(words)
    assert handled(own_database) == {"agreed": 1, "withdrawal_asked": 1, "help_wanted": 30}
    with unit_of_work(own_database.sessions) as session:
        assert session.scalar(select(func.count()).where(WorkerTaskRow.kind == "help_wanted")) == len(others)


def test_a_message_that_can_not_be_read_holds_up_no_other_and_ends_with_a_worker(
    own_database: Database, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    arrive(own_database, [("15400000002", "同意"), ("15400000004", "帮忙")], now)
    with unit_of_work(own_database.sessions) as session:
        broken = update(IncomingMessageRow).where(IncomingMessageRow.gateway_message_id == "0")
        session.execute(broken.values(text_sealed=b"k0:sealed with a key that is gone"))
    report = read_incoming(own_database.sessions, FixedClock(now + timedelta(minutes=5)))
    assert (report.read, report.failed) == (1, 1)
    assert handled(own_database) == {"unreadable": 1, "help_wanted": 1}
    with unit_of_work(own_database.sessions) as session:
        assert {kind for kind, _ in open_tasks(session)} == {"unclear_reply", "help_wanted"}


def test_what_failed_for_the_moment_is_tried_again_and_given_up_in_the_end(
    own_database: Database, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    arrive(own_database, [("15400000002", "同意")], now)
    with unit_of_work(own_database.sessions) as session:
        session.execute(update(PersonRow).values(hukou="nowhere"))
    clock = FixedClock(now + timedelta(minutes=5))
    for _ in range(3):
        assert read_incoming(own_database.sessions, clock).failed == 1
        assert read_incoming(own_database.sessions, clock).failed == 0, "not at once again"
        with unit_of_work(own_database.sessions) as session:
            session.execute(update(IncomingMessageRow).values(next_attempt_at=func.now() - timedelta(seconds=1)))
    assert handled(own_database) == {"unreadable": 1}


def test_a_message_that_was_handled_stays_as_it_is(session: Session, now: datetime) -> None:
    texts(session, HERS, "这是真的吗", at=now)
    row = session.scalars(select(IncomingMessageRow)).one()
    assert handle(session, row.id, now=now) is HandledAs.REASSURED
    assert session.scalar(select(func.count(OutgoingMessage.id))) == 1


def test_an_answer_that_came_before_its_offer_is_found_again_within_a_day(
    own_database: Database, now: datetime
) -> None:
    with unit_of_work(own_database.sessions) as session:
        huang = person_named(session, "黄婉仪")
        assert texts(session, HERS, "同意", at=now) is HandledAs.KEPT
        assert texts(session, "15400000005", "同意", at=now) is HandledAs.KEPT
    assert look_again(own_database.sessions, now=now + timedelta(minutes=10)) == 0
    with unit_of_work(own_database.sessions) as session:
        # Made before the answer was sent, but only visible now.
        offer = offer_to(session, huang, HERS, now=now)
    assert look_again(own_database.sessions, now=now + timedelta(minutes=20)) == 1
    with unit_of_work(own_database.sessions) as session:
        assert state_of(session, offer) == "applied"
    assert look_again(own_database.sessions, now=now + timedelta(hours=25)) == 0
    assert handled(own_database) == {"agreed": 1, "nothing_open": 1}


def test_a_killed_reader_leaves_nothing_half_done(own_database: Database, settings: Settings, now: datetime) -> None:
    phones = [f"1540000{phone:04}" for phone in (2, 4, 5, 6, 7, 8, 9, 10, 11, 12)]
    with unit_of_work(own_database.sessions) as session:
        offer_to(session, person_named(session, "黄婉仪"), HERS, now=now)
    arrive(own_database, [*((phone, "退订") for phone in phones * 8), (HERS, "同意")], now)
    for handled_before_the_kill in (20,):
        reader = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.message_reader"],
            cwd=PROJECT,
            env=os.environ | {"DATABASE_URL": own_database.url, "YINIAN_VAR_DIR": str(settings.var_dir)},
        )
        try:
            end = time.monotonic() + 60
            while handled(own_database)[None] > len(phones) * 8 + 1 - handled_before_the_kill:
                assert time.monotonic() < end, "waited too long"
                time.sleep(0.02)
        finally:
            reader.send_signal(signal.SIGKILL)
            reader.wait()
    assert handled(own_database)[None] > 0, "it was finished before it was killed"
    read_incoming(own_database.sessions, FixedClock(now + timedelta(hours=1)))
    assert handled(own_database) == {"stopped": len(phones) * 8, "agreed": 1}
    with unit_of_work(own_database.sessions) as session:
        sent = Counter(session.scalars(select(OutgoingMessage.template)))
        # One answer for each phone in a day, however often it wrote and whoever was killed in between.
        assert sent == {"reply_stopped": len(phones), "allowance_accepted": 1}
