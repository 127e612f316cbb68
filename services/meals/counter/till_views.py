"""What a till sees and says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.meals.counter.bookings import Booked
from services.meals.diets import DietaryMarks
from services.meals.views import Menu


@dataclass(frozen=True)
class TillBooking:
    """A booking as the counter sees it. `status`: booked, served, not_picked_up, cancelled. `card_last_four` is None
    where she has no card; `to_pay_fen` is what she pays at the counter or at the door."""

    booking_id: UUID
    pick_up_number: int
    masked_name: str
    card_last_four: str | None
    quantity: int
    delivery: bool
    to_pay_fen: int
    marks: DietaryMarks
    status: str
    served_at: datetime | None


@dataclass(frozen=True)
class Till:
    """Everything that a till needs for one meal, so that it can go on without us: keep it on the device. Cancelled
    bookings are in it too, so that their numbers are not served."""

    menu: Menu
    bookings: tuple[TillBooking, ...]
    as_of: datetime


class ServingOutcome(StrEnum):
    """What came of one serving."""

    SERVED = "served"
    ALREADY_SERVED = "already_served"
    """another serving was first: this one counts for nothing"""
    CANCELLED = "cancelled"
    """the booking had been cancelled: nothing is settled for it"""
    UNKNOWN = "unknown"
    """no such booking at this canteen"""


@dataclass(frozen=True)
class OfflineServing:
    """A meal that a till handed out. The till makes `serving_id` (any UUID) once and sends it again until answered;
    `served_at` is by the till's clock."""

    serving_id: UUID
    booking_id: UUID
    served_at: datetime


@dataclass(frozen=True)
class Served:
    """The answer to one serving. `booking` is None where it is unknown."""

    serving_id: UUID
    outcome: ServingOutcome
    booking: TillBooking | None


def till_booking(booked: Booked) -> TillBooking:
    """A booking as the counter sees it."""
    row = booked.row
    return TillBooking(
        booking_id=row.id,
        pick_up_number=row.pick_up_number,
        masked_name=booked.person.masked_name,
        card_last_four=booked.person.card_last_four,
        quantity=row.quantity,
        delivery=row.delivery,
        to_pay_fen=row.to_pay_fen,
        marks=booked.marks,
        status=row.status,
        served_at=row.served_at,
    )
