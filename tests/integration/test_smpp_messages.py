"""Receipts and people's replies over SMPP, in the database: any order, repeated, in parts, with a killed worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.clock import SystemClock
from services.database import Database, unit_of_work
from services.inbox.tables import TEXT, IncomingMessageRow
from services.messages import (
    Composer,
    MessageStatus,
    OutgoingMessage,
    SendReport,
    give_up_waiting,
    queue_message,
    send_due,
    settle_receipts,
)
from services.messages.receipts import Receipt, keep_receipts, reference_of
from services.messages.smpp import ArrivedText, SmppLine, open_line
from services.messages.smpp.incoming_parts import take_incomplete
from services.messages.smpp.tables import IncomingPart, UnprovenDelivery
from services.messages.tables import Arrival, OutgoingPart, WaitingReceipt
from services.messages.undelivered import tell_workers
from services.people import Person
from services.sealing import vault_of
from services.settings import PROJECT, Settings
from services.worker_tasks.tables import WorkerTaskRow
from tests.conftest import person_named
from tests.integration.test_smpp_line import PASSWORD, smpp_settings
from tests.sms_centre import SmsCentre, sms_centre, wait_until

LEASE = timedelta(seconds=30)
QUEUED_AT = datetime.now(UTC) - timedelta(hours=10)
POISON = "毒"


class Site:
    """A database, an SMS centre and the line between them."""

    def __init__(self, database: Database, settings: Settings, centre: SmsCentre) -> None:
        self.database = database
        self.settings = smpp_settings(settings, centre, smpp_window=50)
        self.centre = centre
        self.arrived: list[ArrivedText] = []
        self._composer = Composer(PROJECT / "locales")
        self._open = ExitStack()

    def receive(self, session: Session, texts: Sequence[ArrivedText]) -> None:
        if any(POISON in text.text for text in texts):
            raise RuntimeError("cannot be stored")
        self.arrived += texts

    def bind(self) -> SmppLine:
        line = self._open.enter_context(
            open_line(
                self.settings,
                self.database.sessions,
                SystemClock(),
                receive=self.receive,
                on_undelivered=tell_workers(SystemClock()),
            )
        )
        assert line.wait_bound(10)
        return line

    def close(self) -> None:
        self._open.close()

    def send(self, line: SmppLine) -> SendReport:
        return send_due(self.database.sessions, line, self._composer, lease=LEASE)

    def queue(self, count: int = 1, *, person: Person | None = None, code: str = "123456") -> list[UUID]:
        with unit_of_work(self.database.sessions) as session:
            return [
                queue_message(
                    session,
                    "sign_in_code",
                    city="shenzhen",
                    phone="15400000002",
                    locale="zh_Hans",
                    now=QUEUED_AT,
                    person_id=person.id if person else None,
                    code=code,
                )
                for _ in range(count)
            ]

    def statuses(self) -> Counter[str]:
        with unit_of_work(self.database.sessions) as session:
            return Counter(session.scalars(select(OutgoingMessage.status)))

    def count(self, table: type[IncomingPart] | type[WaitingReceipt] | type[UnprovenDelivery]) -> int:
        with unit_of_work(self.database.sessions) as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def write(self, text: str | bytes, *, sender: str = "8615400000001", number: int = 0, **fields: object) -> None:
        """Somebody writes to us."""
        content = text.encode("utf-16-be") if isinstance(text, str) else text
        pdu = {"source_addr": sender, "destination_addr": "106912345", "data_coding": 8, "esm_class": 0}
        self.centre.order("deliver", number=number, pdu=pdu | {"short_message": content.hex()} | fields)

    def write_part(self, header: str, text: str, *, sender: str = "8615400000001") -> None:
        self.write(bytes.fromhex(header) + text.encode("utf-16-be"), sender=sender, esm_class=0x40)

    def texts(self, count: int) -> list[str]:
        """What arrived, once so much did."""
        wait_until(lambda: len(self.arrived) >= count)
        return [it.text for it in self.arrived]


@pytest.fixture
def site(own_database: Database, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    with sms_centre(tmp_path, password=PASSWORD) as centre:
        made = Site(own_database, settings, centre)
        yield made
        made.close()


@pytest.mark.parametrize("receipts", ["after", "before", "twice"])
def test_receipts_in_any_order_bring_messages_to_their_end(site: Site, receipts: str) -> None:
    site.centre.mood(receipts=receipts)
    line = site.bind()
    site.queue(30)
    # 71 characters and more go in parts, and have arrived when all of them have.
    site.queue(2, code="1" * 80)
    assert site.send(line) == SendReport(sent=32)
    # A receipt that was there before its message is laid to it by the job that looks at all of them.
    wait_until(lambda: settle_receipts(site.database.sessions) >= 0 and site.statuses() == {"delivered": 32})
    site.centre.wait_for("acknowledged", (30 + 2 * 2) * (2 if receipts == "twice" else 1))
    settle_receipts(site.database.sessions)
    assert site.statuses() == {"delivered": 32}
    assert site.count(WaitingReceipt) == 0


def test_an_undelivered_message_becomes_a_matter_for_a_worker(site: Site) -> None:
    site.centre.mood(state="MBBLACK", state_code=5)
    with unit_of_work(site.database.sessions) as session:
        wang = person_named(session, "王秀珍")
    line = site.bind()
    (message_id,) = site.queue(person=wang)
    site.send(line)
    site.queue()
    site.send(line)
    wait_until(lambda: site.statuses() == {"undelivered": 2})
    with unit_of_work(site.database.sessions) as session:
        (task,) = session.scalars(select(WorkerTaskRow).where(WorkerTaskRow.kind == "undelivered"))
        assert (task.person_id, task.subject_id) == (wang.id, message_id)
        assert task.facts == {"template": "sign_in_code", "reason": "MBBLACK 000"}


def test_a_receipt_for_somebody_else_is_acknowledged_and_changes_nothing(site: Site) -> None:
    site.bind()
    text = b"id:unknown stat:UNDELIV err:001"
    site.write(text, number=7, esm_class=4, data_coding=0, source_addr="8615400000002")
    (acknowledged,) = site.centre.wait_for("acknowledged")
    assert acknowledged == {"kind": "acknowledged", "number": 7, "status": 0}
    assert site.count(WaitingReceipt) == 1
    assert not site.arrived


def test_when_the_answer_is_lost_the_receipt_still_finds_its_message(site: Site) -> None:
    site.centre.mood(drop_after=1, receipt_delay=300)
    line = site.bind()
    site.queue()
    assert site.send(line) == SendReport(unconfirmed=1)
    site.queue()
    site.centre.wait_for("sign_in", 2)
    assert line.wait_bound(10)
    assert site.send(line) == SendReport(sent=1)
    wait_until(lambda: site.statuses() == {"delivered": 2})
    assert len(site.centre.events("taken")) == 2


def test_without_our_reference_the_phone_must_do_and_only_where_one_message_waits(
    own_database: Database, settings: Settings, site: Site
) -> None:
    first, second = site.queue(2)
    with unit_of_work(own_database.sessions) as session:
        session.execute(update(OutgoingMessage).values(status=MessageStatus.UNCONFIRMED, parts=1))

    def receipt_comes(gateway_id: str, reference: int | None = None) -> None:
        with unit_of_work(own_database.sessions) as session:
            came = Receipt(gateway_id, "+8615400000002", Arrival.DELIVERED, reference=reference)
            keep_receipts(session, [came], city="shenzhen")
            # Long enough ago that all answers are in.
            session.execute(update(WaitingReceipt).values(received_at=func.now() - timedelta(minutes=6)))

    receipt_comes("s1")
    assert settle_receipts(own_database.sessions) == 0
    receipt_comes("s2", reference_of(second))
    # Now one message waits, and the first receipt can only be for it.
    assert settle_receipts(own_database.sessions) == 2
    assert site.statuses() == {"delivered": 2}
    with unit_of_work(own_database.sessions) as session:
        rows = session.execute(select(OutgoingPart.message_id, OutgoingPart.gateway_id))
        parts = {message_id: gateway_id for message_id, gateway_id in rows}
    assert parts == {first: "s1", second: "s2"}


def test_an_hour_without_a_receipt_is_a_matter_for_a_worker_and_the_receipt_still_counts(site: Site) -> None:
    with unit_of_work(site.database.sessions) as session:
        wang = person_named(session, "王秀珍")
    (first, _) = site.queue(2, person=wang)
    sessions, on_undelivered = site.database.sessions, tell_workers(SystemClock())

    def handed_over(ago: timedelta) -> None:
        with unit_of_work(sessions) as session:
            session.execute(update(OutgoingMessage).values(sent_at=func.now() - ago))

    with unit_of_work(sessions) as session:
        session.execute(update(OutgoingMessage).values(status=MessageStatus.UNCONFIRMED))
    handed_over(timedelta(minutes=59))
    assert give_up_waiting(sessions, on_undelivered=on_undelivered) == 0
    handed_over(timedelta(minutes=61))
    assert give_up_waiting(sessions, on_undelivered=on_undelivered) == 2
    with unit_of_work(sessions) as session:
        tasks = session.scalars(select(WorkerTaskRow.facts).where(WorkerTaskRow.kind == "undelivered")).all()
        assert tasks == [{"template": "sign_in_code", "reason": "no_receipt"}] * 2
        came = Receipt("late", "15400000002", Arrival.DELIVERED, reference=reference_of(first))
        keep_receipts(session, [came], city="shenzhen")
    assert settle_receipts(sessions) == 1
    assert site.statuses() == {"delivered": 1, "unconfirmed": 1}
    # Told once; after three days it is over.
    handed_over(timedelta(hours=73))
    assert give_up_waiting(sessions, on_undelivered=on_undelivered) == 0
    assert site.statuses() == {"delivered": 1, "undelivered": 1}


def test_throttled_messages_go_later_and_each_once(site: Site) -> None:
    site.centre.mood(statuses=[0x58] * 3)
    line = site.bind()
    site.queue(5)
    report = site.send(line)
    assert (report.sent, report.postponed) == (5, 3)
    wait_until(lambda: site.statuses() == {"delivered": 5})
    assert len(site.centre.events("taken")) == 5


def test_long_replies_are_put_together_whatever_their_numbering_and_order(site: Site) -> None:
    site.bind()
    # The second part first, in the middle of somebody else's with the same reference, in another width, and as SAR.
    site.write_part("0500032a0202", "甲二")
    site.write_part("0500032a0201", "乙一", sender="8615400000002")
    site.write_part("060804002a0201", "丙一")
    sar = {"sar_msg_ref_num": 42, "sar_total_segments": 2}
    site.write("丁二", **sar, sar_segment_seqnum=2)
    site.write("丁一", **sar, sar_segment_seqnum=1)
    site.write_part("0500032a0201", "甲一")
    site.write_part("060804002a0202", "丙二")
    site.write_part("0500032a0202", "乙二", sender="8615400000002")
    assert sorted(site.texts(4)) == sorted(["甲一甲二", "乙一乙二", "丙一丙二", "丁一丁二"])
    assert {it.text: it.phone for it in site.arrived}["乙一乙二"] == "8615400000002"
    assert site.count(IncomingPart) == 0


def test_a_reply_whose_rest_never_comes_is_handed_on_with_a_gap(site: Site) -> None:
    site.bind()
    site.write_part("050003010302", "同意")
    wait_until(lambda: site.count(IncomingPart) == 1)
    with unit_of_work(site.database.sessions) as session:
        assert take_incomplete(session) == []
        session.execute(update(IncomingPart).values(received_at=func.now() - timedelta(minutes=11)))
        assert take_incomplete(session) == [("8615400000001", "106912345", "\ufffd同意\ufffd")]
        assert take_incomplete(session) == []


def test_a_reply_that_comes_again_because_the_line_broke_is_the_same_reply(site: Site) -> None:
    site.settings = site.settings.model_copy(update={"smpp_enquire_seconds": 60.0})
    site.centre.mood(answer_enquiries=False)
    site.bind()
    site.write("同意", number=1)
    assert site.texts(1) == ["同意"]
    site.centre.wait_for("acknowledged")
    # Our acknowledgement was not proven when the line broke: as if it had been lost, the reply comes once more.
    site.centre.order("drop")
    site.centre.mood(answer_enquiries=True)
    site.centre.wait_for("sign_in", 2)
    site.write("同意", number=1)
    site.centre.wait_for("acknowledged", 2)
    assert site.texts(1) == ["同意"]
    # Once it is proven, the same words are a new message.
    wait_until(lambda: site.count(UnprovenDelivery) == 0)
    site.write("同意", number=2)
    assert site.texts(2) == ["同意", "同意"]


def test_what_cannot_be_stored_is_not_acknowledged_and_holds_up_no_other(site: Site) -> None:
    site.centre.mood(window=50)
    site.bind()
    for number, text in enumerate(("一", POISON, "三")):
        site.write(text, number=number)
    assert sorted(site.texts(2)) == ["一", "三"]
    answers = {it["number"]: it["status"] for it in site.centre.wait_for("acknowledged", 3)}
    assert answers == {0: 0, 1: 0x64, 2: 0}


def start_worker(site: Site) -> subprocess.Popen[bytes]:
    plain = site.settings
    return subprocess.Popen(
        [sys.executable, "-m", "services", "worker", "--only", "messages"],
        cwd=PROJECT,
        env=os.environ
        | {
            "DATABASE_URL": site.database.url,
            "YINIAN_VAR_DIR": str(plain.var_dir),
            "YINIAN_MESSAGE_LEASE_SECONDS": "4",
            "YINIAN_MESSAGE_GATEWAY": "smpp",
            "YINIAN_SMPP_HOST": "127.0.0.1",
            "YINIAN_SMPP_PORT": str(plain.smpp_port),
            "YINIAN_SMPP_TLS": "false",
            "YINIAN_SMPP_SYSTEM_ID": "yinian",
            "YINIAN_SMPP_PASSWORD": PASSWORD,
            "YINIAN_SMPP_SOURCE_ADDRESS": "106912345",
            "YINIAN_SMPP_PER_SECOND": "400",
            "YINIAN_SMPP_WINDOW": "20",
            "YINIAN_SMPP_ANSWER_SECONDS": "1.5",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_nothing_is_lost_or_doubled_when_the_worker_is_killed(site: Site) -> None:
    messages, replies = 600, 300
    for number in range(messages):
        site.queue(code=f"{number:06}")
    worker = start_worker(site)
    try:
        site.centre.wait_for("taken", seconds=60)
        site.centre.order("flood", count=replies, per_second=150, to="106912345")
        for taken in (150, 350):
            site.centre.wait_for("taken", taken, seconds=60)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker = start_worker(site)
        final = {MessageStatus.DELIVERED, MessageStatus.UNCONFIRMED}
        wait_until(lambda: set(site.statuses()) <= final, seconds=90)
        wait_until(lambda: len(stored_replies(site)) >= replies, seconds=30)
    finally:
        worker.terminate()
        assert worker.wait(timeout=20) == 0
    taken = Counter(it["text"] for it in site.centre.events("taken"))
    assert set(taken.values()) == {1}, "a senior got a text twice"
    # What the worker had written down as handed over in the moment of its death is not lost: it waits for its receipt,
    # and for a worker if there is none.
    statuses = site.statuses()
    assert statuses.total() == messages
    assert len(taken) >= messages - statuses[MessageStatus.UNCONFIRMED]
    assert statuses[MessageStatus.UNCONFIRMED] <= 2 * 20
    assert stored_replies(site) == Counter({f"同意{number}": 1 for number in range(replies)})


def stored_replies(site: Site) -> Counter[str]:
    with unit_of_work(site.database.sessions) as session:
        vault = vault_of(session)
        return Counter(vault.open(it, context=TEXT) for it in session.scalars(select(IncomingMessageRow.text_sealed)))
