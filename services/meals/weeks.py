"""A week of meals in one go: suggesting it, repeating the last one, the whole price before anything is booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.calendar import slots
from services.clock import local_day
from services.errors import ServiceError
from services.meals.booking import book_offer, booked_by
from services.meals.diets import DietaryMarks, marks_of
from services.meals.errors import (
    AlreadyBooked,
    DeliveryNotOffered,
    MealDayInThePast,
    MealDayNotOffered,
    MealFull,
    MenuUnknown,
    OrdersClosed,
    PriceChanged,
    QuantityWrong,
)
from services.meals.lines import waits_of
from services.meals.menus import DAYS_SHOWN, can_be_delivered, list_menus
from services.meals.offering import Offer, offer
from services.meals.tables import MealBookingRow, MenuRow
from services.meals.telling import tell, tell_booked
from services.meals.views import Meal, MealBooking, MenuChoice, booking_view, menu_view
from services.meals.week_views import CAN_BE_BOOKED, BookedWeek, MealWish, QuotedMeal, WeekQuote
from services.people import Person

A_WEEK = timedelta(days=7)
# What can be wrong with one meal of a week without spoiling the others.
REFUSALS = (
    MealDayInThePast,
    OrdersClosed,
    DeliveryNotOffered,
    AlreadyBooked,
    QuantityWrong,
    MealFull,
    PriceChanged,
)


def suggest_week(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    meals: Sequence[Meal] = (Meal.LUNCH,),
    canteen_id: UUID | None = None,
    delivery: bool = False,
    quantity: int = 1,
    now: datetime,
) -> WeekQuote:
    """The coming seven days, today first, with these meals: of this canteen, or where she named none, of the nearest
    that can be had so. Every day is there, those that cannot be booked with the reason. Raises NotAllowed."""
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    person, today = people.get_person(session, actor, person_id=person_id), local_day(now)
    booked = {(row.day, Meal(row.meal)): row for row in _bookings(session, person_id, today, today + A_WEEK)}
    found: list[QuotedMeal | MealWish] = []
    for ahead in range(DAYS_SHOWN):
        for meal in sorted(meals, key=list(Meal).index):
            day = today + timedelta(days=ahead)
            row = booked.get((day, meal))
            if row is not None:
                found.append(_already(booking_view(row)))
                continue
            choice = _nearest(session, actor, person_id, day, meal, canteen_id, delivery, quantity, now)
            wish = MealWish(choice.menu.id, quantity, delivery) if choice else None
            found.append(wish or _not_offered(day, meal, quantity, delivery))
    return _quoted(session, person, found, now)


def repeat_week(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> WeekQuote:
    """The meals of the past seven days, each seven days later: the same meal, canteen, way and quantity. Empty where
    she had none. Raises NotAllowed."""
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    person, today = people.get_person(session, actor, person_id=person_id), local_day(now)
    found: list[QuotedMeal | MealWish] = []
    for row in _bookings(session, person_id, today - A_WEEK, today):
        again = session.scalar(
            select(MenuRow.id).where(
                MenuRow.canteen_id == row.menu.canteen_id, MenuRow.day == row.day + A_WEEK, MenuRow.meal == row.meal
            )
        )
        wish = MealWish(again, row.quantity, row.delivery) if again else None
        found.append(wish or _not_offered(row.day + A_WEEK, Meal(row.meal), row.quantity, row.delivery))
    return _quoted(session, person, found, now)


def quote_week(
    session: Session, actor: Actor, *, person_id: UUID, wishes: Sequence[MealWish], now: datetime
) -> WeekQuote:
    """What these meals cost together and which of them can be had. Changes nothing. Raises NotAllowed, MenuUnknown."""
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    return _quoted(session, people.get_person(session, actor, person_id=person_id), wishes, now)


def book_week(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    wishes: Sequence[MealWish],
    request_id: UUID,
    now: datetime,
) -> BookedWeek:
    """Book what can be had of these at the prices that she agreed to, or less, and text her once.

    What is refused (full meanwhile, dearer) is left out and handed back with its reason; the rest is booked. The same
    `request_id` again answers with what it booked. Raises NotAllowed, MenuUnknown.
    """
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    person = people.hold_person(session, actor, person_id=person_id)
    menus = _menus(session, person, [wish.menu_id for wish in wishes])
    # All at once and in one order, so that two weeks never wait for each other.
    in_line = [row.menu.slot_id for row in waits_of(session, person_id, local_day(now))]
    slots.hold_slots(session, [*(menu.slot_id for menu in menus.values()), *in_line])
    bookings: list[MealBooking] = []
    new: list[MealBooking] = []
    refused: list[QuotedMeal] = []
    marks = marks_of(session, person_id)
    for wish in _in_order(wishes, menus):
        for_this = uuid5(request_id, str(wish.menu_id))
        before = booked_by(session, person_id, for_this)
        if before is not None:
            bookings.append(before)
            continue
        try:
            with session.begin_nested():
                new.append(_book(session, actor, person, wish, for_this, now))
        except REFUSALS as refusal:
            refused.append(_refused(session, person, menus[wish.menu_id], wish, refusal, None, marks, now))
    _tell(session, person, new, now)
    return BookedWeek(tuple(sorted([*bookings, *new], key=lambda it: it.menu.served_until_at)), tuple(refused))


def _book(
    session: Session, actor: Actor, person: Person, wish: MealWish, request_id: UUID, now: datetime
) -> MealBooking:
    wanted = offer(session, person, wish.menu_id, quantity=wish.quantity, delivery=wish.delivery, now=now)
    wanted.require_portions()
    if wish.agreed_to_pay_fen is None or wanted.split.to_pay_fen > wish.agreed_to_pay_fen:
        raise PriceChanged(to_pay_fen=wanted.split.to_pay_fen)
    return book_offer(session, actor, wanted, request_id=request_id, now=now)


def _quoted(session: Session, person: Person, found: Iterable[QuotedMeal | MealWish], now: datetime) -> WeekQuote:
    """Each wish with its price after those before it; what is known to be refused stays as it is."""
    found = list(found)
    wishes = [each for each in found if isinstance(each, MealWish)]
    menus, marks = _menus(session, person, [wish.menu_id for wish in wishes]), marks_of(session, person.id)
    quoted = [each for each in found if isinstance(each, QuotedMeal)]
    subsidised_on: list[date] = []
    wanted_already: set[tuple[date, str]] = set()
    for wish in _in_order(wishes, menus):
        menu, wanted = menus[wish.menu_id], None
        try:
            wanted = offer(
                session,
                person,
                wish.menu_id,
                quantity=wish.quantity,
                delivery=wish.delivery,
                now=now,
                also_subsidised_on=subsidised_on,
            )
            wanted.require_portions()
            if (menu.day, menu.meal) in wanted_already:
                raise AlreadyBooked(day=menu.day, meal=menu.meal)
        except REFUSALS as refusal:
            quoted.append(_refused(session, person, menu, wish, refusal, wanted, marks, now))
            continue
        wanted_already.add((menu.day, menu.meal))
        if wanted.split.subsidy_fen:
            subsidised_on.append(menu.day)
        quoted.append(_bookable(wanted, marks))
    return WeekQuote(tuple(sorted(quoted, key=lambda it: (it.day, list(Meal).index(it.meal)))))


def _bookable(wanted: Offer, marks: DietaryMarks) -> QuotedMeal:
    menu = wanted.menu
    return QuotedMeal(
        day=menu.day,
        meal=menu.meal,
        menu=menu,
        quantity=wanted.quantity,
        delivery=wanted.delivery,
        state=CAN_BE_BOOKED,
        split=wanted.split,
        warnings=marks.warnings(menu.diets, menu.allergens),
        can_be_delivered=can_be_delivered(wanted.person, menu.canteen),
    )


def _refused(
    session: Session,
    person: Person,
    row: MenuRow,
    wish: MealWish,
    refusal: ServiceError,
    wanted: Offer | None,
    marks: DietaryMarks,
    now: datetime,
) -> QuotedMeal:
    menu = menu_view(row)
    booking_id = refusal.facts.get("booking_id")
    in_line = [
        wait.id for wait in waits_of(session, person.id, row.day) if (wait.day, wait.meal) == (row.day, row.meal)
    ]
    return QuotedMeal(
        day=menu.day,
        meal=menu.meal,
        menu=menu,
        quantity=wish.quantity,
        delivery=wish.delivery,
        state=refusal.code,
        split=wanted.split if wanted else None,
        warnings=marks.warnings(menu.diets, menu.allergens),
        can_be_delivered=can_be_delivered(person, menu.canteen),
        can_wait=isinstance(refusal, MealFull) and not in_line and now <= menu.order_until_at,
        booking_id=booking_id if isinstance(booking_id, UUID) else None,
        waiting_id=in_line[0] if in_line else None,
    )


def _already(booking: MealBooking) -> QuotedMeal:
    menu = booking.menu
    return QuotedMeal(
        day=menu.day,
        meal=menu.meal,
        menu=menu,
        quantity=booking.quantity,
        delivery=booking.delivery,
        state=AlreadyBooked.code,
        split=booking.split,
        booking_id=booking.id,
    )


def _not_offered(day: date, meal: Meal, quantity: int, delivery: bool) -> QuotedMeal:
    return QuotedMeal(day, meal, None, quantity, delivery, MealDayNotOffered.code)


def _nearest(
    session: Session,
    actor: Actor,
    person_id: UUID,
    day: date,
    meal: Meal,
    canteen_id: UUID | None,
    delivery: bool,
    quantity: int,
    now: datetime,
) -> MenuChoice | None:
    """The nearest that can be had so; where there is none, the nearest that she can wait for; else the nearest."""
    try:
        choices = list_menus(session, actor, person_id=person_id, day=day, meal=meal, now=now)
    except MealDayNotOffered:
        return None
    choices = tuple(each for each in choices if canteen_id is None or each.menu.canteen.id == canteen_id)
    suiting = [each for each in choices if each.can_be_delivered or not delivery]
    fitting = [each for each in suiting if each.is_open and each.menu.portions_left >= quantity]
    in_line = [each for each in suiting if each.why_closed != OrdersClosed.code]
    return next(iter([*fitting, *in_line, *suiting, *choices]), None)


def _menus(session: Session, person: Person, menu_ids: Sequence[UUID]) -> dict[UUID, MenuRow]:
    rows = session.scalars(select(MenuRow).where(MenuRow.id.in_(set(menu_ids)), MenuRow.city == person.city))
    menus = {row.id: row for row in rows}
    if set(menu_ids) - set(menus):
        raise MenuUnknown()
    return menus


def _in_order(wishes: Iterable[MealWish], menus: dict[UUID, MenuRow]) -> list[MealWish]:
    return sorted(wishes, key=lambda wish: menus[wish.menu_id].slot.starts_at)


def _bookings(session: Session, person_id: UUID, from_day: date, before: date) -> Sequence[MealBookingRow]:
    return session.scalars(
        select(MealBookingRow)
        .where(
            MealBookingRow.person_id == person_id,
            MealBookingRow.status != "cancelled",
            MealBookingRow.day >= from_day,
            MealBookingRow.day < before,
        )
        .order_by(MealBookingRow.day, MealBookingRow.id)
    ).all()


def _tell(session: Session, person: Person, new: Sequence[MealBooking], now: datetime) -> None:
    if len(new) == 1:
        tell_booked(session, person, new[0], "meal_booked", now)
    elif new:
        days = sorted(booking.menu.day for booking in new)
        paid = sum(booking.split.to_pay_fen for booking in new)
        tell(session, person, "meal_week_booked", now, first=days[0], last=days[-1], count=len(new), to_pay=paid)
