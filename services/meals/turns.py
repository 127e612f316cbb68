"""Giving turns: what comes free is booked for the first in line whose quantity fits, and the line ends when the kitchen
begins to cook. Nobody asks for it, so the price that she agreed to is what binds: at a higher one nothing is booked.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, sessionmaker

from services import people
from services.actor import Actor
from services.calendar import slots
from services.calendar.slots import SlotRow
from services.database import unit_of_work
from services.meals.booking import write_booking
from services.meals.errors import AlreadyBooked, DeliveryNotOffered, MealDayInThePast, OrdersClosed
from services.meals.lines import held_wait, leave
from services.meals.offering import offer
from services.meals.tables import MealWaitRow, MenuRow
from services.meals.telling import tell_about, tell_booked
from services.meals.views import menu_view

# The kitchen cooks, she has the meal elsewhere, or it is not brought to where she lives now.
NO_TURN = (OrdersClosed, MealDayInThePast, AlreadyBooked, DeliveryNotOffered)
ENDED, PRICE_CHANGED, BOOKED = "ended", "price_changed", "booked"


def give_due_turns(sessions: sessionmaker[Session], *, city: str, now: datetime) -> int:
    """Book for everybody in line whose turn it is, and tell those whose meal is cooked by now that it did not come.

    How many places in line were settled. One transaction each, so that who waits longest is booked first and nobody
    waits for another's text.
    """
    settled = 0
    while _settle_one(sessions, city, now):
        settled += 1
    return settled


def is_first_who_fits(session: Session, row: MealWaitRow) -> bool:
    """Whether it is this one's turn. The slot is held, so nobody else's turn comes meanwhile."""
    return row.quantity <= row.menu.slot.free and row.id == session.scalar(_whose_turn(row.menu_id))


def give_turn(session: Session, row: MealWaitRow, *, now: datetime) -> None:
    """Book what she waits for at the price that she agreed to or less, and text her; where it costs more or cannot be
    had any more, she leaves the line and is told. Person, place in line and slot are held."""
    person = people.get_person(session, Actor.system(), person_id=row.person_id)
    try:
        wanted = offer(session, person, row.menu_id, quantity=row.quantity, delivery=row.delivery, now=now)
    except NO_TURN:
        _end(session, row, ENDED, now)
        return
    if wanted.split.to_pay_fen > row.agreed_to_pay_fen:
        _end(session, row, PRICE_CHANGED, now)
        return
    taken = slots.take_from_line(session, row.menu.slot_id, row.quantity)
    assert taken is not None, "the slot is held and has room"
    # The same id for the place in line and for what came of it: a booking is made for it once.
    booking = write_booking(session, Actor.system(), wanted, taken, request_id=row.id, now=now)
    row.status, row.ended_at, row.booking_id = BOOKED, now, booking.id
    session.flush()
    tell_booked(session, person, booking, "meal_turn_came", now)


def _settle_one(sessions: sessionmaker[Session], city: str, now: datetime) -> bool:
    with unit_of_work(sessions) as session:
        found = session.execute(_due(city, now)).first()
        if found is None:
            return False
        wait_id, person_id, slot_id = found
        people.hold(session, person_id)
        row = held_wait(session, select(MealWaitRow).where(MealWaitRow.id == wait_id))
        slots.hold_slots(session, [slot_id])
        if row is None or row.status != "waiting":
            # She left, or another worker was faster. The next look sees it.
            return True
        if now > row.menu.order_until_at or people.get_person(session, Actor.system(), person_id=person_id).died_on:
            _end(session, row, ENDED, now)
        elif is_first_who_fits(session, row):
            give_turn(session, row, now=now)
    return True


def _due(city: str, now: datetime) -> Select[UUID, UUID, UUID]:
    """The next place in line to settle: its meal is cooked by now, or there is room for it."""
    return (
        select(MealWaitRow.id, MealWaitRow.person_id, MenuRow.slot_id)
        .join(MenuRow, MenuRow.id == MealWaitRow.menu_id)
        .join(SlotRow, SlotRow.id == MenuRow.slot_id)
        .where(
            MealWaitRow.city == city,
            MealWaitRow.status == "waiting",
            (MenuRow.order_until_at < now) | (MealWaitRow.quantity <= SlotRow.places - SlotRow.taken),
        )
        .order_by(MealWaitRow.menu_id, MealWaitRow.number)
        .limit(1)
    )


def _whose_turn(menu_id: UUID) -> Select[UUID]:
    return (
        select(MealWaitRow.id)
        .join(MenuRow, MenuRow.id == MealWaitRow.menu_id)
        .join(SlotRow, SlotRow.id == MenuRow.slot_id)
        .where(
            MealWaitRow.menu_id == menu_id,
            MealWaitRow.status == "waiting",
            MealWaitRow.quantity <= SlotRow.places - SlotRow.taken,
        )
        .order_by(MealWaitRow.number)
        .limit(1)
    )


def _end(session: Session, row: MealWaitRow, status: str, now: datetime) -> None:
    leave(session, row, status, now)
    person = people.get_person(session, Actor.system(), person_id=row.person_id)
    if person.died_on is None:
        template = "meal_turn_dearer" if status == PRICE_CHANGED else "meal_turn_not_come"
        tell_about(session, person, template, menu_view(row.menu), now)
