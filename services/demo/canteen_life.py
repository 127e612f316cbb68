"""The life of the demonstration's canteen: what its neighbours booked since the first of last month and for the coming
week, who came, who waits for a place. Added by the hour, so that every list goes on as the day does.

The prices are those of the real rule, the places those of the real slots. Only the texts are left out, and the record
of deeds: nobody did these deeds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.sql import SQL, Identifier
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.calendar import slots
from services.calendar.slots import SlotRow
from services.clock import local_day
from services.database.tables import Table
from services.demo import habits
from services.demo.guests import Guest, booking, enter, outcome_of, read_ledger, wait, wishes
from services.demo.menus import add_menus
from services.demo.neighbours import neighbours
from services.meals.counter.missed_meals import MISSED_IN_A_ROW, worry_about
from services.meals.tables import CanteenRow, DietaryMarksRow, MealBookingRow, MealWaitRow, MenuRow
from services.meals.views import canteen_view
from services.people import PHONE, PersonRow, add_person, get_person
from services.sealing import vault_of

SYSTEM = Actor.system(Channel.COMMAND_LINE)
DAYS_AHEAD = 7
# So many stand in line for a meal that is full; the others have it at home.
LONGEST_LINE = 3


def prepare_neighbours(session: Session, *, city: str, now: datetime) -> None:
    """Add the neighbours and what they must not eat, once. Safe to run again and by several processes at once."""
    _hold(session)
    all_of_them = neighbours(local_day(now))
    first = vault_of(session).index(all_of_them[0].new.phone, context=PHONE)
    if session.scalar(select(PersonRow.id).where(PersonRow.phone_index == first, PersonRow.is_demonstration)):
        return
    for neighbour in all_of_them:
        person = add_person(session, SYSTEM, neighbour.new, city=city, now=now)
        if neighbour.diets or neighbour.allergies:
            marks = {"diets": list(neighbour.diets), "allergies": list(neighbour.allergies), "set_at": now}
            session.add(DietaryMarksRow(city=city, person_id=person.id, **marks))
    session.flush()


def prepare_canteen_life(session: Session, *, city: str, now: datetime) -> None:
    """Let the neighbours book and eat at the first canteen of the demonstration up to now; canteens and neighbours must
    be there. Safe to run again and by several processes at once: what was added stays as it is."""
    _hold(session)
    guests, today = _guests(session, now), local_day(now)
    canteens = select(CanteenRow).where(CanteenRow.is_demonstration).order_by(CanteenRow.id).limit(1)
    canteen = session.scalars(canteens).one_or_none()
    if canteen is None or not guests:
        return
    of_guests = MealBookingRow.person_id.in_([guest.person.id for guest in guests])
    # Up to here everything is there: who books later than that books for that day or a later one.
    newest = session.scalar(select(func.max(MealBookingRow.booked_at)).where(of_guests))
    first = max(_first_of_last_month(today), local_day(newest) if newest else date.min)
    past = [first + timedelta(days=ahead) for ahead in range((today - first).days)]
    add_menus(session, [(canteen.id, canteen.kind)], past, city=city, now=now)
    _let_eat(session, guests, now)
    lost = _who_stays_away(guests)
    others = [guest for guest in guests if guest is not lost]

    def who(day: date) -> Sequence[Guest]:
        return guests if newest is None and day < today else others

    _let_book(session, canteen, who, guests, first, now)
    if newest is None:
        _let_miss_the_last(session, lost, now)


def _hold(session: Session) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('demonstration'))"))


def _first_of_last_month(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _guests(session: Session, now: datetime) -> list[Guest]:
    """The neighbours that are there, found by their phones."""
    vault = vault_of(session)
    of_phone = {vault.index(each.new.phone, context=PHONE): each for each in neighbours(local_day(now))}
    rows = session.execute(
        select(PersonRow.phone_index, PersonRow.id).where(
            PersonRow.is_demonstration, PersonRow.phone_index.in_(list(of_phone))
        )
    )
    found = [
        Guest(of_phone[index], get_person(session, SYSTEM, person_id=person_id))
        for index, person_id in rows
        if index is not None
    ]
    return sorted(found, key=lambda guest: guest.neighbour.place)


def _let_eat(session: Session, guests: Sequence[Guest], now: datetime) -> None:
    """Hand out what is booked to those who have come by now."""
    of_person = {guest.person.id: guest.neighbour for guest in guests}
    rows = session.execute(
        select(MealBookingRow.id, MealBookingRow.person_id, MenuRow)
        .join(MenuRow, MenuRow.id == MealBookingRow.menu_id)
        .join(SlotRow, SlotRow.id == MenuRow.slot_id)
        .where(
            MealBookingRow.person_id.in_(list(of_person)),
            MealBookingRow.status == "booked",
            MenuRow.closed_at.is_(None),
            SlotRow.starts_at <= now,
        )
        .order_by(MealBookingRow.id)
    ).all()
    had = [
        {"booking_id": booking_id} | outcome
        for booking_id, person_id, menu in rows
        if (outcome := outcome_of(of_person[person_id], menu, now))
    ]
    if had:
        # Whoever was served at the till a moment ago stays so.
        is_booked = MealBookingRow.id == bindparam("booking_id"), MealBookingRow.status == "booked"
        columns: dict[str, Any] = {name: bindparam(name) for name in habits.had(now)}
        session.connection().execute(update(MealBookingRow).where(*is_booked).values(columns), had)


def _let_book(
    session: Session,
    canteen: CanteenRow,
    who: Callable[[date], Sequence[Guest]],
    guests: Sequence[Guest],
    first: date,
    now: datetime,
) -> None:
    """Every meal from this day on that they would have booked by now and did not."""
    view, ledger = canteen_view(canteen), read_ledger(session, guests, first)
    last = local_day(now) + timedelta(days=DAYS_AHEAD)
    menus = session.scalars(
        select(MenuRow)
        .join(SlotRow, SlotRow.id == MenuRow.slot_id)
        .where(MenuRow.canteen_id == canteen.id, MenuRow.day.between(first, last))
        .order_by(SlotRow.starts_at)
    ).all()
    slots.hold_slots(session, [menu.slot_id for menu in menus])
    bookings: list[dict[str, Any]] = []
    waits: list[dict[str, Any]] = []
    for menu in menus:
        for wish in wishes(view, menu, who(menu.day), ledger, now):
            if menu.slot.waiting == 0 and wish.quantity <= menu.slot.free:
                bookings.append(booking(menu, wish, now))
                enter(ledger, menu, wish)
            elif now < menu.order_until_at and menu.slot.waiting < LONGEST_LINE:
                waits.append(wait(menu, wish))
                enter(ledger, menu, wish)
    session.flush()
    _copy(session, MealBookingRow, bookings)
    _copy(session, MealWaitRow, waits)


def _copy(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Two months are thousands of rows, and a demonstration starts at once."""
    if not rows:
        return
    columns = list(rows[0])
    copying = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(table.__tablename__), SQL(", ").join(map(Identifier, columns))
    )
    driver = session.connection().connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])


def _who_stays_away(guests: Sequence[Guest]) -> Guest:
    """One who lives alone next door to the canteen."""
    return next(guest for guest in guests if guest.person.lives_alone and "lunch" in guest.neighbour.likes)


def _let_miss_the_last(session: Session, lost: Guest, now: datetime) -> None:
    """She did not come three times in a row, and a worker is asked to look after her."""
    last = (
        select(MealBookingRow.id)
        .join(MenuRow, MenuRow.id == MealBookingRow.menu_id)
        .join(SlotRow, SlotRow.id == MenuRow.slot_id)
        .where(MealBookingRow.person_id == lost.person.id, MealBookingRow.status != "cancelled")
        .order_by(SlotRow.starts_at.desc())
        .limit(MISSED_IN_A_ROW)
    )
    nothing_served = {"status": "not_picked_up", "serving_id": None, "served_at": None}
    session.execute(update(MealBookingRow).where(MealBookingRow.id.in_(last)).values(nothing_served))
    worry_about(session, [lost.person.id], now=now)
