"""Handing out meals: by pick-up number, card or name, and by a till that was cut off from us for a while.

A serving has an id that the till makes once. Whatever is sent twice, by one till or by two, counts once: the booking
holds the one serving that came first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.clock import local_day, local_moment
from services.meals.booking import held_booking
from services.meals.counter.bookings import bookings_of, with_guests
from services.meals.counter.errors import ServingNotPossible
from services.meals.counter.missed_meals import withdraw_worry
from services.meals.counter.places import canteen_at, menu_at
from services.meals.counter.till_views import OfflineServing, Served, ServingOutcome, Till, TillBooking, till_booking
from services.meals.errors import BookingUnknown
from services.meals.tables import MealBookingRow
from services.meals.views import menu_view

LONGEST_PICK_UP_NUMBER = 3
LAST_FOUR = 4


def get_till(session: Session, actor: Actor, *, menu_id: UUID, now: datetime) -> Till:
    """All bookings of one meal, by pick-up number. Raises NotAllowed, MenuUnknown."""
    menu = menu_at(session, actor, menu_id)
    bookings = bookings_of(session, [menu.id], with_cancelled=True)
    return Till(menu_view(menu), tuple(till_booking(booked) for booked in bookings), now)


def find_at_till(session: Session, actor: Actor, *, menu_id: UUID, text: str) -> tuple[TillBooking, ...]:
    """Bookings of a meal by what somebody says or shows: the pick-up number (up to three digits), the last four digits
    or the whole number of her card, or her name or its beginning. Cancelled ones are left out. Raises NotAllowed,
    MenuUnknown."""
    menu = menu_at(session, actor, menu_id)
    said = "".join(unicodedata.normalize("NFKC", text).split())
    if not said:
        return ()
    bookings = bookings_of(session, [menu.id])
    if not said.isdecimal():
        found = [booked for booked in bookings if booked.person.name.startswith(said)]
    elif len(said) <= LONGEST_PICK_UP_NUMBER:
        found = [booked for booked in bookings if booked.row.pick_up_number == int(said)]
    else:
        found = [booked for booked in bookings if booked.person.card_last_four == said[-LAST_FOUR:]]
    return tuple(till_booking(booked) for booked in found)


def serve_meal(session: Session, actor: Actor, *, booking_id: UUID, serving_id: UUID, now: datetime) -> Served:
    """Hand out one booking, all its portions. The same `serving_id` again is `served` again; a second serving of the
    booking is `already_served`. Raises NotAllowed, BookingUnknown, ServingNotPossible (cancelled, or not before its
    day)."""
    row = _held(session, actor, booking_id)
    if row.day > local_day(now):
        raise ServingNotPossible(status=row.status)
    served = _serve(session, actor, row, OfflineServing(serving_id, booking_id, now), now)
    if served.outcome is ServingOutcome.CANCELLED:
        raise ServingNotPossible(status=row.status)
    return served


def sync_servings(
    session: Session, actor: Actor, *, canteen_id: UUID, servings: Sequence[OfflineServing], now: datetime
) -> tuple[Served, ...]:
    """Take over what a till handed out while it could not reach us; an answer for each, in their order.

    Sent again it changes nothing. A booking that was marked as not picked up in the meantime becomes served, and what
    followed from the mark is taken back. Raises NotAllowed, CanteenUnknown; what is wrong with a single serving is its
    answer.
    """
    canteen_at(session, actor, canteen_id)
    answers: dict[UUID, Served] = {}
    # In one order, whatever order the till has them in: two tills then never wait for each other.
    for serving in sorted(servings, key=lambda it: (it.booking_id, it.served_at, it.serving_id)):
        row = held_booking(session, serving.booking_id)
        if row is None or row.menu.canteen_id != canteen_id:
            answers[serving.serving_id] = Served(serving.serving_id, ServingOutcome.UNKNOWN, None)
        else:
            answers[serving.serving_id] = _serve(session, actor, row, serving, now)
    return tuple(answers[serving.serving_id] for serving in servings)


def take_back_serving(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> TillBooking:
    """Undo a serving that was a slip of the finger, until the meal is closed. Raises NotAllowed, BookingUnknown,
    ServingNotPossible."""
    row = _held(session, actor, booking_id)
    if row.status != "served" or row.menu.closed_at is not None:
        raise ServingNotPossible(status=row.status)
    row.status, row.serving_id, row.served_at, row.served_by, row.settled_at = "booked", None, None, None, None
    _record(session, actor, "meal_serving_taken_back", row, now)
    return _seen(session, row)


def _serve(session: Session, actor: Actor, row: MealBookingRow, serving: OfflineServing, now: datetime) -> Served:
    if row.status == "served":
        is_same = row.serving_id == serving.serving_id
        outcome = ServingOutcome.SERVED if is_same else ServingOutcome.ALREADY_SERVED
    elif row.status == "cancelled":
        outcome = ServingOutcome.CANCELLED
    else:
        outcome = ServingOutcome.SERVED
        was_missed = row.status == "not_picked_up"
        row.status, row.serving_id, row.served_by, row.settled_at = "served", serving.serving_id, actor.id, now
        # A till's clock may be wrong; nothing is served in the future, nor before its day.
        row.served_at = min(max(serving.served_at, local_moment(row.day, time(0))), now)
        _record(session, actor, "meal_served", row, now)
        if was_missed:
            withdraw_worry(session, actor, row.person_id, now=now)
    return Served(serving.serving_id, outcome, _seen(session, row))


def _held(session: Session, actor: Actor, booking_id: UUID) -> MealBookingRow:
    row = held_booking(session, booking_id)
    if row is None:
        raise BookingUnknown()
    require(actor, Capability.SERVE_MEALS, person_id=None, workplace_id=row.menu.canteen_id)
    return row


def _seen(session: Session, row: MealBookingRow) -> TillBooking:
    (booked,) = with_guests(session, [row])
    return till_booking(booked)


def _record(session: Session, actor: Actor, deed: str, row: MealBookingRow, now: datetime) -> None:
    audit.record(session, actor, deed, city=row.city, person_id=row.person_id, subject_id=row.id, now=now)
    session.flush()
