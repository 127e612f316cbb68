"""Booking for standing orders as menus appear, and one text about what came of it.

Each day of an order is decided once, so that a meal that she cancelled is not booked again. Bookings are made as soon
as a menu is there; she is told at most once in six days, and at once where a meal could not be booked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from services import people
from services.actor import Actor
from services.calendar.slots import hold_slots
from services.clock import local_day
from services.database import unit_of_work
from services.database.tables import new_id
from services.meals.booking import book_offer
from services.meals.errors import AlreadyBooked, DeliveryNotOffered, MealFull, OrdersClosed, PriceChanged
from services.meals.lines import waits_of
from services.meals.offering import offer
from services.meals.tables import MealBookingRow, MenuRow, StandingDayRow, StandingOrderRow
from services.meals.telling import tell
from services.meals.waiting import WaitingStatus, stand_in_line
from services.people import Person

TELL_EVERY = timedelta(days=6)
BOOKED, WAITING, IN_LINE_ALREADY = "booked", "waiting", "already_waiting"
# She has it already, so there is nothing to tell.
QUIET = (BOOKED, AlreadyBooked.code, IN_LINE_ALREADY)


def book_standing_orders(sessions: sessionmaker[Session], *, city: str, now: datetime) -> int:
    """Book what is new for every standing order of the city; how many days were decided. One order a transaction."""
    with sessions() as session:
        standing = select(StandingOrderRow.id).where(StandingOrderRow.city == city, StandingOrderRow.ended_at.is_(None))
        order_ids = session.scalars(standing.order_by(StandingOrderRow.id)).all()
    decided = 0
    for order_id in order_ids:
        with unit_of_work(sessions) as session:
            decided += book_standing_order(session, order_id, now=now)
    return decided


def book_standing_order(session: Session, order_id: UUID, *, now: datetime) -> int:
    """The same for one order. Whoever died has no standing orders any more."""
    order = session.get_one(StandingOrderRow, order_id)
    people.hold(session, order.person_id)
    session.refresh(order)
    if order.ended_at is not None:
        return 0
    person = people.get_person(session, Actor.system(), person_id=order.person_id)
    if person.died_on is not None:
        order.ended_at, order.ended_through = now, Actor.system().channel
        return 0
    menus = _undecided(session, order, now)
    in_line = waits_of(session, person.id, local_day(now))
    hold_slots(session, [*(menu.slot_id for menu in menus), *(row.menu.slot_id for row in in_line)])
    for menu in menus:
        _decide(session, person, order, menu, now)
    _tell(session, person, order, now)
    return len(menus)


def _undecided(session: Session, order: StandingOrderRow, now: datetime) -> Sequence[MenuRow]:
    decided = select(StandingDayRow.day).where(StandingDayRow.order_id == order.id)
    rows = session.scalars(
        select(MenuRow)
        .where(
            MenuRow.canteen_id == order.canteen_id,
            MenuRow.meal == order.meal,
            MenuRow.day >= max(order.from_day, local_day(now)),
            MenuRow.order_until_at >= now,
            MenuRow.day.not_in(decided),
        )
        .order_by(MenuRow.slot_id)
    )
    return [row for row in rows if row.day.isoweekday() in order.weekdays]


def _decide(session: Session, person: Person, order: StandingOrderRow, menu: MenuRow, now: datetime) -> None:
    decided = StandingDayRow(id=new_id(), city=order.city, order_id=order.id, day=menu.day, decided_at=now)
    try:
        with session.begin_nested():
            decided.outcome, decided.booking_id = _book(session, person, order, menu, decided.id, now)
    except (AlreadyBooked, DeliveryNotOffered, OrdersClosed, PriceChanged) as refusal:
        decided.outcome = refusal.code
    session.add(decided)
    session.flush()


def _book(
    session: Session, person: Person, order: StandingOrderRow, menu: MenuRow, request_id: UUID, now: datetime
) -> tuple[str, UUID | None]:
    """Book it, or stand in line where it is full. Raises what speaks against either."""
    wanted = offer(session, person, menu.id, quantity=order.quantity, delivery=order.delivery, now=now)
    if wanted.split.to_pay_fen > order.highest_price_fen:
        raise PriceChanged(to_pay_fen=wanted.split.to_pay_fen)
    try:
        wanted.require_portions()
        return BOOKED, book_offer(session, Actor.system(), wanted, request_id=request_id, now=now).id
    except MealFull:
        pass
    if any(row.menu.day == menu.day and row.meal == menu.meal for row in waits_of(session, person.id, menu.day)):
        return IN_LINE_ALREADY, None
    place = stand_in_line(session, Actor.system(), wanted, request_id=request_id, now=now)
    return (BOOKED, place.booking_id) if place.status is WaitingStatus.BOOKED else (WAITING, None)


def _tell(session: Session, person: Person, order: StandingOrderRow, now: datetime) -> None:
    """One text for all that she was not told of yet."""
    untold = session.execute(
        select(StandingDayRow.day, StandingDayRow.outcome, MealBookingRow.to_pay_fen)
        .outerjoin(MealBookingRow, MealBookingRow.id == StandingDayRow.booking_id)
        .where(StandingDayRow.order_id == order.id, StandingDayRow.told_at.is_(None))
        .order_by(StandingDayRow.day)
    ).all()
    booked = [(day, to_pay) for day, outcome, to_pay in untold if outcome == BOOKED]
    missed = [day for day, outcome, _ in untold if outcome not in QUIET]
    is_due = order.told_at is None or order.told_at <= now - TELL_EVERY
    if not missed and not (booked and is_due):
        return
    facts = {"meal": order.meal, "count": len(booked), "to_pay": sum(to_pay for _, to_pay in booked)}
    if missed:
        tell(session, person, "meal_standing_partly", now, **facts, missed=len(missed), first=missed[0])
    else:
        tell(session, person, "meal_standing_booked", now, **facts, first=booked[0][0], last=booked[-1][0])
    order.told_at = now
    session.execute(
        update(StandingDayRow)
        .where(StandingDayRow.order_id == order.id, StandingDayRow.told_at.is_(None))
        .values(told_at=now)
        .execution_options(synchronize_session=False)
    )
