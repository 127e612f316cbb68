"""Text messages: queued with their cause, sent once, whatever happens to the worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, true, update
from sqlalchemy.orm import Session

from services.actor import Actor, Channel, NotAllowed
from services.database import Database, unit_of_work
from services.demo import DemoPhoneGateway, list_demo_phones
from services.messages import (
    Composer,
    GatewayBusy,
    GatewayRefused,
    GatewayUnsure,
    MessageStatus,
    Outcome,
    OutgoingMessage,
    SendReport,
    queue_message,
    send_due,
    sending_is_delayed,
)
from services.messages.gateways import OneByOne
from services.messages.sending import settle_expired_leases
from services.settings import PROJECT, Settings
from tests.integration.recording_gateway import RecordingGateway

LEASE = timedelta(seconds=30)
# Ten hours before any run of this test: everything queued then is due.
QUEUED_AT = datetime.now(UTC) - timedelta(hours=10)


@pytest.fixture(scope="module")
def composer() -> Composer:
    return Composer(PROJECT / "locales")


def queue(session: Session, phone: str = "15400000002") -> UUID:
    return queue_message(
        session, "sign_in_code", city="shenzhen", phone=phone, locale="zh_Hans", now=QUEUED_AT, code="123456"
    )


def queue_some(database: Database, how_many: int) -> list[UUID]:
    with unit_of_work(database.sessions) as session:
        return [queue(session) for _ in range(how_many)]


def statuses(database: Database, ids: Sequence[UUID] = ()) -> Counter[str]:
    """How many are in which state: all messages, or these."""
    these = OutgoingMessage.id.in_(ids) if ids else true()
    with unit_of_work(database.sessions) as session:
        return Counter(session.scalars(select(OutgoingMessage.status).where(these)))


class FailingGateway:
    """Fails in one way; knows nothing afterwards."""

    def __init__(self, error: Exception, outcome: Outcome = Outcome.CANNOT_TELL) -> None:
        self._error = error
        self._outcome = outcome
        self.tried = 0

    def submit(self, message_id: UUID, phone: str, text: str) -> str:
        self.tried += 1
        raise self._error

    def outcome_of(self, message_id: UUID) -> Outcome:
        return self._outcome


def test_a_message_and_its_job_commit_with_their_cause_or_not_at_all(own_database: Database) -> None:
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_messages'"
    with own_database.sessions() as session:
        queue(session)
        session.rollback()
    assert statuses(own_database) == {}
    with own_database.engine.connect() as connection:
        assert connection.exec_driver_sql(jobs).scalar() == 0
    queue_some(own_database, 3)
    assert statuses(own_database) == {"queued": 3}
    with own_database.engine.connect() as connection:
        assert connection.exec_driver_sql(jobs).scalar() == 1


def test_what_is_sent_arrives_on_the_demo_phone_once(own_database: Database, composer: Composer) -> None:
    queue_some(own_database, 2)
    gateway = DemoPhoneGateway(own_database.sessions, city="shenzhen")
    assert send_due(own_database.sessions, gateway, composer, lease=LEASE) == SendReport(sent=2)
    assert send_due(own_database.sessions, gateway, composer, lease=LEASE) == SendReport()
    with unit_of_work(own_database.sessions) as session:
        phones = {phone.phone: phone for phone in list_demo_phones(session, Actor.system())}
        assert phones["15400000001"].names == ("陈丽英", "林国华")
        texts = [message.text for message in phones["15400000002"].messages]
    assert len(texts) == 2
    assert texts[0].startswith("【颐年演示】登录码123456")


def test_nobody_reads_the_demo_phones_as_a_person(session: Session) -> None:
    with pytest.raises(NotAllowed):
        list_demo_phones(session, Actor.senior(UUID(int=1), Channel.SCREEN))


def test_a_busy_gateway_is_asked_again_later(own_database: Database, composer: Composer) -> None:
    queue_some(own_database, 1)
    gateway = FailingGateway(GatewayBusy())
    assert send_due(own_database.sessions, gateway, composer, lease=LEASE) == SendReport(postponed=1)
    assert statuses(own_database) == {"queued": 1}
    assert send_due(own_database.sessions, gateway, composer, lease=LEASE) == SendReport()
    with unit_of_work(own_database.sessions) as session:
        session.execute(update(OutgoingMessage).values(due_at=func.now()))
    assert send_due(own_database.sessions, gateway, composer, lease=LEASE) == SendReport(postponed=1)


def test_waiting_messages_are_noticed_when_no_worker_runs(own_database: Database, composer: Composer) -> None:
    with unit_of_work(own_database.sessions) as session:
        assert not sending_is_delayed(session)
        queue(session)
        assert sending_is_delayed(session)
    send_due(own_database.sessions, DemoPhoneGateway(own_database.sessions, city="shenzhen"), composer, lease=LEASE)
    with unit_of_work(own_database.sessions) as session:
        assert not sending_is_delayed(session)


def test_a_refused_message_stays_visible_with_its_reason(own_database: Database, composer: Composer) -> None:
    queue_some(own_database, 1)
    report = send_due(own_database.sessions, FailingGateway(GatewayRefused("MBBLACK")), composer, lease=LEASE)
    assert report == SendReport(failed=1)
    with unit_of_work(own_database.sessions) as session:
        assert session.scalar(select(OutgoingMessage.failure)) == "MBBLACK"


def test_a_message_that_may_have_gone_is_never_tried_again(own_database: Database, composer: Composer) -> None:
    queue_some(own_database, 1)
    gateway = FailingGateway(GatewayUnsure())
    assert send_due(own_database.sessions, gateway, composer, lease=LEASE) == SendReport(unconfirmed=1)
    assert send_due(own_database.sessions, gateway, composer, lease=LEASE) == SendReport()
    assert gateway.tried == 1
    assert statuses(own_database) == {"unconfirmed": 1}


def test_a_message_that_cannot_be_opened_or_written_holds_up_no_other(
    own_database: Database, composer: Composer
) -> None:
    unreadable, unwritable, _ = queue_some(own_database, 3)
    with unit_of_work(own_database.sessions) as session:
        session.get_one(OutgoingMessage, unreadable).phone_sealed = b"k0:sealed with a key that is gone"
        session.get_one(OutgoingMessage, unwritable).template = "nobody knows this one"
    gateway = DemoPhoneGateway(own_database.sessions, city="shenzhen")
    assert send_due(own_database.sessions, gateway, composer, lease=LEASE) == SendReport(sent=1, failed=2)
    assert statuses(own_database) == {"failed": 2, "sent": 1}


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.ACCEPTED, "sent"), (Outcome.NEVER_SEEN, "queued"), (Outcome.CANNOT_TELL, "unconfirmed")],
)
def test_the_gateway_decides_about_messages_of_a_dead_worker(
    own_database: Database, outcome: Outcome, status: str
) -> None:
    queue_some(own_database, 1)
    with unit_of_work(own_database.sessions) as session:
        session.execute(
            update(OutgoingMessage).values(status="sending", leased_until_at=func.now() - timedelta(seconds=1))
        )
    settle_expired_leases(own_database.sessions, OneByOne(FailingGateway(GatewayBusy(), outcome)))
    assert statuses(own_database) == {status: 1}


def test_final_states_stay_final() -> None:
    message = OutgoingMessage(status=MessageStatus.SENT)
    assert not message.move_to(MessageStatus.QUEUED)
    assert not message.move_to(MessageStatus.FAILED)
    assert message.status == MessageStatus.SENT


def start_worker(database: Database, settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.integration.recording_gateway", str(folder / "accepted")],
            cwd=PROJECT,
            env=os.environ
            | {
                "DATABASE_URL": database.url,
                "YINIAN_VAR_DIR": str(settings.var_dir),
                "YINIAN_MESSAGE_LEASE_SECONDS": "2",
            },
            stdout=log,
            stderr=log,
        )


def wait_for(condition: Callable[[], bool], seconds: float, what_happened: Callable[[], object]) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited too long: {what_happened()}"
        time.sleep(0.05)


def test_a_thousand_messages_survive_a_killed_worker_each_sent_once(
    own_database: Database, settings: Settings, tmp_path: Path
) -> None:
    # The worker does all its other jobs too, and by day it makes offers: texts of its own, which are not counted here.
    ids = queue_some(own_database, 1000)
    ours = {str(message_id) for message_id in ids}
    gateway = RecordingGateway(tmp_path / "accepted")

    def accepted() -> list[str]:
        return [message_id for message_id in gateway.accepted() if message_id in ours]

    def what_happened() -> tuple[object, str]:
        return statuses(own_database, ids), (tmp_path / "worker.log").read_text(encoding="utf-8")[-4000:]

    held_by_the_dead = []
    # In the middle of what a worker holds, which is twenty at a time.
    for accepted_before_the_kill in (150, 610):
        worker = start_worker(own_database, settings, tmp_path)
        try:
            wait_for(lambda wanted=accepted_before_the_kill: len(accepted()) >= wanted, 60, what_happened)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        held_by_the_dead.append(statuses(own_database, ids)["sending"])
    assert len(accepted()) < 1000
    assert any(held_by_the_dead)
    worker = start_worker(own_database, settings, tmp_path)
    try:
        wait_for(lambda: statuses(own_database, ids) == {"sent": 1000}, 90, what_happened)
    finally:
        worker.terminate()
        assert worker.wait(timeout=20) == 0
    assert len(accepted()) == 1000, "one was sent twice"
    assert set(accepted()) == ours
