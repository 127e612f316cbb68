"""New keys for what is sealed: everything is sealed anew while people read and write, and nothing is lost."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

import services
from services.actor import Actor, Channel, NotAllowed
from services.all_tables import METADATA
from services.audit import AuditEntry
from services.clock import FixedClock
from services.database import Database, unit_of_work
from services.database.opening import new_sessions
from services.keys import command, key_use, rotate_keys, sealed_columns
from services.messages import queue_message
from services.people import ADDRESS, PersonRow, phone_of
from services.sealing import SEALED_AS, Vault, vault_of
from services.settings import PROJECT, Settings
from tests.conftest import NOW

CITY = "shenzhen"
SYSTEM = Actor.system(Channel.COMMAND_LINE)
NEW_KEY = "k2:" + "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="


def with_keys(settings: Settings, *pairs: str) -> Settings:
    return settings.model_copy(update={"sealing_keys": SecretStr(",".join(pairs))})


class Installation:
    """A database with much in it, and the sessions of processes that were started with these or those settings."""

    def __init__(self, database: Database, settings: Settings) -> None:
        old_key = settings.sealing_keys.get_secret_value()
        self.before = database.sessions
        self.not_restarted_yet = new_sessions(database.engine, with_keys(settings, old_key, NEW_KEY))
        self.restarted = new_sessions(database.engine, with_keys(settings, NEW_KEY, old_key))
        self.without_old_key = new_sessions(database.engine, with_keys(settings, NEW_KEY))
        with unit_of_work(self.before) as session:
            for number in range(450):
                queue_message(session, "sign_in_code", city=CITY, phone=f"154{number:08}", locale="zh_Hans", now=NOW,
                              code=f"{number:06}")  # fmt: skip


@pytest.fixture
def installation(own_database: Database, settings: Settings) -> Installation:
    return Installation(own_database, settings)


def by_key(sessions: sessionmaker[Session]) -> Counter[str]:
    found = Counter[str]()
    with unit_of_work(sessions) as session:
        for each in key_use(session):
            found.update(each.by_key)
    return found


def opened(sessions: sessionmaker[Session]) -> dict[tuple[str, str], bytes]:
    """Everything that is sealed, opened, by column and row."""
    everything = {}
    with unit_of_work(sessions) as session:
        vault = vault_of(session)
        for table, columns in sealed_columns():
            for row in session.execute(select(table.c.id, *columns)):
                for column in columns:
                    if (sealed := row._mapping[column]) is not None:
                        name = f"{table.name}.{column.name}"
                        everything[name, str(row.id)] = vault.open_bytes(sealed, context=column.info[SEALED_AS])
    return everything


def test_everything_that_is_sealed_says_in_which_context() -> None:
    sealed = {f"{table.name}.{column.name}" for table, columns in sealed_columns() for column in columns}
    named = {f"{t.name}.{c.name}" for t in METADATA.sorted_tables for c in t.columns if c.name.endswith("_sealed")}
    assert sealed == named
    assert len(sealed) > 20


def test_no_table_is_forgotten() -> None:
    script = "from services.all_tables import METADATA; print(*METADATA.tables)"
    known = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT)
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert set(known.stdout.split()) == set(METADATA.tables)


def test_all_is_sealed_anew_and_says_the_same(installation: Installation) -> None:
    before = opened(installation.before)
    assert set(by_key(installation.before)) == {"k1"}
    done = rotate_keys(installation.restarted, SYSTEM, city=CITY, now=NOW)
    assert (done.key, done.left, done.unreadable) == ("k2", 0, 0)
    assert sum(done.sealed_anew.values()) == len(before)
    assert set(by_key(installation.restarted)) == {"k2"}
    assert opened(installation.without_old_key) == before
    again = rotate_keys(installation.restarted, SYSTEM, city=CITY, now=NOW)
    assert sum(again.sealed_anew.values()) == 0
    with unit_of_work(installation.restarted) as session:
        deeds = session.scalars(select(AuditEntry.facts).where(AuditEntry.deed == "keys_rotated")).all()
        assert [(facts["key"], facts["sealed_anew"]) for facts in deeds] == [("k2", len(before)), ("k2", 0)]


class Tenant:
    """Somebody whose address changes all the time, as processes with these sessions write it."""

    def __init__(self, sessions: sessionmaker[Session], name: str) -> None:
        self._sessions, self.name, self.latest = sessions, name, ""
        self._numbers = count(1)

    def move(self) -> None:
        address = f"{self.name}路{next(self._numbers)}号(示例)"
        with unit_of_work(self._sessions) as session:
            row = session.scalars(select(PersonRow).where(PersonRow.name == self.name).with_for_update()).one()
            row.address_sealed = vault_of(session).seal(address, context=ADDRESS)
        self.latest = address


@contextmanager
def going_on(*works: Any) -> Iterator[None]:
    """Do all of these again and again as long as the block lasts; what goes wrong there goes wrong here."""
    stop, wrong = threading.Event(), list[BaseException]()

    def repeat(work: Any) -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not wrong


def test_people_read_and_write_meanwhile(installation: Installation) -> None:
    """Two processes write, one with the old order of keys and one with the new; two read everybody's telephone."""
    early, late = Tenant(installation.not_restarted_yet, "王秀珍"), Tenant(installation.restarted, "黄婉仪")

    def read(sessions: sessionmaker[Session]) -> None:
        with unit_of_work(sessions) as session:
            for person_id in session.scalars(select(PersonRow.id)):
                assert phone_of(session, person_id)

    with going_on(
        early.move, late.move, lambda: read(installation.not_restarted_yet), lambda: read(installation.restarted)
    ):
        rotate_keys(installation.restarted, SYSTEM, city=CITY, now=NOW)
    # The last process was started again, so nobody writes with the old key any more.
    assert rotate_keys(installation.restarted, SYSTEM, city=CITY, now=NOW).left == 0
    assert set(by_key(installation.restarted)) == {"k2"}
    assert early.latest
    assert late.latest
    with unit_of_work(installation.without_old_key) as session:
        for tenant in (early, late):
            row = session.scalars(select(PersonRow).where(PersonRow.name == tenant.name)).one()
            assert vault_of(session).open(row.address_sealed, context=ADDRESS) == tenant.latest


def test_a_row_that_somebody_holds_is_waited_for(installation: Installation) -> None:
    with installation.before() as busy:
        busy.execute(select(PersonRow.id).where(PersonRow.name == "王秀珍").with_for_update())
        letting_go = threading.Timer(1.0, busy.rollback)
        letting_go.start()
        assert rotate_keys(installation.restarted, SYSTEM, city=CITY, now=NOW).left == 0
        letting_go.join()


def test_what_no_key_opens_is_left_alone_and_told(installation: Installation, settings: Settings) -> None:
    lost = Vault(with_keys(settings, "k9:" + NEW_KEY[3:])).seal("遗失路1号", context=ADDRESS)
    with unit_of_work(installation.before) as session:
        session.scalars(select(PersonRow).where(PersonRow.name == "王秀珍")).one().address_sealed = lost
    done = rotate_keys(installation.restarted, SYSTEM, city=CITY, now=NOW)
    assert (done.left, done.unreadable) == (0, 1)
    assert by_key(installation.restarted)["k9"] == 1


def test_only_the_system_has_keys(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        her = session.scalars(select(PersonRow.id)).first()
    assert her is not None
    with pytest.raises(NotAllowed):
        rotate_keys(own_database.sessions, Actor.senior(her, Channel.SCREEN), city=CITY, now=NOW)


def test_the_command_makes_a_key_rotates_and_shows(
    installation: Installation, own_database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)

    def run(*words: str) -> int:
        database = replace(own_database, sessions=installation.restarted)
        return command.run(parser.parse_args(list(words)), database, FixedClock(NOW), city=CITY)

    assert command.print_new_key("k3") == 0
    new = capsys.readouterr().out.strip()
    assert Vault(with_keys(settings, new)).current_key == "k3"
    assert command.print_new_key("k:3") == 2
    assert run("rotate") == 0
    assert capsys.readouterr().out.endswith("values sealed anew under k2\n")
    assert run("show") == 0
    shown = capsys.readouterr().out
    with unit_of_work(installation.restarted) as session:
        people = session.scalar(select(func.count()).select_from(PersonRow))
    assert f"persons.phone_sealed: {people} under k2\n" in shown
    assert "k1" not in shown
