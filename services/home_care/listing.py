"""Looking at bookings, as the senior or a community worker sees them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.home_care.reading import booking_view, booking_views
from services.home_care.states import HOLDING_TIME, EventKind
from services.home_care.steps import seen_by_her
from services.home_care.tables import ServiceBookingRow, ServiceEventRow
from services.home_care.views import BookingEvent, ServiceBooking


def get_service_booking(session: Session, actor: Actor, *, booking_id: UUID) -> ServiceBooking:
    """One booking. Raises NotAllowed, ServiceBookingUnknown."""
    return booking_view(session, seen_by_her(session, actor, booking_id, Capability.SEE_SERVICES))


def list_service_bookings(
    session: Session, actor: Actor, *, person_id: UUID, from_day: date, coming_only: bool = False
) -> tuple[ServiceBooking, ...]:
    """Her visits from a day on, whatever became of them, soonest first; `coming_only`: those still to come. Raises
    NotAllowed."""
    people.require_for(session, actor, Capability.SEE_SERVICES, person_id=person_id)
    asked = select(ServiceBookingRow).where(ServiceBookingRow.person_id == person_id, ServiceBookingRow.day >= from_day)
    if coming_only:
        asked = asked.where(ServiceBookingRow.state.in_(HOLDING_TIME))
    rows = session.scalars(asked.order_by(ServiceBookingRow.starts_at, ServiceBookingRow.id)).all()
    return tuple(booking_views(session, rows))


def list_booking_events(session: Session, actor: Actor, *, booking_id: UUID) -> tuple[BookingEvent, ...]:
    """What happened to a booking, oldest first. Raises NotAllowed, ServiceBookingUnknown."""
    seen_by_her(session, actor, booking_id, Capability.SEE_SERVICES)
    rows = session.scalars(
        select(ServiceEventRow).where(ServiceEventRow.booking_id == booking_id).order_by(ServiceEventRow.id)
    )
    return tuple(BookingEvent(row.at, EventKind(row.kind), row.actor_kind, row.channel, row.facts) for row in rows)
