"""The month of a provider: what it adds up to is the sum of its visits, to the fen."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from decimal import Decimal
from io import StringIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.actor import NotAllowed
from services.audit import AuditEntry
from services.clock import local_moment
from services.home_care import ServiceState, Settlement, export_settlement, month_settlement
from services.people import Person
from services.vouchers import VoucherKind, VoucherPart
from services.vouchers.tables import VoucherRow
from tests.conftest import NOW, person_named
from tests.visits import TOMORROW, look_after, mei, office, provider_row, visit

SUBSIDY, CONSUMPTION = VoucherKind.HOME_CARE_SUBSIDY, VoucherKind.CARE_CONSUMPTION_VOUCHER
NOVEMBER = date(2026, 11, 17)
DECEMBER_20 = local_moment(date(2026, 12, 20), time(12))


def settled(session: Session, now: datetime = NOW, month: date = NOVEMBER, number: int = 0) -> Settlement:
    return month_settlement(
        session, office(session, number), provider_id=provider_row(session, number).id, month=month, now=now
    )


@pytest.fixture
def month(session: Session, wang: Person) -> None:
    """Two confirmed visits by voucher and by herself, one that waits, one disputed, and what is not paid."""
    li = person_named(session, "李德全")
    huang = person_named(session, "黄婉仪")
    visit(session, li, ServiceState.CONFIRMED, service="CARE", at=time(8))
    visit(session, wang, ServiceState.CONFIRMED, service="TALK", at=time(9, 30))
    visit(session, huang, ServiceState.DONE, service="TALK", at=time(11))
    visit(session, wang, ServiceState.DISPUTED, service="TALK", at=time(14))
    visit(session, huang, ServiceState.NOT_CHARGED, service="TALK", at=time(15, 30))
    visit(session, li, ServiceState.NOT_AT_HOME, service="CARE", at=time(17))


def test_only_confirmed_visits_are_paid_and_the_others_stand_beside_them(session: Session, month: None) -> None:
    found = settled(session)
    assert [line.state for line in found.lines] == [
        ServiceState.CONFIRMED,
        ServiceState.CONFIRMED,
        ServiceState.DONE,
        ServiceState.DISPUTED,
    ]
    assert (found.visits, found.price_fen, found.self_paid_fen, found.uncovered_fen) == (2, 10500, 6000, 0)
    assert found.by_voucher == (VoucherPart(SUBSIDY, 4500),)
    assert found.held_fen == 12000
    assert not found.is_final
    assert settled(session, month=date(2026, 12, 1)).lines == ()
    assert settled(session, number=1).lines == ()


def test_what_vouchers_pay_the_provider_is_what_was_taken_from_them(session: Session, month: None) -> None:
    spent = session.scalar(select(func.sum(VoucherRow.spent_fen)))
    assert sum(part.fen for part in settled(session).by_voucher) == spent


def test_a_month_is_final_once_nothing_in_it_can_change(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.CONFIRMED)
    until = found.now.object_until_at
    assert until is not None
    assert not settled(session, until).is_final
    assert settled(session, DECEMBER_20).is_final
    huang = person_named(session, "黄婉仪")
    waits = visit(session, huang, ServiceState.DONE, worker="阿梅", at=time(14))
    assert not settled(session, DECEMBER_20).is_final
    look_after(session, DECEMBER_20)
    assert waits.now.state is ServiceState.CONFIRMED
    assert settled(session, DECEMBER_20).is_final


def test_the_file_has_a_row_for_each_paid_visit_and_the_same_total(session: Session, month: None) -> None:
    lines = export_settlement(session, office(session), provider_id=provider_row(session).id, month=NOVEMBER, now=NOW)
    rows = list(csv.DictReader(StringIO("".join(lines))))
    assert [row["kind"] for row in rows] == ["visit", "visit", "total"]
    first, second, total = rows
    assert (first["service"], first["masked_name"], first["workers"]) == ("CARE", "李*全", "阿梅")
    assert (first["day"], first["time"]) == (str(TOMORROW), "08:00")
    for amount in ("price", "home_care_subsidy", "care_consumption_voucher", "self_paid", "uncovered"):
        assert Decimal(total[amount]) == Decimal(first[amount]) + Decimal(second[amount])
    assert (first["price"], total["price"]) == ("45.00", "105.00")
    noted = session.scalars(select(AuditEntry).where(AuditEntry.deed == "service_settlement_exported")).one()
    assert noted.facts["price_fen"] == 10500


def test_only_its_own_office_sees_a_settlement(session: Session, month: None) -> None:
    provider_id = provider_row(session).id
    for stranger in (office(session, 1), mei(session)):
        with pytest.raises(NotAllowed):
            month_settlement(session, stranger, provider_id=provider_id, month=NOVEMBER, now=NOW)
        with pytest.raises(NotAllowed):
            export_settlement(session, stranger, provider_id=provider_id, month=NOVEMBER, now=NOW)
