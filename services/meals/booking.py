"""Booking and cancelling meals."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.calendar import slots
from services.calendar.slots import SlotRow
from services.database.tables import constraint_of, new_id
from services.meals.diets import marks_of
from services.meals.errors import AlreadyBooked, BookingUnknown, TooLateToCancel
from services.meals.lines import give_turns_soon, leave_line_for
from services.meals.offering import MOST_PORTIONS, Offer, full, offer
from services.meals.tables import ONE_A_MEAL, MealBookingRow, MenuRow
from services.meals.telling import tell_about, tell_booked
from services.meals.views import MealBooking, MealQuote, booking_view

__all__ = ["MOST_PORTIONS", "book_meal", "cancel_meal", "get_booking", "list_meal_bookings", "quote_meal"]

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
    person = people.hold_person(session, actor, person_id=person_id)
    before = booked_by(session, person_id, request_id)
    if before is not None:
        return before
    wanted = offer(session, person, menu_id, quantity=quantity, delivery=delivery, now=now)
    wanted.require_portions()
    wanted.require_agreed(agreed_to_pay_fen)
    booking = book_offer(session, actor, wanted, request_id=request_id, now=now)
    tell_booked(session, person, booking, "meal_booked", now)
    return booking


def booked_by(session: Session, person_id: UUID, request_id: UUID) -> MealBooking | None:
    """What this request of hers has booked already."""
    booking_id = session.scalar(BOOKED_BY, {"request_id": request_id, "person_id": person_id})
    return booking_view(session.get_one(MealBookingRow, booking_id)) if booking_id else None


def book_offer(
    session: Session, actor: Actor, wanted: Offer, *, request_id: UUID, now: datetime, number: int | None = None
) -> MealBooking:
    """Take the portions, unless a `number` says that they were taken, and write the booking; the text is the caller's.
    Raises MealFull, AlreadyBooked."""
    menu, person = wanted.row, wanted.person
    if number is None:
        leave_line_for(session, person.id, menu.day, wanted.menu.meal, also_changed=[menu.slot_id], now=now)
        number = slots.take(session, menu.slot_id, wanted.quantity)
    if number is None:
        raise full(wanted.menu)
    row = MealBookingRow(
        id=new_id(),
        city=person.city,
        person_id=person.id,
        menu=menu,
        day=menu.day,
        meal=menu.meal,
        request_id=request_id,
        pick_up_number=number,
        booked_at=now,
        booked_through=actor.channel,
    )
    write_offer(row, wanted)
    session.add(row)
    try:
        record(session, actor, "meal_booked", row, now, to_pay_fen=row.to_pay_fen, subsidy_rule=row.subsidy_rule)
    except IntegrityError as error:
        if constraint_of(error) == ONE_A_MEAL:
            raise AlreadyBooked(day=row.day, meal=row.meal) from error
        raise
    return booking_view(row)


def write_offer(row: MealBookingRow, wanted: Offer) -> None:
    """What she gets, and the price as she agreed to it."""
    split = wanted.split
    row.quantity, row.delivery = wanted.quantity, wanted.delivery
    row.price_fen, row.subsidy_fen = split.price_fen, split.subsidy_fen
    row.delivery_fee_fen, row.delivery_subsidy_fen = split.delivery_fee_fen, split.delivery_subsidy_fen
    row.to_pay_fen, row.subsidy_rule = split.to_pay_fen, wanted.price.rule


def cancel_meal(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> MealBooking:
    """Cancel a booking, give its portions back and text her. A cancelled one comes back as it is.

    Raises NotAllowed, BookingUnknown, TooLateToCancel.
    """
    row = held_booking(session, booking_id)
    booking = _seen_booking(session, actor, row, Capability.BOOK_MEALS)
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
    return _seen_booking(session, actor, session.get(MealBookingRow, booking_id), Capability.SEE_MEALS)


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


def _seen_booking(session: Session, actor: Actor, row: MealBookingRow | None, capability: Capability) -> MealBooking:
    if row is None:
        raise BookingUnknown()
    people.require_for(session, actor, capability, person_id=row.person_id)
    return booking_view(row)
