"""How fast text messages go out and come in over SMPP: `python -m benchmarks.messages [MESSAGES]`.

An SMS centre on this machine (the npm package smpp) takes messages from a real worker, sends a receipt for each, and
meanwhile sends replies. Nothing may be lost or doubled, also when the worker is killed three times in the middle. Two
floors are measured in the same run: the line without a database, and the database without a line.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from services.database import Database, migrate, new_id, open_database, unit_of_work
from services.inbox.tables import TEXT, IncomingMessageRow
from services.messages import Composer, MessageStatus, Outcome, OutgoingMessage, send_due
from services.messages.gateways import Answer, Answers, Commit, Handover, Ready, Verdict
from services.messages.smpp.connection import Receiver
from services.messages.smpp.line import SmppLine
from services.messages.smpp.tables import UnprovenDelivery
from services.messages.tables import PHONE, VARIABLES, OutgoingPart
from services.people import PHONE as PERSON_PHONE
from services.sealing import vault_of
from services.settings import PROJECT, Settings, ensure_demo_settings
from tests.sms_centre import SmsCentre, sms_centre, wait_until

MESSAGES = 20_000
OUT_A_SECOND, IN_A_SECOND = 1000, 500
# A little more than must be taken, so that the peer's own pace is not what is measured.
OFFERED_A_SECOND = 600
# Of either side.
WINDOW = 100
KILLED_AT = (0.2, 0.45, 0.7)
PATIENCE = 300.0
TITLES = ("run", "out", "a second", "lost", "doubled", "unknown", "in", "a second", "lost", "doubled")


@dataclass(frozen=True)
class Run:
    """What one run took and found."""

    name: str
    messages: int
    replies: int
    seconds_out: float
    seconds_in: float
    lost_out: int
    """the SMS centre never had them, whatever we believe"""
    doubled_out: int
    unknown: int
    """we don't know that they arrived"""
    lost_in: int
    doubled_in: int
    processors: tuple[float, float, float]
    """seconds of the worker and the SMS centre, of PostgreSQL, of this benchmark"""


def main() -> None:
    """Measure and print; the exit code tells whether nothing was lost or doubled."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    with tempfile.TemporaryDirectory(prefix="yinian-messages-") as name:
        folder = Path(name)
        ensure_demo_settings(folder)
        settings = Settings.from_environment({"YINIAN_VAR_DIR": name})
        database = open_database(settings)
        try:
            migrate(database.engine)
            show_floor("the line alone, no database", count, line_alone(folder, count))
            show_floor("the database alone, no line", count, database_alone(database, settings, count))
            show(TITLES)
            runs = []
            for kills in ((), KILLED_AT):
                runs.append(measure(database, folder, count, kills))
                show(cells(runs[-1]))
                children, server, own = runs[-1].processors
                print(
                    f"  processor seconds: worker and SMS centre {children:.1f}, PostgreSQL {server:.1f}, "
                    f"this benchmark {own:.1f}; load average {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
        finally:
            database.close()
    sys.exit(any(run.lost_out or run.doubled_out or run.lost_in or run.doubled_in for run in runs))


def line_alone(folder: Path, count: int) -> float:
    """Seconds to hand `count` ready texts over the same line in the same window."""
    with sms_centre(folder) as centre:
        centre.mood(receipts="none")
        environment = {"YINIAN_VAR_DIR": str(folder)} | smpp_environment(centre)
        line = SmppLine(Settings.from_environment(environment), Receiver(lambda *_: True, lambda _: None))
        line.open()
        assert line.wait_bound(10)
        started = time.monotonic()
        message = Handover(new_id(), "15400000002", "登录码123456，五分钟内有效。")
        gone = 0
        while gone < count:
            room = min(line.room(), count - gone)
            line.submit_many([line.make_ready(message)] * room, commit=lambda: None, give_up_at=time.monotonic() + 20)()
            gone += room
        seconds = time.monotonic() - started
        line.close()
    return seconds


class Everything:
    """A gateway that takes everything at once."""

    rounds = 1

    def room(self) -> int:
        return WINDOW

    def make_ready(self, message: Handover) -> Ready:
        return Ready(message, ())

    def submit_many(self, messages: Sequence[Ready], *, commit: Commit, give_up_at: float) -> Answers:
        commit()
        return lambda: [Answer(Verdict.ACCEPTED, (str(ready.message.message_id),)) for ready in messages]

    def outcome_of(self, message_id: UUID, attempt: int) -> Outcome:
        return Outcome.ACCEPTED


def database_alone(database: Database, settings: Settings, count: int) -> float:
    """Seconds to claim, compose and write down `count` messages in the same portions."""
    queue(database, count)
    started = time.monotonic()
    report = send_due(database.sessions, Everything(), Composer(settings.locales_dir), lease=timedelta(minutes=1))
    assert report.sent == count
    return time.monotonic() - started


def measure(database: Database, folder: Path, count: int, killed_at: Sequence[float]) -> Run:
    """One run of a real worker, killed at these shares of its way."""
    run_folder = folder / f"run{len(killed_at)}"
    run_folder.mkdir()
    queue(database, count)
    before = processor_seconds(database)
    replies = count * IN_A_SECOND // OUT_A_SECOND
    with sms_centre(run_folder) as centre:
        worker = start_worker(database, folder, centre)
        centre.wait_for("taken", seconds=60)
        started = time.monotonic()
        centre.mood(window=WINDOW)
        centre.order("flood", count=replies, per_second=OFFERED_A_SECOND, to="106912345")
        for share in killed_at:
            wait_until(lambda share=share: how_many_left_us(database) > share * count, seconds=PATIENCE)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker = start_worker(database, folder, centre)
        seconds_in, seconds_out = times_until_done(database, count, replies, started)
        worker.terminate()
        worker.wait()
        taken = Counter(event["text"] for event in centre.events("taken"))
    used = tuple(after - at_first for at_first, after in zip(before, processor_seconds(database), strict=True))
    with unit_of_work(database.sessions) as session:
        statuses = how_many_are(session)
        vault = vault_of(session)
        stored = Counter(vault.open(it, context=TEXT) for it in session.scalars(select(IncomingMessageRow.text_sealed)))
    return Run(
        f"killed {len(killed_at)} times" if killed_at else "undisturbed",
        count,
        replies,
        seconds_out,
        seconds_in,
        lost_out=count - len(taken),
        doubled_out=sum(taken.values()) - len(taken),
        unknown=count - statuses[MessageStatus.DELIVERED],
        lost_in=sum(f"同意{number}" not in stored for number in range(replies)),
        doubled_in=sum(stored.values()) - len(stored),
        processors=(used[0], used[1], used[2]),
    )


def processor_seconds(database: Database) -> tuple[float, float, float]:
    """Processor seconds so far of our ended children, of the database server and of this process."""
    mine = os.times()
    assert database.server is not None
    server = database.server.process()
    assert server is not None
    of_server = sum(sum(process.cpu_times()[:4]) for process in (server, *server.children()))
    return mine.children_user + mine.children_system, of_server, mine.user + mine.system


def times_until_done(database: Database, count: int, replies: int, started: float) -> tuple[float, float]:
    """Seconds until all replies were stored, and until every message had its receipt or is known to be unknown."""
    seconds_in = seconds_out = 0.0
    open_states = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.SENT)
    patient_until = time.monotonic() + PATIENCE
    moved_at, before = time.monotonic(), -1
    while not (seconds_in and seconds_out) and time.monotonic() < patient_until:
        time.sleep(0.1)
        with unit_of_work(database.sessions) as session:
            if not seconds_in and session.scalar(select(func.count()).select_from(IncomingMessageRow)) >= replies:
                seconds_in = time.monotonic() - started
            statuses = how_many_are(session)
        if statuses[MessageStatus.DELIVERED] != before:
            moved_at, before = time.monotonic(), statuses[MessageStatus.DELIVERED]
        # Receipts for what was under way at a kill come within seconds; what stands still has none to wait for.
        still = time.monotonic() - moved_at > 10
        if not seconds_out and not any(statuses[it] for it in open_states):
            if not statuses[MessageStatus.UNCONFIRMED] or still:
                seconds_out = moved_at - started
    return seconds_in, seconds_out


def queue(database: Database, count: int) -> None:
    """Instead of all earlier messages, `count` messages that are due, each with a text of its own."""
    now = datetime.now(UTC)
    with unit_of_work(database.sessions) as session:
        for table in (OutgoingMessage, OutgoingPart, IncomingMessageRow, UnprovenDelivery):
            session.execute(delete(table))
        for start in range(0, count, 1000):
            session.execute(
                insert(OutgoingMessage),
                [message(session, number, now) for number in range(start, min(start + 1000, count))],
            )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # A database in use has been looked over by itself; this one was empty a moment ago.
        connection.execute(text("VACUUM ANALYZE"))


def message(session: Session, number: int, now: datetime) -> dict[str, object]:
    vault = vault_of(session)
    phone = f"154{number:08}"
    return {
        "id": new_id(),
        "city": "shenzhen",
        "phone_sealed": vault.seal(phone, context=PHONE),
        "phone_index": vault.index(phone, context=PERSON_PHONE),
        "template": "sign_in_code",
        "variables_sealed": vault.seal(f'{{"code": "{number:06}"}}', context=VARIABLES),
        "locale": "zh_Hans",
        "status": MessageStatus.QUEUED,
        "attempts": 0,
        "due_at": now,
        "queued_at": now,
    }


def how_many_are(session: Session) -> Counter[str]:
    counted = select(OutgoingMessage.status, func.count()).group_by(OutgoingMessage.status)
    return Counter({status: count for status, count in session.execute(counted)})


def how_many_left_us(database: Database) -> int:
    with unit_of_work(database.sessions) as session:
        gone = OutgoingMessage.status.not_in((MessageStatus.QUEUED, MessageStatus.SENDING))
        return session.scalar(select(func.count()).select_from(OutgoingMessage).where(gone)) or 0


def start_worker(database: Database, folder: Path, centre: SmsCentre) -> subprocess.Popen[bytes]:
    """A worker as `python -m webapp` starts it."""
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "services", "worker", "--only", "messages"],
            cwd=PROJECT,
            env=os.environ
            | {"DATABASE_URL": database.url, "YINIAN_VAR_DIR": str(folder), "YINIAN_MESSAGE_LEASE_SECONDS": "10"}
            | smpp_environment(centre),
            stdout=log,
            stderr=log,
        )


def smpp_environment(centre: SmsCentre) -> dict[str, str]:
    values = {
        "MESSAGE_GATEWAY": "smpp",
        "SMPP_HOST": "127.0.0.1",
        "SMPP_PORT": str(centre.port),
        "SMPP_TLS": "false",
        "SMPP_SYSTEM_ID": "benchmark",
        "SMPP_PASSWORD": "benchmark",
        "SMPP_SOURCE_ADDRESS": "106912345",
        "SMPP_WINDOW": str(WINDOW),
        "SMPP_PER_SECOND": "1000000",
        "SMPP_ANSWER_SECONDS": "4",
    }
    return {f"YINIAN_{name}": value for name, value in values.items()}


def show_floor(what: str, count: int, seconds: float) -> None:
    """One line."""
    print(f"{what}: {count} messages in {seconds:.1f} s, {count / seconds:.0f} a second", flush=True)


def cells(run: Run) -> tuple[object, ...]:
    """A run as a line of the table."""
    return (
        run.name,
        run.messages,
        f"{run.messages / run.seconds_out:.0f}" if run.seconds_out else "never",
        run.lost_out,
        run.doubled_out,
        run.unknown,
        run.replies,
        f"{run.replies / run.seconds_in:.0f}" if run.seconds_in else "never",
        run.lost_in,
        run.doubled_in,
    )


def show(row: Sequence[object]) -> None:
    """One line of the table."""
    print(f"{row[0]:<16}", *(f"{cell:>9}" for cell in row[1:]), flush=True)


if __name__ == "__main__":
    main()
