"""What a provider gets for a month: by voucher from the city, and what the seniors pay themselves.

A statement is reckoned from the bookings each time. It is final once the month is over, every visit of it is decided,
and the days for objections have passed: from then on no step can move one of its bookings any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability, require
from services.allowances.months import months_later
from services.clock import CITY_TIME, local_moment
from services.csv_lines import csv_line, yuan
from services.home_care.providing import get_provider
from services.home_care.reading import split_view
from services.home_care.states import UNPAID, WITHOUT_VISIT, ServiceState
from services.home_care.steps import state_of
from services.home_care.tables import ProviderRow, ServiceBookingRow
from services.home_care.terms import terms_on
from services.home_care.views import Settlement, SettlementLine
from services.vouchers import VoucherKind, VoucherPart

PAID_OR_HELD = (ServiceState.VISITING, ServiceState.DONE, ServiceState.DISPUTED, ServiceState.CONFIRMED)
AMOUNTS = ("price", *(kind.value for kind in VoucherKind), "self_paid", "uncovered")
SETTLEMENT_COLUMNS = ("kind", "booking", "day", "time", "service", "masked_name", "workers", *AMOUNTS)
SYSTEM = Actor.system()


@dataclass(frozen=True)
class SettlementWords:
    """What the file says: over its columns, in the order of `SETTLEMENT_COLUMNS`, before a visit and the total, and for
    a service by its code."""

    headings: tuple[str, ...]
    visit: str
    total: str
    service: Callable[[str], str]


CODES = SettlementWords(SETTLEMENT_COLUMNS, "visit", "total", str)


def month_settlement(session: Session, actor: Actor, *, provider_id: UUID, month: date, now: datetime) -> Settlement:
    """The visits of the month that `month` is in, and what they add up to. Raises NotAllowed."""
    require(actor, Capability.RUN_SERVICES, person_id=None, workplace_id=provider_id)
    first, next_first = month.replace(day=1), months_later(month.replace(day=1), 1)
    rows = session.scalars(
        select(ServiceBookingRow)
        .where(
            ServiceBookingRow.provider_id == provider_id,
            ServiceBookingRow.day >= first,
            ServiceBookingRow.day < next_first,
            ServiceBookingRow.state.not_in(UNPAID),
        )
        .order_by(ServiceBookingRow.starts_at, ServiceBookingRow.id)
    ).all()
    lines = tuple(_line(session, row) for row in rows if state_of(row) in PAID_OR_HELD and not _was_never_made(row))
    paid = [line.split for line in lines if line.state is ServiceState.CONFIRMED]
    return Settlement(
        provider=get_provider(session, actor, provider_id=provider_id),
        month=first,
        lines=lines,
        visits=len(paid),
        price_fen=sum(split.price_fen for split in paid),
        by_voucher=_by_voucher(part for split in paid for part in split.vouchers),
        self_paid_fen=sum(split.self_paid_fen for split in paid),
        uncovered_fen=sum(split.uncovered_fen for split in paid),
        held_fen=sum(line.split.price_fen for line in lines if line.is_held),
        is_final=now >= local_moment(next_first, time(0)) and all(_is_decided(row, now) for row in rows),
    )


def export_settlement(
    session: Session,
    actor: Actor,
    *,
    provider_id: UUID,
    month: date,
    words: SettlementWords = CODES,
    now: datetime,
) -> tuple[str, ...]:
    """The same as lines of CSV: a heading, a row for each confirmed visit, a total that equals them; amounts in yuan
    with two decimals. Whoever exports is noted. Raises NotAllowed."""
    provider = session.get(ProviderRow, provider_id)
    settled = month_settlement(session, actor, provider_id=provider_id, month=month, now=now)
    assert provider is not None
    lines = [csv_line(words.headings)]
    for line in settled.lines:
        if not line.is_held:
            at = line.starts_at.astimezone(CITY_TIME)
            amounts = (line.split.price_fen, line.split.vouchers, line.split.self_paid_fen, line.split.uncovered_fen)
            who = (words.service(line.service), line.masked_name, " ".join(line.workers))
            when = (str(line.day), f"{at:%H:%M}")
            lines.append(csv_line((words.visit, str(line.booking_id), *when, *who, *_cells(*amounts))))
    totals = (settled.price_fen, settled.by_voucher, settled.self_paid_fen, settled.uncovered_fen)
    lines.append(csv_line((words.total, "", "", "", "", "", "", *_cells(*totals))))
    audit.record(
        session,
        actor,
        "service_settlement_exported",
        city=provider.city,
        person_id=None,
        subject_id=provider_id,
        now=now,
        month=str(settled.month),
        visits=settled.visits,
        price_fen=settled.price_fen,
    )
    session.flush()
    return tuple(lines)


def _line(session: Session, row: ServiceBookingRow) -> SettlementLine:
    return SettlementLine(
        booking_id=row.id,
        day=row.day,
        starts_at=row.starts_at,
        service=row.service,
        masked_name=people.get_person(session, SYSTEM, person_id=row.person_id).masked_name,
        workers=tuple(each.worker.name for each in row.workers),
        state=state_of(row),
        split=split_view(row),
    )


def _was_never_made(row: ServiceBookingRow) -> bool:
    """Whether a complaint is about a visit for which nothing is paid, however it is decided."""
    return row.complaint is not None and row.complaint.state_before in WITHOUT_VISIT


def _is_decided(row: ServiceBookingRow, now: datetime) -> bool:
    """Whether nothing about what is paid for this visit can change any more."""
    if _was_never_made(row):
        return True
    if state_of(row) is not ServiceState.CONFIRMED or row.over_at is None:
        return False
    return row.complaint is not None or now > terms_on(row.day).object_until(row.over_at)


def _by_voucher(parts: Iterable[VoucherPart]) -> tuple[VoucherPart, ...]:
    sums: dict[VoucherKind, int] = {}
    for part in parts:
        sums[part.kind] = sums.get(part.kind, 0) + part.fen
    return tuple(VoucherPart(kind, sums[kind]) for kind in VoucherKind if kind in sums)


def _cells(price_fen: int, vouchers: Iterable[VoucherPart], self_paid_fen: int, uncovered_fen: int) -> tuple[str, ...]:
    by_kind = {part.kind: part.fen for part in vouchers}
    return tuple(map(yuan, (price_fen, *(by_kind.get(kind, 0) for kind in VoucherKind), self_paid_fen, uncovered_fen)))
