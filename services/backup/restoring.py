"""Reading a backup back into an empty database, here or elsewhere."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import pq
from sqlalchemy import inspect

from services import audit
from services.actor import Actor, ActorKind, NotAllowed
from services.audit import Verified
from services.backup.dumping import DatabaseNotEmpty, backup_keys, finish, run_program
from services.backup.sealed_file import BackupDamaged, open_stream
from services.database import Database, migrate, unit_of_work
from services.messages import ask_about_waiting
from services.settings import Settings


@dataclass(frozen=True)
class Restored:
    """What is there again. `asked_about`: messages that waited then and may have been sent since; whoever carries them
    is asked before any of them is sent."""

    made_at: datetime
    verified: Verified
    asked_about: int


def restore(
    database: Database,
    settings: Settings,
    actor: Actor,
    path: Path,
    *,
    now: datetime,
    nothing_was_sent_since: bool = False,
) -> Restored:
    """Bring back everything, prove the record of deeds, and see to it that no message goes out a second time.

    `nothing_was_sent_since`: the old place was stopped before the backup was made, so that what waited waits still. The
    whole file is proven before anything is written. Raises NotAllowed, SettingsWrong, BackupDamaged, BackupKeyUnknown,
    DatabaseNotEmpty, ProgramFailed, OSError; nothing was changed then.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="restore")
    if inspect(database.engine).get_table_names():
        raise DatabaseNotEmpty(expected="an empty database")
    keys = backup_keys(settings)
    with path.open("rb") as file:
        for _ in open_stream(file, keys=keys):
            pass
        file.seek(0)
        pieces = open_stream(file, keys=keys)
        header = _header(next(pieces))
        _fill(database.url, pieces)
    database.engine.dispose()
    migrate(database.engine)
    with unit_of_work(database.sessions) as session:
        verified = audit.verify(session, kept_note=header["note"])
        asked_about = 0 if nothing_was_sent_since else ask_about_waiting(session)
        audit.record(
            session,
            actor,
            "restored",
            city=settings.city,
            person_id=None,
            subject_id=None,
            now=now,
            made_at=header["made_at"],
            asked_about=asked_about,
        )
    return Restored(datetime.fromisoformat(header["made_at"]), verified, asked_about)


def _header(piece: bytes) -> dict[str, Any]:
    try:
        header: dict[str, Any] = json.loads(piece)
    except ValueError:
        raise BackupDamaged(expected="a header") from None
    return header


def _fill(url: str, pieces: Iterator[bytes]) -> None:
    """Everything in one transaction: all of it is there afterwards, or nothing."""
    name = next(it.val.decode() for it in pq.Conninfo.parse(url.encode()) if it.keyword == b"dbname" and it.val)
    arguments = (f"--dbname={name}", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    with run_program("pg_restore", url, *arguments, stdin=subprocess.PIPE) as program:
        assert program.stdin is not None
        try:
            for piece in pieces:
                program.stdin.write(piece)
        except BrokenPipeError:
            pass  # It has ended; what it said last is told below.
        except BaseException:
            program.kill()
            raise
        finish(program, "pg_restore")
