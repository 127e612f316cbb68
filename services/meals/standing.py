"""Standing orders: the same meal on the same weekdays, booked by the machine as menus appear (`standing_rounds`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.calendar import slots
from services.clock import local_day
from services.database.tables import new_id
from services.job_queue import BOOK_STANDING_ORDERS, defer_once
from services.meals.booking import cancel_held
from services.meals.errors import (
    CanteenUnknown,
    DeliveryNotOffered,
    MealDayNotOffered,
    QuantityWrong,
    StandingOrderExists,
    StandingOrderUnknown,
    StandingOrderWrong,
)
from services.meals.lines import leave
from services.meals.menus import can_be_delivered
from services.meals.offering import MOST_PORTIONS
from services.meals.standing_views import StandingOrder, StandingQuote, standing_view
from services.meals.subsidy import cap_on, price_of
from services.meals.tables import CanteenRow, MealBookingRow, MealWaitRow, MenuRow, StandingDayRow, StandingOrderRow
from services.meals.telling import tell
from services.meals.views import Canteen, Meal, PriceSplit, booking_view, canteen_view
from services.people import Person

WEEKDAYS = range(1, 8)
A_DAY = timedelta(days=1)


def quote_standing_order(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    canteen_id: UUID,
    meal: Meal,
    weekdays: Collection[int],
    quantity: int,
    delivery: bool,
    now: datetime,
) -> StandingQuote:
    """What it would cost a meal, by the dearest of the menus that are there. Raises whatever `place_standing_order`
    would raise."""
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    canteen = _checked(session, person, canteen_id, meal, weekdays, quantity=quantity, delivery=delivery)
    menus = _menus_from(session, canteen_id, meal, now)
    suiting = [row for row in menus if row.day.isoweekday() in weekdays]
    price_fen = max(row.price_fen for row in (suiting or menus))
    first_day = min((row.day for row in suiting if row.order_until_at > now), default=None)
    of_day = first_day or local_day(now)
    with_subsidy = price_of(
        person,
        canteen,
        cap_on(person, of_day),
        day=of_day,
        meal=meal,
        price_fen=price_fen,
        quantity=quantity,
        delivery=delivery,
        taken_on=(),
    ).split
    fee = canteen.delivery_fee_fen if delivery else 0
    without = PriceSplit(price_fen * quantity, 0, fee)
    return StandingQuote(canteen, with_subsidy, without, can_be_delivered(person, canteen), first_day)


def place_standing_order(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    canteen_id: UUID,
    meal: Meal,
    weekdays: Collection[int],
    quantity: int,
    delivery: bool,
    highest_price_fen: int,
    request_id: UUID,
    now: datetime,
) -> StandingOrder:
    """Book this meal on these weekdays from tomorrow on, as menus appear; what is there already is booked within a
    minute, and one text tells her. Where a meal is full she stands in line for it.

    The same `request_id` again answers with the same order. Raises NotAllowed, CanteenUnknown, StandingOrderWrong (no
    weekday, or none such), StandingOrderExists (this meal on one of these weekdays), QuantityWrong,
    DeliveryNotOffered, MealDayNotOffered (this canteen has no menus for this meal).
    """
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    person = people.hold_person(session, actor, person_id=person_id)
    before = session.scalar(
        select(StandingOrderRow).where(
            StandingOrderRow.request_id == request_id, StandingOrderRow.person_id == person_id
        )
    )
    if before is not None:
        return standing_view(before)
    _checked(session, person, canteen_id, meal, weekdays, quantity=quantity, delivery=delivery)
    _menus_from(session, canteen_id, meal, now)
    row = StandingOrderRow(
        id=new_id(),
        city=person.city,
        person_id=person_id,
        canteen_id=canteen_id,
        meal=meal,
        weekdays=sorted(weekdays),
        quantity=quantity,
        delivery=delivery,
        highest_price_fen=highest_price_fen,
        from_day=local_day(now) + A_DAY,
        request_id=request_id,
        placed_at=now,
        placed_through=actor.channel,
    )
    session.add(row)
    session.flush()
    _record(session, actor, "standing_order_placed", row, now)
    defer_once(session, BOOK_STANDING_ORDERS)
    return standing_view(row)


def end_standing_order(
    session: Session, actor: Actor, *, order_id: UUID, cancel_bookings: bool, now: datetime
) -> StandingOrder:
    """Book nothing more for it; with `cancel_bookings` also cancel what it has booked and can still be cancelled, and
    leave the lines in which she stands for it. One that has ended comes back as it is. Raises NotAllowed,
    StandingOrderUnknown."""
    row = _seen(session, actor, order_id, Capability.BOOK_MEALS)
    people.hold(session, row.person_id)
    session.refresh(row)
    if row.ended_at is not None:
        return standing_view(row)
    row.ended_at, row.ended_through = now, actor.channel
    cancelled = _cancel_booked(session, actor, row, now) if cancel_bookings else 0
    _record(session, actor, "standing_order_ended", row, now, cancelled=cancelled)
    person = people.get_person(session, actor, person_id=row.person_id)
    tell(session, person, "meal_standing_ended", now, meal=row.meal, count=cancelled)
    return standing_view(row)


def get_standing_order(session: Session, actor: Actor, *, order_id: UUID) -> StandingOrder:
    """One standing order. Raises NotAllowed, StandingOrderUnknown."""
    return standing_view(_seen(session, actor, order_id, Capability.SEE_MEALS))


def list_standing_orders(session: Session, actor: Actor, *, person_id: UUID) -> tuple[StandingOrder, ...]:
    """Those that stand, oldest first. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_MEALS, person_id=person_id)
    return tuple(standing_view(row) for row in _standing(session, person_id))


def _standing(session: Session, person_id: UUID) -> Sequence[StandingOrderRow]:
    return session.scalars(
        select(StandingOrderRow)
        .where(StandingOrderRow.person_id == person_id, StandingOrderRow.ended_at.is_(None))
        .order_by(StandingOrderRow.id)
    ).all()


def _checked(
    session: Session,
    person: Person,
    canteen_id: UUID,
    meal: Meal,
    weekdays: Collection[int],
    *,
    quantity: int,
    delivery: bool,
) -> Canteen:
    row = session.get(CanteenRow, canteen_id)
    if row is None or row.city != person.city:
        raise CanteenUnknown()
    if not weekdays or len(set(weekdays)) != len(weekdays) or not all(day in WEEKDAYS for day in weekdays):
        raise StandingOrderWrong()
    if not 1 <= quantity <= MOST_PORTIONS:
        raise QuantityWrong(most=MOST_PORTIONS)
    canteen = canteen_view(row)
    if delivery and not can_be_delivered(person, canteen):
        raise DeliveryNotOffered(meal=meal.value)
    for other in _standing(session, person.id):
        both = sorted(set(other.weekdays) & set(weekdays))
        if other.meal == meal and both:
            raise StandingOrderExists(order_id=other.id, meal=meal.value, weekdays=tuple(both))
    return canteen


def _menus_from(session: Session, canteen_id: UUID, meal: Meal, now: datetime) -> Sequence[MenuRow]:
    rows = session.scalars(
        select(MenuRow).where(MenuRow.canteen_id == canteen_id, MenuRow.meal == meal, MenuRow.day > local_day(now))
    ).all()
    if not rows:
        raise MealDayNotOffered(day=local_day(now), meal=meal.value, last_day=None)
    return rows


def _cancel_booked(session: Session, actor: Actor, order: StandingOrderRow, now: datetime) -> int:
    """How many meals were cancelled. Bookings are held in one order, and before slots, as everywhere."""
    days = select(StandingDayRow.id).where(StandingDayRow.order_id == order.id)
    waited_for = select(MealWaitRow.booking_id).where(MealWaitRow.request_id.in_(days))
    booked_at_once = select(StandingDayRow.booking_id).where(StandingDayRow.order_id == order.id)
    bookings = session.scalars(
        select(MealBookingRow)
        .where(
            MealBookingRow.id.in_(booked_at_once) | MealBookingRow.id.in_(waited_for),
            MealBookingRow.status == "booked",
        )
        .order_by(MealBookingRow.id)
        .with_for_update(of=MealBookingRow, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    waits = session.scalars(
        select(MealWaitRow).where(MealWaitRow.status == "waiting", MealWaitRow.request_id.in_(days))
    ).all()
    slots.hold_slots(session, [*(row.menu.slot_id for row in bookings), *(row.menu.slot_id for row in waits)])
    for wait in waits:
        leave(session, wait, "left", now)
    cancellable = [row for row in bookings if booking_view(row).can_be_cancelled(now)]
    for row in cancellable:
        cancel_held(session, actor, row, now)
    return len(cancellable)


def _seen(session: Session, actor: Actor, order_id: UUID, capability: Capability) -> StandingOrderRow:
    row = session.get(StandingOrderRow, order_id)
    if row is None:
        raise StandingOrderUnknown()
    people.require_for(session, actor, capability, person_id=row.person_id)
    return row


def _record(session: Session, actor: Actor, deed: str, row: StandingOrderRow, now: datetime, **facts: int) -> None:
    audit.record(session, actor, deed, city=row.city, person_id=row.person_id, subject_id=row.id, now=now, **facts)
    session.flush()
