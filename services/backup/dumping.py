"""Writing a backup: PostgreSQL's own `pg_dump`, sealed on its way into the file. Its programs come with the embedded
server and serve a city's cluster as well."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from psycopg import pq

from services import audit
from services.actor import Actor, ActorKind, NotAllowed
from services.backup.sealed_file import PIECE_BYTES, seal_stream
from services.database import Database, unit_of_work
from services.database.embedded import programs
from services.errors import ServiceError
from services.settings import Settings, SettingsWrong, named_keys


class ProgramFailed(ServiceError):
    """A program of PostgreSQL ended with an error; `program` and what it said last."""

    code = "program_failed"


class DatabaseNotEmpty(ServiceError):
    """A backup is restored into an empty database only: nothing is ever overwritten."""

    code = "database_not_empty"


@dataclass(frozen=True)
class Backup:
    """A backup that was made. `note` is where the record of deeds ended then: kept apart from the file, it proves later
    that neither was set back."""

    path: Path
    size: int
    note: str | None


def backup_keys(settings: Settings) -> dict[str, bytes]:
    """The keys that seal backups. Raises SettingsWrong where there are none."""
    if settings.backup_keys is None:
        raise SettingsWrong(
            problems="YINIAN_BACKUP_KEYS: a backup needs a key; `python -m services keys new b1` makes one"
        )
    return named_keys(settings.backup_keys.get_secret_value())


def back_up(database: Database, settings: Settings, actor: Actor, path: Path, *, now: datetime) -> Backup:
    """Write the whole database as of one moment to a new file that only its owner may read; people go on meanwhile.

    Raises NotAllowed, SettingsWrong, ProgramFailed, and FileExistsError where there is such a file. A backup that fails
    leaves none.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="back_up")
    keys = backup_keys(settings)
    with unit_of_work(database.sessions) as session:
        audit.record(session, actor, "backed_up", city=settings.city, person_id=None, subject_id=None, now=now)
        session.flush()
        note = audit.note_heads(session, actor, city=settings.city, now=now)
    header = {"made_at": now.isoformat(), "city": settings.city, "note": note}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            seal_stream(_pieces(database.url, header), file, keys=keys)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with suppress(FileNotFoundError):
                path.unlink()
            raise
    return Backup(path, path.stat().st_size, note)


def _pieces(url: str, header: dict[str, str | None]) -> Iterator[bytes]:
    """The header, then the dump. Raises ProgramFailed."""
    yield json.dumps(header).encode()
    with run_program("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges") as program:
        assert program.stdout is not None
        while piece := program.stdout.read(PIECE_BYTES):
            yield piece
        finish(program, "pg_dump")


def run_program(
    name: str, url: str, *arguments: str, stdin: int | IO[bytes] = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """A program of PostgreSQL at work on this database. The address goes by the environment: a list of processes shows
    arguments to everybody, and the address may hold a password."""
    told = {it.envvar.decode(): it.val.decode() for it in pq.Conninfo.parse(url.encode()) if it.val and it.envvar}
    return subprocess.Popen(
        [programs() / name, *arguments],
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"} | told,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(program: subprocess.Popen[bytes], name: str) -> None:
    """Wait for its end. Raises ProgramFailed."""
    _, said = program.communicate()
    if program.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise ProgramFailed(program=name, said=lines[-1] if lines else "nothing")
