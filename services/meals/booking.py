"""Booking and cancelling meals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.calendar import slots
from services.calendar.slots import Places, SlotRow
from services.database import ask, constraint_of, new_id
from services.meals.diets import marks_of
from services.meals.errors import AlreadyBooked, BookingUnknown, TooLateToCancel
from services.meals.lines import give_turns_soon, leave_line_for
from services.meals.looking import hers_around
from services.meals.offering import MOST_PORTIONS, HowWanted, Offer, full, offer, offer_of, refuse_if_full
from services.meals.tables import ONE_A_MEAL, MealBookingRow, MenuRow
from services.meals.telling import tell_about, tell_booked
from services.meals.views import MealBooking, MealQuote, booking_view, cancel_until

__all__ = ["MOST_PORTIONS", "book_meal", "cancel_meal", "get_booking", "list_meal_bookings", "quote_meal"]

NEW_BOOKING = insert(MealBookingRow)
BOOKED_BY = select(MealBookingRow.id).where(
    MealBookingRow.request_id == bindparam("request_id"), MealBookingRow.person_id == bindparam("person_id")
)


def quote_meal(
    session: Session, actor: Actor, *, person_id: UUID, menu_id: UUID, quantity: int, delivery: bool, now: datetime
) -> MealQuote:
    """What she would get and pay. Raises whatever `book_meal` would raise now, but changes nothing."""
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    wanted = offer(session, person, menu_id, quantity=quantity, delivery=delivery, now=now)
    wanted.require_portions()
    return wanted.quote(marks_of(session, person_id), now)


def book_meal(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    menu_id: UUID,
    quantity: int,
    delivery: bool,
    agreed_to_pay_fen: int,
    request_id: UUID,
    now: datetime,
) -> MealBooking:
    """Book `quantity` portions at the price that she was shown and agreed to, and text her.

    The same `request_id` again answers with the booking that it made: a double tap books once. Where she stood in line
    for this meal elsewhere, she leaves it. Raises NotAllowed, MenuUnknown, QuantityWrong, MealDayInThePast,
    OrdersClosed, DeliveryNotOffered, AlreadyBooked, PriceChanged, MealFull. However many book at once, no more portions
    are given than there are.
    """
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    how: HowWanted = {"quantity": quantity, "delivery": delivery, "now": now}
    found = refuse_if_full(session, actor, person_id=person_id, menu_id=menu_id, request_id=request_id, **how)
    person = people.hold_person(session, actor, person_id=person_id)
    own = hers_around(session, person_id, found.menu.day, request_id=request_id)
    if own.booked_by_request is not None:
        return booking_view(session.get_one(MealBookingRow, own.booked_by_request))
    wanted = offer_of(person, found, own, **how)
    wanted.require_portions()
    wanted.require_agreed(agreed_to_pay_fen)
    booking = book_offer(session, actor, wanted, request_id=request_id, now=now)
    tell_booked(session, person, booking, "meal_booked", now)
    return booking


def booked_by(session: Session, person_id: UUID, request_id: UUID) -> MealBooking | None:
    """What this request of hers has booked already."""
    booking_id = session.scalar(BOOKED_BY, {"request_id": request_id, "person_id": person_id})
    return booking_view(session.get_one(MealBookingRow, booking_id)) if booking_id else None


def book_offer(session: Session, actor: Actor, wanted: Offer, *, request_id: UUID, now: datetime) -> MealBooking:
    """Take the portions and write the booking; the text is the caller's. Raises MealFull, AlreadyBooked."""
    leave_line_for(session, wanted.waiting_id, also_changed=[wanted.slot_id], now=now)
    taken = slots.take(session, wanted.slot_id, wanted.quantity)
    if taken is None:
        raise full(wanted.menu)
    return write_booking(session, actor, wanted, taken, request_id=request_id, now=now)


def write_booking(
    session: Session, actor: Actor, wanted: Offer, taken: Places, *, request_id: UUID, now: datetime
) -> MealBooking:
    """Write the booking of portions that were taken. Raises AlreadyBooked."""
    person, menu = wanted.person, replace(wanted.menu, portions_left=taken.left, waiting=taken.waiting)
    booking = MealBooking(
        id=new_id(),
        person_id=person.id,
        menu=menu,
        quantity=wanted.quantity,
        delivery=wanted.delivery,
        split=wanted.split,
        status="booked",
        pick_up_number=taken.last_number,
        booked_at=now,
        cancel_until_at=cancel_until(menu, now),
    )
    row = _columns(booking) | wanted.price_columns
    row |= {"city": person.city, "request_id": request_id, "booked_through": actor.channel}
    try:
        ask(session, NEW_BOOKING, row)
    except IntegrityError as error:
        if constraint_of(error) == ONE_A_MEAL:
            raise AlreadyBooked(day=menu.day, meal=menu.meal.value) from error
        raise
    audit.record(
        session,
        actor,
        "meal_booked",
        city=person.city,
        person_id=person.id,
        subject_id=booking.id,
        now=now,
        to_pay_fen=booking.split.to_pay_fen,
        subsidy_rule=wanted.price.rule,
    )
    session.flush()
    return booking


def _columns(booking: MealBooking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "person_id": booking.person_id,
        "menu_id": booking.menu.id,
        "day": booking.menu.day,
        "meal": booking.menu.meal,
        "status": booking.status,
        "pick_up_number": booking.pick_up_number,
        "booked_at": booking.booked_at,
    }


def write_offer(row: MealBookingRow, wanted: Offer) -> None:
    """What she gets, and the price as she agreed to it."""
    for column, value in wanted.price_columns.items():
        setattr(row, column, value)


def cancel_meal(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> MealBooking:
    """Cancel a booking, give its portions back and text her. A cancelled one comes back as it is.

    Raises NotAllowed, BookingUnknown, TooLateToCancel.
    """
    row = held_booking(session, booking_id)
    booking = seen_booking(session, actor, row, Capability.BOOK_MEALS)
    assert row is not None
    if booking.status == "cancelled":
        return booking
    if not booking.can_be_cancelled(now):
        raise TooLateToCancel(cancel_until_at=booking.cancel_until_at)
    cancel_held(session, actor, row, now)
    person = people.get_person(session, actor, person_id=row.person_id)
    tell_about(session, person, "meal_cancelled", booking.menu, now)
    return booking_view(row)


def held_booking(session: Session, booking_id: UUID) -> MealBookingRow | None:
    """A booking, held until commit and read anew."""
    return session.scalar(
        select(MealBookingRow)
        .where(MealBookingRow.id == booking_id)
        .with_for_update(of=MealBookingRow, key_share=True)
        .execution_options(populate_existing=True)
    )


def cancel_held(session: Session, actor: Actor, row: MealBookingRow, now: datetime) -> None:
    """Cancel a held booking that can be cancelled, and give its portions back; the text is the caller's."""
    row.status = "cancelled"
    row.cancelled_at = now
    row.cancelled_through = actor.channel
    if slots.give_back(session, row.menu.slot_id, row.quantity):
        give_turns_soon(session)
    record(session, actor, "meal_cancelled", row, now)


def get_booking(session: Session, actor: Actor, *, booking_id: UUID) -> MealBooking:
    """One booking. Raises NotAllowed, BookingUnknown."""
    return seen_booking(session, actor, session.get(MealBookingRow, booking_id), Capability.SEE_MEALS)


def list_meal_bookings(session: Session, actor: Actor, *, person_id: UUID, from_day: date) -> tuple[MealBooking, ...]:
    """Her meals from a day on, soonest first, also those that were served or not picked up. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_MEALS, person_id=person_id)
    rows = session.scalars(
        select(MealBookingRow)
        .join(MealBookingRow.menu)
        .join(SlotRow, SlotRow.id == MenuRow.slot_id)
        .where(
            MealBookingRow.person_id == person_id,
            MealBookingRow.status != "cancelled",
            MealBookingRow.day >= from_day,
        )
        .order_by(SlotRow.starts_at, MealBookingRow.id)
    )
    return tuple(booking_view(row) for row in rows)


def record(session: Session, actor: Actor, deed: str, row: MealBookingRow, now: datetime, **facts: str | int) -> None:
    """Put what was done to a booking into the record of deeds."""
    audit.record(session, actor, deed, city=row.city, person_id=row.person_id, subject_id=row.id, now=now, **facts)
    session.flush()


def seen_booking(session: Session, actor: Actor, row: MealBookingRow | None, capability: Capability) -> MealBooking:
    """A booking, for whoever may do this for her. Raises NotAllowed, BookingUnknown."""
    if row is None:
        raise BookingUnknown()
    people.require_for(session, actor, capability, person_id=row.person_id)
    return booking_view(row)
