"""Changing a booking: another day, meal, canteen, way or quantity, without losing what she has."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.calendar import slots
from services.meals.booking import held_booking, record, write_offer
from services.meals.diets import marks_of
from services.meals.errors import BookingUnknown, TooLateToChange
from services.meals.lines import give_turns_soon, leave_line_for
from services.meals.offering import Offer, full, offer
from services.meals.tables import MealBookingRow, MenuRow
from services.meals.telling import tell_booked
from services.meals.views import MealBooking, MealQuote, booking_view


def quote_change(
    session: Session,
    actor: Actor,
    *,
    booking_id: UUID,
    menu_id: UUID,
    quantity: int,
    delivery: bool,
    now: datetime,
) -> MealQuote:
    """What the changed booking would cost. Raises whatever `change_meal` would raise now, but changes nothing."""
    row = _booking(session, actor, booking_id)
    wanted = _offer(session, actor, row, menu_id, quantity=quantity, delivery=delivery, now=now)
    return wanted.quote(marks_of(session, row.person_id), now)


def change_meal(
    session: Session,
    actor: Actor,
    *,
    booking_id: UUID,
    menu_id: UUID,
    quantity: int,
    delivery: bool,
    agreed_to_pay_fen: int,
    now: datetime,
) -> MealBooking:
    """Make the booking one of this menu, quantity and way, at the price that she agreed to, and text her.

    What does not change is handed in as it is. The booking keeps its id, and its pick-up number where the menu stays
    the same; where the new meal is refused, the booking stays as it was. A booking that is so already comes back as it
    is: a double tap changes once. Raises NotAllowed, BookingUnknown, TooLateToChange, and what `book_meal` raises.
    """
    people.hold(session, _booking(session, actor, booking_id).person_id)
    row = held_booking(session, booking_id)
    assert row is not None
    if (row.menu_id, row.quantity, row.delivery) == (menu_id, quantity, delivery):
        return booking_view(row)
    wanted = _offer(session, actor, row, menu_id, quantity=quantity, delivery=delivery, now=now)
    wanted.require_agreed(agreed_to_pay_fen)
    former: dict[str, str | int] = {
        "former_menu_id": str(row.menu_id),
        "former_quantity": row.quantity,
        "former_to_pay_fen": row.to_pay_fen,
    }
    if row.menu_id == menu_id:
        _take_difference(session, row, wanted)
    else:
        _take_elsewhere(session, row, wanted, now)
    write_offer(row, wanted)
    row.changed_at = now
    record(session, actor, "meal_changed", row, now, to_pay_fen=row.to_pay_fen, **former)
    booking = booking_view(row)
    tell_booked(session, wanted.person, booking, "meal_changed", now)
    return booking


def _booking(session: Session, actor: Actor, booking_id: UUID) -> MealBookingRow:
    row = session.get(MealBookingRow, booking_id, populate_existing=True)
    if row is None:
        raise BookingUnknown()
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=row.person_id)
    return row


def _offer(
    session: Session, actor: Actor, row: MealBookingRow, menu_id: UUID, *, quantity: int, delivery: bool, now: datetime
) -> Offer:
    """What the changed booking would be. Raises TooLateToChange, and what speaks against booking it so."""
    booking = booking_view(row)
    if not booking.can_be_cancelled(now):
        raise TooLateToChange(cancel_until_at=booking.cancel_until_at)
    person = people.get_person(session, actor, person_id=row.person_id)
    wanted = offer(session, person, menu_id, quantity=quantity, delivery=delivery, now=now, instead_of=row.id)
    if menu_id != row.menu_id:
        wanted.require_portions()
    elif wanted.menu.portions_left < quantity - row.quantity:
        raise full(wanted.menu)
    return wanted


def _take_difference(session: Session, row: MealBookingRow, wanted: Offer) -> None:
    more = wanted.quantity - row.quantity
    if more > 0 and not slots.take_more(session, row.menu.slot_id, more):
        raise full(wanted.menu)
    if more < 0 and slots.give_back(session, row.menu.slot_id, -more):
        give_turns_soon(session)


def _take_elsewhere(session: Session, row: MealBookingRow, wanted: Offer, now: datetime) -> None:
    """Take the new portions before the old ones are given back, so that she never has neither."""
    both = [wanted.slot_id, row.menu.slot_id]
    leave_line_for(session, wanted.waiting_id, also_changed=both, now=now)
    slots.hold_slots(session, both)
    taken = slots.take(session, wanted.slot_id, wanted.quantity)
    if taken is None:
        raise full(wanted.menu)
    if slots.give_back(session, row.menu.slot_id, row.quantity):
        give_turns_soon(session)
    row.menu = session.get_one(MenuRow, wanted.menu.id)
    row.day, row.meal, row.pick_up_number = wanted.menu.day, wanted.menu.meal, taken.last_number
