"""Booking and cancelling meals."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability, require
from services.clock import local_day
from services.database.tables import constraint_of, new_id
from services.meals.errors import (
    AlreadyBooked,
    BookingUnknown,
    DeliveryNotOffered,
    MealDayInThePast,
    MealFull,
    MenuUnknown,
    OrdersClosed,
    PriceChanged,
    QuantityWrong,
    TooLateToCancel,
)
from services.meals.menus import can_be_delivered, subsidised_days
from services.meals.subsidy import SubsidisedPrice, cap_on, price_of
from services.meals.tables import ONE_A_MEAL, MealBookingRow, MenuRow
from services.meals.views import MealBooking, MealQuote, Menu, booking_view, cancel_until, menu_view
from services.messages import queue_message
from services.people import Person

# More than this for one person is a party, and a party talks to the canteen.
MOST_PORTIONS = 4


def quote_meal(
    session: Session, actor: Actor, *, person_id: UUID, menu_id: UUID, quantity: int, delivery: bool, now: datetime
) -> MealQuote:
    """What she would get and pay. Raises whatever `book_meal` would raise now, but changes nothing."""
    require(actor, Capability.BOOK_MEALS, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    menu = _bookable_menu(session, person, menu_id, quantity=quantity, delivery=delivery, now=now)
    price = _price(session, person, menu, quantity=quantity, delivery=delivery)
    return MealQuote(
        menu=menu,
        quantity=quantity,
        delivery=delivery,
        split=price.split,
        cancel_until_at=cancel_until(menu, now),
        can_be_delivered=can_be_delivered(person, menu.canteen),
    )


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

    The same `request_id` again answers with the booking that it made: a double tap books once. Raises NotAllowed,
    MenuUnknown, QuantityWrong, MealDayInThePast, OrdersClosed, DeliveryNotOffered, AlreadyBooked, PriceChanged,
    MealFull. However many book at once, no more portions are given than there are.
    """
    require(actor, Capability.BOOK_MEALS, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    people.hold(session, person_id)
    before = session.scalar(
        select(MealBookingRow).where(MealBookingRow.request_id == request_id, MealBookingRow.person_id == person_id)
    )
    if before is not None:
        return booking_view(before)
    menu = _bookable_menu(session, person, menu_id, quantity=quantity, delivery=delivery, now=now)
    price = _price(session, person, menu, quantity=quantity, delivery=delivery)
    if price.split.to_pay_fen != agreed_to_pay_fen:
        raise PriceChanged(to_pay_fen=price.split.to_pay_fen)
    row = _new_booking(actor, person, menu, price, quantity=quantity, delivery=delivery, request_id=request_id, now=now)
    row.pick_up_number = _take_portions(session, menu, quantity)
    _insert(session, row)
    booking = booking_view(row)
    _tell(session, person, booking, "meal_booked", now)
    _record(session, actor, "meal_booked", row, now, to_pay_fen=row.to_pay_fen, subsidy_rule=row.subsidy_rule)
    return booking


def cancel_meal(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> MealBooking:
    """Cancel a booking, give its portions back and text her. A cancelled one comes back as it is.

    Raises NotAllowed, BookingUnknown, TooLateToCancel.
    """
    row = session.scalar(
        select(MealBookingRow).where(MealBookingRow.id == booking_id).with_for_update(of=MealBookingRow)
    )
    booking = _seen_booking(actor, row, Capability.BOOK_MEALS)
    assert row is not None
    if booking.status == "cancelled":
        return booking
    if not booking.can_be_cancelled(now):
        raise TooLateToCancel(cancel_until_at=booking.cancel_until_at)
    row.status = "cancelled"
    row.cancelled_at = now
    row.cancelled_through = actor.channel
    session.execute(
        update(MenuRow)
        .where(MenuRow.id == row.menu_id)
        .values(portions_booked=MenuRow.portions_booked - row.quantity)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    session.refresh(row.menu)
    cancelled = booking_view(row)
    person = people.get_person(session, actor, person_id=row.person_id)
    _tell(session, person, cancelled, "meal_cancelled", now)
    _record(session, actor, "meal_cancelled", row, now)
    return cancelled


def get_booking(session: Session, actor: Actor, *, booking_id: UUID) -> MealBooking:
    """One booking. Raises NotAllowed, BookingUnknown."""
    return _seen_booking(actor, session.get(MealBookingRow, booking_id), Capability.SEE_MEALS)


def list_meal_bookings(session: Session, actor: Actor, *, person_id: UUID, from_day: date) -> tuple[MealBooking, ...]:
    """Her booked meals from a day on, soonest first. Raises NotAllowed."""
    require(actor, Capability.SEE_MEALS, person_id=person_id)
    rows = session.scalars(
        select(MealBookingRow)
        .join(MealBookingRow.menu)
        .where(
            MealBookingRow.person_id == person_id,
            MealBookingRow.status == "booked",
            MealBookingRow.day >= from_day,
        )
        .order_by(MealBookingRow.day, MenuRow.served_from)
    )
    return tuple(booking_view(row) for row in rows)


def _bookable_menu(
    session: Session, person: Person, menu_id: UUID, *, quantity: int, delivery: bool, now: datetime
) -> Menu:
    row = session.get(MenuRow, menu_id, populate_existing=True)
    if row is None or row.city != person.city:
        raise MenuUnknown()
    menu = menu_view(row)
    if not 1 <= quantity <= MOST_PORTIONS:
        raise QuantityWrong(most=MOST_PORTIONS)
    if menu.day < local_day(now):
        raise MealDayInThePast(day=menu.day)
    if now > menu.order_until_at:
        raise OrdersClosed(day=menu.day, meal=menu.meal.value, order_until_at=menu.order_until_at)
    if delivery and not can_be_delivered(person, menu.canteen):
        raise DeliveryNotOffered(day=menu.day, meal=menu.meal.value)
    existing = session.scalar(
        select(MealBookingRow.id).where(
            MealBookingRow.person_id == person.id,
            MealBookingRow.day == menu.day,
            MealBookingRow.meal == menu.meal,
            MealBookingRow.status == "booked",
        )
    )
    if existing is not None:
        raise AlreadyBooked(booking_id=existing, day=menu.day, meal=menu.meal.value)
    if menu.portions_left < quantity:
        raise MealFull(day=menu.day, meal=menu.meal.value, portions_left=menu.portions_left)
    return menu


def _price(session: Session, person: Person, menu: Menu, *, quantity: int, delivery: bool) -> SubsidisedPrice:
    return price_of(
        person,
        menu.canteen,
        cap_on(person, menu.day),
        day=menu.day,
        meal=menu.meal,
        price_fen=menu.price_fen,
        quantity=quantity,
        delivery=delivery,
        taken_on=subsidised_days(session, person.id),
    )


def _new_booking(
    actor: Actor,
    person: Person,
    menu: Menu,
    price: SubsidisedPrice,
    *,
    quantity: int,
    delivery: bool,
    request_id: UUID,
    now: datetime,
) -> MealBookingRow:
    return MealBookingRow(
        id=new_id(),
        city=person.city,
        person_id=person.id,
        menu_id=menu.id,
        day=menu.day,
        meal=menu.meal,
        quantity=quantity,
        delivery=delivery,
        price_fen=price.split.price_fen,
        subsidy_fen=price.split.subsidy_fen,
        delivery_fee_fen=price.split.delivery_fee_fen,
        to_pay_fen=price.split.to_pay_fen,
        subsidy_rule=price.rule,
        request_id=request_id,
        booked_at=now,
        booked_through=actor.channel,
    )


def _take_portions(session: Session, menu: Menu, quantity: int) -> int:
    """Take portions off the menu and draw a pick-up number, in one statement: the database decides who comes first."""
    number = session.scalar(
        update(MenuRow)
        .where(MenuRow.id == menu.id, MenuRow.portions_booked + quantity <= MenuRow.portions)
        .values(portions_booked=MenuRow.portions_booked + quantity, last_pick_up_number=MenuRow.last_pick_up_number + 1)
        .returning(MenuRow.last_pick_up_number)
        .execution_options(synchronize_session=False)
    )
    if number is None:
        raise MealFull(day=menu.day, meal=menu.meal.value, portions_left=0)
    return number


def _insert(session: Session, row: MealBookingRow) -> None:
    try:
        session.add(row)
        session.flush()
    except IntegrityError as error:
        if constraint_of(error) == ONE_A_MEAL:
            raise AlreadyBooked(day=row.day, meal=row.meal) from error
        raise
    session.refresh(row)
    session.refresh(row.menu)


def _seen_booking(actor: Actor, row: MealBookingRow | None, capability: Capability) -> MealBooking:
    if row is None:
        raise BookingUnknown()
    require(actor, capability, person_id=row.person_id)
    return booking_view(row)


def _tell(session: Session, person: Person, booking: MealBooking, template: str, now: datetime) -> None:
    phone = people.phone_of(session, person.id)
    if phone is None:
        return
    variables: dict[str, str | int | date | datetime] = {
        "name": person.masked_name,
        "day": booking.menu.day,
        "meal": booking.menu.meal.value,
        "canteen": booking.menu.canteen.name,
    }
    if template == "meal_booked":
        variables |= {
            "how": "delivered" if booking.delivery else "eat_there",
            "to_pay": booking.split.to_pay_fen,
            "number": booking.pick_up_number,
            "until": booking.cancel_until_at,
        }
    queue_message(
        session,
        template,
        city=person.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person.id,
        **variables,
    )


def _record(session: Session, actor: Actor, deed: str, row: MealBookingRow, now: datetime, **facts: str | int) -> None:
    audit.record(session, actor, deed, city=row.city, person_id=row.person_id, subject_id=row.id, now=now, **facts)
    session.flush()
