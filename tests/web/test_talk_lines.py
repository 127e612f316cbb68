"""What the site bears of open lines, and the turn's own session, which only real sessions can show."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from simple_websocket import Server
from sqlalchemy import text

from services.database import Database, unit_of_work
from services.settings import Settings
from services.sign_in import open_session
from tests.conftest import person_named
from tests.integration.conftest import own_database as own_database
from tests.web.conftest import CheckingClient, TestClock, words_of
from tests.web.engines import FakeEngines
from webapp import create_app
from webapp.talk_lines import (
    LINES_A_PERSON,
    LINES_IN_ALL,
    MOST_WAITING_LENGTH,
    MOST_WAITING_MESSAGES,
    Backlog,
    OpenLines,
    TooManyLines,
    TooMuchWaiting,
    reading_thread,
)


def test_one_person_has_two_lines_and_no_third() -> None:
    lines, she = OpenLines(), uuid4()
    with ExitStack() as open_ones:
        for _ in range(LINES_A_PERSON):
            open_ones.enter_context(lines.one_more(she))
        with pytest.raises(TooManyLines), lines.one_more(she):
            pass
        with lines.one_more(uuid4()):
            pass
    with lines.one_more(she):
        pass


def test_everybody_together_leaves_threads_for_the_pages() -> None:
    lines = OpenLines()
    with ExitStack() as open_ones:
        for _ in range(LINES_IN_ALL):
            open_ones.enter_context(lines.one_more(uuid4()))
        with pytest.raises(TooManyLines), lines.one_more(uuid4()):
            pass
    with lines.one_more(uuid4()):
        pass


@pytest.mark.parametrize(
    ("message", "most"), [(b"", MOST_WAITING_MESSAGES), (b"\0" * 65_536, MOST_WAITING_LENGTH // 65_536)]
)
def test_what_waits_to_be_read_has_a_bound(message: bytes, most: int) -> None:
    backlog = Backlog()
    for _ in range(most):
        backlog.append(message)
    with pytest.raises(TooMuchWaiting):
        backlog.append(message)
    assert backlog == []


def test_a_line_reads_into_the_bounded_backlog() -> None:
    server = Server.__new__(Server)
    reading_thread(server._thread)
    assert isinstance(server.input_buffer, Backlog)


@pytest.fixture
def impatient_database(own_database: Database) -> Database:
    """A database in which a session that waits for another one gives up instead of hanging the test."""
    with own_database.engine.begin() as connection:
        name = connection.scalar(text("select current_database()"))
        connection.execute(text(f'alter database "{name}" set lock_timeout = 2000'))
    own_database.engine.dispose()
    return own_database


def test_a_sentence_typed_after_a_long_pause_is_answered(
    web_settings: Settings, impatient_database: Database, clock: TestClock
) -> None:
    site: Flask = create_app(web_settings, clock=clock, database=impatient_database, engines=FakeEngines([]))
    site.test_client_class = CheckingClient
    site.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work(impatient_database.sessions) as session:
        wang = person_named(session, "王秀珍")
        token = open_session(session, person_id=wang.id, phone="15400000002", city=wang.city, now=clock.at)
    browser = site.test_client()
    with browser.session_transaction() as kept:
        kept["token"] = token
    clock.at += timedelta(minutes=11)  # so that the request itself notes that she was seen
    assert browser.post("/talk/say", data={"text": "明天中午帮我订一份午餐送到家里"}).status_code == 303
    assert "12元" in words_of(browser.get("/talk"))
