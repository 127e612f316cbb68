"""From rows to views: providers, workers with their ratings, bookings, and visits as those see them who make them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Row, bindparam, func, select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor
from services.database import ask
from services.home_care.catalogue import service_on
from services.home_care.states import ComplaintAbout, DeclineReason, Rating, ServiceState
from services.home_care.tables import (
    NOTE,
    PLACE,
    BookingWorkerRow,
    CareWorkerRow,
    CredentialRow,
    ProviderRow,
    ServiceBookingRow,
    ShiftRow,
)
from services.home_care.terms import terms_on
from services.home_care.views import (
    CareWorker,
    Credential,
    Household,
    Place,
    PriceSplit,
    Provider,
    ServiceBooking,
    Shift,
    Visit,
)
from services.people import Person
from services.sealing import Vault, vault_of
from services.vouchers import VoucherKind, VoucherPart

SYSTEM = Actor.system()
THEIR: BindParameter[UUID] = bindparam("worker_ids", expanding=True)
CREDENTIALS = (
    select(CredentialRow.care_worker_id, CredentialRow.kind, CredentialRow.issued_on, CredentialRow.valid_until)
    .where(CredentialRow.care_worker_id.in_(THEIR))
    .order_by(CredentialRow.kind)
)
SHIFTS = (
    select(ShiftRow.care_worker_id, ShiftRow.weekday, ShiftRow.begins, ShiftRow.ends)
    .where(ShiftRow.care_worker_id.in_(THEIR))
    .order_by(ShiftRow.weekday, ShiftRow.begins)
)
# An integer of the database: ten times the sum, halves rounded up.
TENTHS = (20 * func.sum(ServiceBookingRow.rating) + func.count()) / (2 * func.count())
RATINGS = (
    select(BookingWorkerRow.care_worker_id, func.floor(TENTHS), func.count())
    .join(ServiceBookingRow, ServiceBookingRow.id == BookingWorkerRow.booking_id)
    .where(BookingWorkerRow.care_worker_id.in_(THEIR), ServiceBookingRow.rating.is_not(None))
    .group_by(BookingWorkerRow.care_worker_id)
)
CALLED_OFF = (ServiceState.CANCELLED, ServiceState.DECLINED)


def provider_view(row: ProviderRow | Row[Any]) -> Provider:
    """The provider of a row."""
    return Provider(
        id=row.id,
        name=row.name,
        credit_code=row.credit_code,
        district=row.district,
        street=row.street,
        community=row.community,
        phone=row.phone,
        licences=tuple(row.licences),
        areas=tuple(row.areas),
        services=tuple(row.services),
        is_demonstration=row.is_demonstration,
    )


def shift_view(row: ShiftRow) -> Shift:
    """The shift of a row."""
    return Shift(row.weekday, row.begins, row.ends)


def worker_views_of(session: Session, rows: Sequence[Row[Any]]) -> dict[UUID, tuple[CareWorker, tuple[Shift, ...]]]:
    """The same where only columns of workers were asked for, with the shifts of each."""
    worker_ids = [row.id for row in rows]
    credentials: dict[UUID, list[Credential]] = defaultdict(list)
    shifts: dict[UUID, list[Shift]] = defaultdict(list)
    for worker_id, *credential in ask(session, CREDENTIALS, {"worker_ids": worker_ids}):
        credentials[worker_id].append(Credential(*credential))
    for worker_id, *shift in ask(session, SHIFTS, {"worker_ids": worker_ids}):
        shifts[worker_id].append(Shift(*shift))
    rated = _ratings(session, worker_ids)
    return {
        row.id: (_worker_view(row, credentials[row.id], *rated.get(row.id, (None, 0))), tuple(shifts[row.id]))
        for row in rows
    }


def worker_views(session: Session, rows: Collection[CareWorkerRow]) -> dict[UUID, CareWorker]:
    """The workers of these rows by id, with what those whom they visited thought of them."""
    rated = _ratings(session, [row.id for row in rows])
    return {
        row.id: _worker_view(row, map(_credential_view, row.credentials), *rated.get(row.id, (None, 0))) for row in rows
    }


def booking_view(session: Session, row: ServiceBookingRow) -> ServiceBooking:
    """The booking of a row."""
    return booking_views(session, [row])[0]


def booking_views(session: Session, rows: Sequence[ServiceBookingRow]) -> list[ServiceBooking]:
    """The bookings of these rows, in their order."""
    workers = worker_views(
        session, list({each.worker.id: each.worker for row in rows for each in row.workers}.values())
    )
    return [_booking_view(row, workers) for row in rows]


def visit_views(session: Session, actor: Actor, rows: Sequence[ServiceBookingRow], *, now: datetime) -> list[Visit]:
    """The visits of these rows as those see them who carry them out, who were found to have a right to it before. Where
    a household is seen whole, the record of deeds holds who saw it."""
    vault = vault_of(session)
    bookings = booking_views(session, rows)
    return [
        Visit(
            booking=booking,
            household=_household(session, actor, row, now),
            note=vault.open(row.note_sealed, context=NOTE) if row.note_sealed is not None else None,
            start_place=_place(vault, row.start_place_sealed),
            end_place=_place(vault, row.end_place_sealed),
        )
        for row, booking in zip(rows, bookings, strict=True)
    ]


def split_view(row: ServiceBookingRow) -> PriceSplit:
    """The price of a row as it was agreed."""
    parts = tuple(VoucherPart(VoucherKind(kind), fen) for kind, fen in row.vouchers)
    return PriceSplit(row.price_fen, parts, row.self_paid_fen, row.uncovered_fen)


def sealed_place(vault: Vault, place: Place | None) -> bytes | None:
    """Where a phone was, as it is stored."""
    return vault.seal(json.dumps(asdict(place)), context=PLACE) if place is not None else None


def _credential_view(row: CredentialRow) -> Credential:
    return Credential(row.kind, row.issued_on, row.valid_until)


def _worker_view(
    row: CareWorkerRow | Row[Any], credentials: Iterable[Credential], rating_tenths: int | None, ratings: int
) -> CareWorker:
    return CareWorker(
        id=row.id,
        provider_id=row.provider_id,
        name=row.name,
        sex=row.sex,
        credentials=tuple(credentials),
        health_checked_until=row.health_checked_until,
        since=row.since,
        left_on=row.left_on,
        rating_tenths=rating_tenths,
        ratings=ratings,
    )


def _ratings(session: Session, worker_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """By worker: the average in tenths of a point, halves rounded up, and how many ratings there are."""
    rated = ask(session, RATINGS, {"worker_ids": list(worker_ids)})
    return {worker_id: (int(average), count) for worker_id, average, count in rated}


def new_booking_view(row: ServiceBookingRow, provider: Provider, workers: Sequence[CareWorker]) -> ServiceBooking:
    """The booking of a row that was just written, about which nobody has complained."""
    return _view_of(row, provider, tuple(workers), None)


def _booking_view(row: ServiceBookingRow, workers: dict[UUID, CareWorker]) -> ServiceBooking:
    coming = tuple(workers[each.care_worker_id] for each in row.workers)
    complaint = ComplaintAbout(row.complaint.about) if row.complaint else None
    return _view_of(row, provider_view(row.provider), coming, complaint)


def _view_of(
    row: ServiceBookingRow, provider: Provider, workers: tuple[CareWorker, ...], complaint: ComplaintAbout | None
) -> ServiceBooking:
    terms = terms_on(row.day)
    return ServiceBooking(
        id=row.id,
        person_id=row.person_id,
        service=service_on(row.service, row.day),
        provider=provider,
        workers=workers,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        split=split_view(row),
        state=ServiceState(row.state),
        booked_at=row.booked_at,
        booked_through=row.booked_through,
        cancel_until_at=terms.cancel_until(row.starts_at),
        answer_until_at=terms.answer_until(row.starts_at),
        started_at=row.started_at,
        ended_at=row.ended_at,
        object_until_at=terms.object_until(row.over_at) if row.over_at is not None else None,
        decline_reason=DeclineReason(row.decline_reason) if row.decline_reason else None,
        rating=Rating.of(row.rating) if row.rating else None,
        complaint=complaint,
    )


def _household(session: Session, actor: Actor, row: ServiceBookingRow, now: datetime) -> Household:
    person: Person = people.get_person(session, SYSTEM, person_id=row.person_id)
    whole = terms_on(row.day).shows_household(row.starts_at, row.ends_at, now) and row.state not in CALLED_OFF
    if whole:
        audit.record(session, actor, "household_read", city=row.city, person_id=person.id, subject_id=row.id, now=now)
    return Household(
        masked_name=person.masked_name,
        district=person.district,
        street=person.street,
        community=person.community,
        name=person.name if whole else None,
        address=people.address_of(session, person.id) if whole else None,
        phone=people.phone_of(session, person.id) if whole else None,
    )


def _place(vault: Vault, sealed: bytes | None) -> Place | None:
    return Place(**json.loads(vault.open(sealed, context=PLACE))) if sealed is not None else None
