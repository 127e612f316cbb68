"""The record of deeds: whatever somebody with the whole database in his hands does to it is found."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from alembic import command as alembic
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Channel, NotAllowed
from services.audit import AuditEntry, Damage, DamageKind, NoteWrong, note_heads, record, verify
from services.audit import command as audit_command
from services.clock import FixedClock, local_day
from services.database import Database, new_id, unit_of_work
from services.database.migrating import alembic_config
from services.database.opening import new_sessions
from services.settings import Settings
from tests.conftest import NOW

CITY = "shenzhen"
SYSTEM = Actor.system(Channel.JOB)
Tamper = Callable[[str, dict[str, object]], None]


def do_deeds(session: Session, *names: str, city: str = CITY) -> list[AuditEntry]:
    """Deeds with one flush each."""
    entries = []
    for name in names:
        entries.append(record(session, SYSTEM, name, city=city, person_id=new_id(), subject_id=None, now=NOW, found=1))
        session.flush()
    return entries


@pytest.fixture
def tamper(session: Session) -> Tamper:
    """SQL by somebody for whom the triggers are no hindrance."""

    def execute(sql: str, values: dict[str, object]) -> None:
        session.flush()
        session.execute(text("SET LOCAL session_replication_role = replica"))
        assert session.execute(text(sql), values).rowcount  # type: ignore[attr-defined]

    return execute


def test_the_record_of_the_demonstration_is_whole(session: Session) -> None:
    do_deeds(session, "one", "two")
    found = verify(session)
    assert found.damages == ()
    assert found.deeds == session.scalar(select(func.count()).select_from(AuditEntry))


def test_deeds_of_one_flush_are_chained_in_their_order(session: Session) -> None:
    for name in ("one", "two", "three"):
        record(session, SYSTEM, name, city=CITY, person_id=None, subject_id=None, now=NOW)
    session.flush()
    latest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(3)).all()
    assert [each.deed for each in latest] == ["three", "two", "one"]
    assert latest[0].position == latest[1].position + 1 == latest[2].position + 2
    assert latest[0].previous_mac == latest[1].mac


@pytest.mark.parametrize(
    "change",
    [
        "deed = 'two_harmless'",
        "at = at + interval '1 microsecond'",
        "person_id = NULL",
        "actor_staff_id = gen_random_uuid()",
        "facts = '{\"found\": 2}'",
        "city = 'elsewhere'",
        "previous_mac = mac",
        "key_id = ''",
        "key_id = 'stolen'",
        "mac = sha256(mac)",
    ],
)
def test_a_changed_deed_is_found_wherever_it_was_changed(session: Session, tamper: Tamper, change: str) -> None:
    _, two, _ = do_deeds(session, "one", "two", "three")
    tamper(f"UPDATE audit_entries SET {change} WHERE id = :id", {"id": two.id})
    assert verify(session).damages == (Damage(DamageKind.CHANGED, two.chain, two.position, two.id),)


def test_a_removed_deed_is_found_by_the_one_that_follows(session: Session, tamper: Tamper) -> None:
    one, two, three, four = do_deeds(session, "one", "two", "three", "four")
    tamper("DELETE FROM audit_entries WHERE id IN (:one, :two)", {"one": two.id, "two": three.id})
    assert verify(session).damages == (Damage(DamageKind.REMOVED, one.chain, two.position, four.id, 2),)


def test_the_removed_last_deed_is_found_by_the_head(session: Session, tamper: Tamper) -> None:
    _, two = do_deeds(session, "one", "two")
    tamper("DELETE FROM audit_entries WHERE id = :id", {"id": two.id})
    assert verify(session).damages == (Damage(DamageKind.REMOVED, two.chain, two.position),)


def test_a_head_that_was_set_back_too_is_found(session: Session, tamper: Tamper) -> None:
    one, two = do_deeds(session, "one", "two")
    tamper("DELETE FROM audit_entries WHERE id = :id", {"id": two.id})
    back = {"at": one.position, "mac": one.mac, "chain": one.chain}
    tamper("UPDATE audit_chains SET position = :at, mac = :mac WHERE number = :chain", back)
    assert verify(session).damages == (Damage(DamageKind.CHANGED, one.chain, one.position),)


def test_an_inserted_deed_is_found(session: Session, tamper: Tamper) -> None:
    (one,) = do_deeds(session, "one")
    copy = """
        INSERT INTO audit_entries
            (id, city, at, actor_kind, channel, deed, facts, chain, position, previous_mac, key_id, mac)
        SELECT :id, city, at, actor_kind, channel, 'never_done', facts, :chain, :position, mac, key_id, mac
        FROM audit_entries WHERE id = :one
    """
    after, elsewhere = new_id(), new_id()
    tamper(copy, {"id": after, "one": one.id, "chain": one.chain, "position": one.position + 1})
    tamper(copy, {"id": elsewhere, "one": one.id, "chain": 999_999, "position": 1})
    assert {(each.kind, each.entry_id) for each in verify(session).damages} == {
        (DamageKind.INSERTED, after),
        (DamageKind.INSERTED, elsewhere),
    }


@pytest.fixture
def noted(own_database: Database) -> tuple[Database, dict[str, object]]:
    """Two deeds in one chain and a note in another; and the head as it was after the first of the deeds."""
    with unit_of_work(own_database.sessions) as session:
        (one,) = do_deeds(session, "one")
        head = text("SELECT position, mac, key_id, seal, number FROM audit_chains WHERE number = :n")
        kept = session.execute(head, {"n": one.chain}).one()._asdict()
    with unit_of_work(own_database.sessions) as session:
        do_deeds(session, "two")
    with own_database.sessions() as busy, unit_of_work(own_database.sessions) as session:
        busy.execute(text("SELECT 1 FROM audit_chains WHERE number = :n FOR UPDATE"), {"n": one.chain})
        note_heads(session, SYSTEM, city=CITY, now=NOW)
    return own_database, kept


def set_back(database: Database, kept: dict[str, object], *statements: str) -> audit.Verified:
    """What is found after the triggers were switched off for these statements."""
    with unit_of_work(database.sessions) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            assert session.execute(text(statement), kept).rowcount  # type: ignore[attr-defined]
    with unit_of_work(database.sessions) as session:
        return verify(session)


def test_a_head_that_was_kept_and_put_back_is_found_by_the_note(noted: tuple[Database, dict[str, object]]) -> None:
    database, kept = noted
    found = set_back(
        database,
        kept,
        "DELETE FROM audit_entries WHERE chain = :number AND position > :position",
        "UPDATE audit_chains SET position = :position, mac = :mac, key_id = :key_id, seal = :seal "
        "WHERE number = :number",
    )
    position = int(str(kept["position"])) + 1
    assert found.damages == (Damage(DamageKind.REMOVED, int(str(kept["number"])), position),)


def test_a_chain_that_was_removed_with_its_head_is_found_by_the_note(noted: tuple[Database, dict[str, object]]) -> None:
    database, kept = noted
    found = set_back(
        database,
        kept,
        "DELETE FROM audit_entries WHERE chain = :number",
        "DELETE FROM audit_chains WHERE number = :number",
    )
    count = int(str(kept["position"])) + 1
    assert found.damages == (Damage(DamageKind.REMOVED, int(str(kept["number"])), 1, count=count),)


def test_a_note_that_was_kept_elsewhere_shows_that_the_whole_record_was_set_back(session: Session) -> None:
    do_deeds(session, "one")
    note = note_heads(session, SYSTEM, city=CITY, now=NOW)
    assert note is not None
    assert note_heads(session, SYSTEM, city=CITY, now=NOW) is None, "nothing was done since"
    assert verify(session, kept_note=note).damages == ()
    for wrong in (f"{new_id()}:{note.partition(':')[2]}", f"{note.partition(':')[0]}:00", "no note"):
        with pytest.raises(NoteWrong):
            verify(session, kept_note=wrong)


def test_only_the_key_makes_a_deed_that_verifies(session: Session, settings: Settings, database: Database) -> None:
    (entry,) = do_deeds(session, "one")
    stolen = settings.model_copy(update={"audit_keys": settings.sealing_keys})
    with new_sessions(database.engine, stolen)(bind=session.connection()) as with_other_key:
        assert {each.kind for each in verify(with_other_key).damages} == {DamageKind.CHANGED}
    assert verify(session).damages == ()
    assert entry.mac is not None


def test_a_new_key_signs_and_the_old_one_still_verifies(
    session: Session, settings: Settings, database: Database
) -> None:
    old = settings.audit_keys.get_secret_value()
    new = settings.sealing_keys.get_secret_value().replace("k1:", "a2:")
    rotated = settings.model_copy(update={"audit_keys": type(settings.audit_keys)(f"{new},{old}")})
    do_deeds(session, "one")
    with new_sessions(database.engine, rotated)(bind=session.connection()) as with_both:
        (entry,) = do_deeds(with_both, "two")
        assert entry.key_id == "a2"
        assert verify(with_both).damages == ()


def test_many_at_once_never_wait_and_every_deed_is_chained(own_database: Database) -> None:
    """Each transaction stays open until all the others have done their deeds as well: nobody waits for anybody."""
    at_once = 12
    open_ones = [own_database.sessions() for _ in range(at_once)]
    for session in open_ones:
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        do_deeds(session, "one", "two")
    for number, session in enumerate(open_ones):
        session.commit() if number % 3 else session.rollback()
        session.close()

    def work(_number: int) -> None:
        for _ in range(10):
            with unit_of_work(own_database.sessions) as session:
                do_deeds(session, "deed")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    with unit_of_work(own_database.sessions) as session:
        found = verify(session)
        count = session.scalar(select(func.count()).where(AuditEntry.deed == "deed"))
    assert found.damages == ()
    assert count == 80
    assert found.chains <= at_once + 1, "chains are used again"


def test_deeds_of_before_the_chain_become_its_beginning(own_database: Database) -> None:
    engine = own_database.engine
    with unit_of_work(own_database.sessions) as session:
        do_deeds(session, "one", "two")
    with engine.begin() as connection:
        alembic.downgrade(alembic_config(connection), "0016")
    with engine.begin() as connection:
        alembic.upgrade(alembic_config(connection), "head")
    with unit_of_work(own_database.sessions) as session:
        assert verify(session).damages == ()
        do_deeds(session, "three")
        assert verify(session).damages == ()
        two = session.scalars(select(AuditEntry).where(AuditEntry.deed == "two")).one()
        assert (two.chain, two.key_id) == (0, "")
        # Hashing without the key again is in anybody's power, and no longer enough.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        two.deed = "two_harmless"
        content = {name: getattr(two, name) for name in audit.chaining.HASHED}
        two.mac = audit.chaining.hash_without_key(audit.chaining.content_of(content))
        session.flush()
        assert [each.kind for each in verify(session).damages] == [DamageKind.CHANGED]


def run(database: Database, *words: str) -> int:
    parser = argparse.ArgumentParser()
    audit_command.add_arguments(parser)
    return audit_command.run(parser.parse_args(list(words)), database, FixedClock(NOW), city=CITY)


def test_the_command_tells_what_is_wrong_and_ends_with_one(own_database: Database, capsys) -> None:
    with unit_of_work(own_database.sessions) as session:
        do_deeds(session, "one", "two", "three")
    assert run(own_database, "verify") == 0
    assert capsys.readouterr().out.endswith("whole\n")
    assert run(own_database, "note") == 0
    note = capsys.readouterr().out.strip()
    assert run(own_database, "verify", "--note", note) == 0
    capsys.readouterr()
    with own_database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM audit_entries WHERE deed = 'two'"))
    assert run(own_database, "verify") == 1
    told = capsys.readouterr().out
    assert "removed: chain " in told
    assert told.endswith("1 places are not as they were written\n")


def test_the_export_is_csv_and_a_deed_itself(session: Session) -> None:
    (entry,) = do_deeds(session, "=1+1")
    day = local_day(NOW)
    lines = audit.export_deeds(session, SYSTEM, city=CITY, first_day=day, last_day=day, now=NOW + timedelta(seconds=1))
    rows = list(csv.DictReader(StringIO("".join(lines))))
    mine = next(row for row in rows if row["person_id"] == str(entry.person_id))
    assert mine["deed"] == "'=1+1", "no spreadsheet runs it"
    assert mine["at"] == "2026-11-24T06:00:00.000+08:00"
    assert mine["mac"] == entry.mac.hex()
    assert rows[-1]["deed"] == "deeds_exported"
    with pytest.raises(NotAllowed):
        audit.export_deeds(
            session, Actor.senior(UUID(int=1), Channel.SCREEN), city=CITY, first_day=day, last_day=day, now=NOW
        )
