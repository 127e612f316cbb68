"""Providers, care workers, booked visits and their events as stored. That nobody is in two places at once is the
business of `services.calendar`; what is paid adds up, and what was done is never rewritten, by the constraints here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.database.tables import Table
from services.home_care.states import HOLDING_TIME, ComplaintAbout, DeclineReason, ServiceState
from services.sealing import sealed_as

NOTE = "service_bookings.note"
PLACE = "service_bookings.place"
WORDS = "service_complaints.words"
MOST_POINTS = 5


def _among(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(sorted(repr(str(value)) for value in values))})"


class ProviderRow(Table):
    """An organisation that sends care workers. `areas` are districts, `services` codes of the catalogue."""

    __tablename__ = "service_providers"
    __table_args__ = (UniqueConstraint("city", "credit_code"),)

    name: Mapped[str]
    credit_code: Mapped[str]
    district: Mapped[str]
    street: Mapped[str]
    community: Mapped[str]
    phone: Mapped[str]
    licences: Mapped[list[str]]
    areas: Mapped[list[str]]
    services: Mapped[list[str]]
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class CredentialRow(Table):
    """A certificate of a worker. `valid_until` is its last day, None where it does not run out."""

    __tablename__ = "care_worker_credentials"
    __table_args__ = (
        UniqueConstraint("care_worker_id", "kind"),
        CheckConstraint("valid_until >= issued_on", name="valid"),
    )

    care_worker_id: Mapped[UUID] = mapped_column(ForeignKey("care_workers.id"))
    kind: Mapped[str]
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]


class ShiftRow(Table):
    """When a worker works on a day of the week, 0 being Monday."""

    __tablename__ = "care_worker_shifts"
    __table_args__ = (
        UniqueConstraint("care_worker_id", "weekday", "begins"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("begins < ends", name="hours"),
    )

    care_worker_id: Mapped[UUID] = mapped_column(ForeignKey("care_workers.id"))
    weekday: Mapped[int]
    begins: Mapped[time]
    ends: Mapped[time]


class CareWorkerRow(Table):
    """Who comes into homes. `staff_id` is the account with which she signs in, if she has one; `left_on`: the first day
    on which she no longer works there."""

    __tablename__ = "care_workers"
    __table_args__ = (CheckConstraint("sex IN ('female', 'male')", name="sex"),)

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("service_providers.id"), index=True)
    name: Mapped[str]
    sex: Mapped[str]
    health_checked_until: Mapped[date]
    since: Mapped[date]
    left_on: Mapped[date | None]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), unique=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    credentials: Mapped[list[CredentialRow]] = relationship(lazy="selectin", order_by=CredentialRow.kind)
    shifts: Mapped[list[ShiftRow]] = relationship(lazy="selectin", order_by=(ShiftRow.weekday, ShiftRow.begins))


class BookingWorkerRow(Table):
    """Who comes to a visit; the one in the first place (0) leads."""

    __tablename__ = "service_booking_workers"
    __table_args__ = (UniqueConstraint("booking_id", "care_worker_id"), UniqueConstraint("booking_id", "place"))

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("service_bookings.id"))
    care_worker_id: Mapped[UUID] = mapped_column(ForeignKey("care_workers.id"), index=True)
    place: Mapped[int]

    worker: Mapped[CareWorkerRow] = relationship(lazy="joined", innerjoin=True)


class ComplaintRow(Table):
    """What she complained about, once for a visit. `upheld` is None until a community worker has decided;
    `state_before` is where the visit was."""

    __tablename__ = "service_complaints"
    __table_args__ = (
        CheckConstraint(_among("about", ComplaintAbout), name="about"),
        CheckConstraint("(upheld IS NULL) = (decided_at IS NULL)", name="decided"),
    )

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("service_bookings.id"), unique=True)
    about: Mapped[str]
    words_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(WORDS))
    complained_at: Mapped[datetime]
    state_before: Mapped[str]
    upheld: Mapped[bool | None]
    decided_at: Mapped[datetime | None]


class ServiceBookingRow(Table):
    """A booked visit with the price as it was shown and agreed; what was called off stays.

    `day` is the city's day of `starts_at`, `vouchers` a list of kind and fen. `uncovered_fen`: what a voucher was to
    pay and then did not give; nobody charges it to her unless she agrees. `over_at`: when the visit ended, or was found
    not to have been.
    """

    __tablename__ = "service_bookings"
    __table_args__ = (
        Index("ix_service_bookings_person_id_starts_at", "person_id", "starts_at"),
        Index("ix_service_bookings_provider_id_day", "provider_id", "day"),
        Index("ix_service_bookings_coming", "starts_at", postgresql_where=_among("state", HOLDING_TIME)),
        Index("ix_service_bookings_to_confirm", "over_at", postgresql_where=f"state = '{ServiceState.DONE}'"),
        CheckConstraint(_among("state", ServiceState), name="state"),
        CheckConstraint(f"decline_reason IS NULL OR {_among('decline_reason', DeclineReason)}", name="decline_reason"),
        CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name="declined"),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("started_at <= ended_at", name="visit"),
        CheckConstraint("price_fen = voucher_fen + self_paid_fen + uncovered_fen", name="split"),
        CheckConstraint("voucher_fen >= 0 AND self_paid_fen >= 0 AND uncovered_fen >= 0", name="amounts"),
        CheckConstraint(f"rating BETWEEN 1 AND {MOST_POINTS}", name="rating"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    service: Mapped[str]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("service_providers.id"))
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    price_fen: Mapped[int]
    voucher_fen: Mapped[int]
    self_paid_fen: Mapped[int]
    vouchers: Mapped[list[list[Any]]] = mapped_column(JSONB)
    uncovered_fen: Mapped[int] = mapped_column(default=0)
    state: Mapped[str]
    request_id: Mapped[UUID] = mapped_column(unique=True)
    booked_at: Mapped[datetime]
    booked_through: Mapped[str]
    decline_reason: Mapped[str | None]
    reminded_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    note_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(NOTE))
    start_place_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(PLACE))
    end_place_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(PLACE))
    rating: Mapped[int | None]

    provider: Mapped[ProviderRow] = relationship(lazy="joined", innerjoin=True)
    workers: Mapped[list[BookingWorkerRow]] = relationship(
        lazy="selectin", order_by=BookingWorkerRow.place, cascade="all, delete-orphan"
    )
    complaint: Mapped[ComplaintRow | None] = relationship(lazy="joined")


class ServiceEventRow(Table):
    """One step of a booking. A trigger refuses to change or remove it. `facts` holds codes, ids, amounts and times."""

    __tablename__ = "service_events"

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("service_bookings.id"), index=True)
    person_id: Mapped[UUID]
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    channel: Mapped[str]
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
