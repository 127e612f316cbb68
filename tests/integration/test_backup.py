"""A city's database is lost and comes back elsewhere: with everything in it, with a record of deeds that proves itself,
and without sending any text message a second time."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Channel, NotAllowed
from services.all_tables import METADATA
from services.audit import AuditEntry, note_heads
from services.backup import (
    BackupDamaged,
    BackupKeyUnknown,
    DatabaseNotEmpty,
    ProgramFailed,
    Restored,
    back_up,
    command,
    restore,
)
from services.clock import FixedClock
from services.database import Database, open_database, unit_of_work
from services.messages import Composer, MessageStatus, Outcome, OutgoingMessage, queue_message, send_due
from services.people import PersonRow, phone_of
from services.settings import PROJECT, Settings, SettingsWrong
from tests.conftest import NOW
from tests.integration.recording_gateway import RecordingGateway

SYSTEM = Actor.system(Channel.COMMAND_LINE)
LONG_AGO = datetime.now(UTC) - timedelta(hours=10)


@pytest.fixture
def elsewhere(settings: Settings) -> Iterator[Database]:
    """An empty database on another server."""
    with tempfile.TemporaryDirectory(prefix="yinian-elsewhere-", ignore_cleanup_errors=True) as folder:
        opened = open_database(settings.model_copy(update={"var_dir": Path(folder)}))
        yield opened
        opened.close()


@pytest.fixture
def made(own_database: Database, settings: Settings, tmp_path: Path) -> Path:
    """A backup of the demonstration with three messages that wait and one that is due tomorrow."""
    with unit_of_work(own_database.sessions) as session:
        for _ in range(3):
            queue(session, LONG_AGO)
        queue(session, datetime.now(UTC) + timedelta(days=1))
    return back_up(own_database, settings, SYSTEM, tmp_path / "yinian.backup", now=NOW).path


def queue(session: Session, at: datetime) -> None:
    queue_message(
        session, "sign_in_code", city="shenzhen", phone="15400000002", locale="zh_Hans", now=at, code="123456"
    )


def restored(database: Database, settings: Settings, path: Path, **said: bool) -> Restored:
    return restore(database, settings, SYSTEM, path, now=NOW, **said)


def send(database: Database, gateway: RecordingGateway) -> None:
    send_due(database.sessions, gateway, Composer(PROJECT / "locales"), lease=timedelta(seconds=30))


def counted(database: Database) -> Counter[str]:
    with database.engine.connect() as connection:
        return Counter(
            {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in METADATA.sorted_tables
                if table.name not in ("audit_entries", "audit_chains")
            }
        )


def test_everything_comes_back_elsewhere_and_the_record_proves_itself(
    made: Path, own_database: Database, elsewhere: Database, settings: Settings
) -> None:
    assert b"PGDMP" not in made.read_bytes()
    assert made.stat().st_mode & 0o077 == 0
    done = restored(elsewhere, settings, made)
    assert done.made_at == NOW
    assert done.verified.damages == ()
    assert counted(elsewhere) == counted(own_database)
    with unit_of_work(elsewhere.sessions) as session:
        assert audit.verify(session).damages == ()
        deeds = session.scalars(select(AuditEntry.deed).order_by(AuditEntry.id.desc()).limit(3)).all()
        assert deeds == ["restored", "deeds_noted", "backed_up"]
        her = session.scalars(select(PersonRow.id).where(PersonRow.name == "王秀珍")).one()
        assert phone_of(session, her) == "15400000002"
        # What the database itself holds together is there too: triggers, and constraints that keep times apart.
        session.execute(text("SAVEPOINT before"))
        with pytest.raises(Exception, match="only ever added"):
            session.execute(text("DELETE FROM audit_entries"))
        session.execute(text("ROLLBACK TO SAVEPOINT before"))


def test_messages_that_were_sent_since_the_backup_are_not_sent_again(
    made: Path, own_database: Database, elsewhere: Database, settings: Settings, tmp_path: Path
) -> None:
    gateway = RecordingGateway(tmp_path / "carrier")
    with unit_of_work(own_database.sessions) as session:
        first = session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id).limit(1)).one()
        gateway.submit(first.id, "15400000002", "sent by the old place after the backup")
    assert restored(elsewhere, settings, made).asked_about == 3
    for _ in range(2):
        send(elsewhere, gateway)
    with unit_of_work(elsewhere.sessions) as session:
        states = dict(session.execute(select(OutgoingMessage.id, OutgoingMessage.status)).all())
    assert Counter(states.values()) == {MessageStatus.SENT: 3, MessageStatus.QUEUED: 1}
    assert Counter(gateway.accepted()) == {str(it): 1 for it, state in states.items() if state == MessageStatus.SENT}


def test_where_the_carrier_cannot_tell_no_message_goes_twice(
    made: Path, elsewhere: Database, settings: Settings, tmp_path: Path
) -> None:
    class CannotTell(RecordingGateway):
        def outcome_of(self, message_id: object) -> Outcome:
            return Outcome.CANNOT_TELL

    gateway = CannotTell(tmp_path / "carrier")
    restored(elsewhere, settings, made)
    send(elsewhere, gateway)
    assert gateway.accepted() == []
    with unit_of_work(elsewhere.sessions) as session:
        assert Counter(session.scalars(select(OutgoingMessage.status))) == {"unconfirmed": 3, "queued": 1}


def test_after_a_move_what_waits_is_sent_unasked(
    made: Path, elsewhere: Database, settings: Settings, tmp_path: Path
) -> None:
    gateway = RecordingGateway(tmp_path / "carrier")
    assert restored(elsewhere, settings, made, nothing_was_sent_since=True).asked_about == 0
    send(elsewhere, gateway)
    assert len(set(gateway.accepted())) == len(gateway.accepted()) == 3


def test_a_damaged_file_or_a_wrong_key_changes_nothing(made: Path, elsewhere: Database, settings: Settings) -> None:
    content = made.read_bytes()
    for wrong in (content[:-1], content[: len(content) // 2], b"", content[:-5] + b"12345"):
        made.write_bytes(wrong)
        with pytest.raises(BackupDamaged):
            restored(elsewhere, settings, made)
    made.write_bytes(content)
    other = settings.model_copy(update={"backup_keys": SecretStr(settings.audit_keys.get_secret_value())})
    with pytest.raises(BackupKeyUnknown, match="b1"):
        restored(elsewhere, other, made)
    with pytest.raises(SettingsWrong, match="YINIAN_BACKUP_KEYS"):
        restored(elsewhere, settings.model_copy(update={"backup_keys": None}), made)
    restored(elsewhere, settings, made)


def test_nothing_is_overwritten(made: Path, own_database: Database, settings: Settings) -> None:
    with pytest.raises(DatabaseNotEmpty):
        restored(own_database, settings, made)
    with pytest.raises(FileExistsError):
        back_up(own_database, settings, SYSTEM, made, now=NOW)


def test_a_backup_that_fails_leaves_no_file(own_database: Database, settings: Settings, tmp_path: Path) -> None:
    broken = replace(own_database, url=own_database.url.replace("test_", "gone_"))
    with pytest.raises(ProgramFailed, match="pg_dump"):
        back_up(broken, settings, SYSTEM, tmp_path / "x.backup", now=NOW)
    assert not (tmp_path / "x.backup").exists()


def test_only_the_system_backs_up_and_restores(own_database: Database, settings: Settings, tmp_path: Path) -> None:
    with unit_of_work(own_database.sessions) as session:
        her = Actor.senior(session.scalars(select(PersonRow.id)).first(), Channel.SCREEN)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        back_up(own_database, settings, her, tmp_path / "x.backup", now=NOW)
    with pytest.raises(NotAllowed):
        restore(own_database, settings, her, tmp_path / "x.backup", now=NOW)


def test_the_commands_say_what_they_did(
    own_database: Database, elsewhere: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command")
    command.add_arguments(commands.add_parser("backup"), commands.add_parser("restore"))
    file = str(tmp_path / "yinian.backup")

    def run(database: Database, *words: str) -> int:
        return command.run(parser.parse_args(list(words)), database, settings, FixedClock(NOW))

    with unit_of_work(own_database.sessions) as session:
        note_heads(session, SYSTEM, city="shenzhen", now=NOW)
    assert run(own_database, "backup", file) == 0
    assert "note, to be kept apart from it: 0" in capsys.readouterr().out
    assert run(own_database, "backup", file) == 2
    assert "File exists" in capsys.readouterr().err
    assert run(elsewhere, "restore", str(tmp_path / "none")) == 2
    assert run(elsewhere, "restore", file) == 0
    assert "restored as of 2026-11-24 06:00:00" in capsys.readouterr().out
