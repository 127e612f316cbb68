"""What a canteen has to cook and to bring on a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor
from services.calendar.slots import SlotRow
from services.meals.counter.bookings import Booked, bookings_of
from services.meals.counter.day_views import CookList, CounterDay, DeliveryRound, DeliveryStop, SpecialMeal
from services.meals.counter.places import canteen_at, menu_at
from services.meals.diets import Allergen, Diet
from services.meals.tables import MenuRow
from services.meals.views import canteen_view, menu_view
from services.people import ADDRESS, PHONE
from services.sealing import vault_of


def get_counter_day(session: Session, actor: Actor, *, canteen_id: UUID, day: date, now: datetime) -> CounterDay:
    """What this canteen cooks on a day; no meals where it has no menus. Raises NotAllowed, CanteenUnknown."""
    canteen = canteen_at(session, actor, canteen_id)
    rows = session.scalars(
        select(MenuRow)
        .join(SlotRow, SlotRow.id == MenuRow.slot_id)
        .where(MenuRow.canteen_id == canteen_id, MenuRow.day == day)
        .order_by(SlotRow.starts_at)
        .execution_options(populate_existing=True)
    )
    return CounterDay(canteen_view(canteen), day, tuple(cook_list(session, row, now) for row in rows))


def get_delivery_rounds(session: Session, actor: Actor, *, menu_id: UUID, now: datetime) -> tuple[DeliveryRound, ...]:
    """Where the portions of one meal go, by street. Raises NotAllowed, MenuUnknown.

    Addresses and phones are whole, so each reading goes into the record of deeds, once for every person.
    """
    menu = menu_at(session, actor, menu_id)
    stops = [booked for booked in bookings_of(session, [menu.id]) if booked.row.delivery]
    rounds: dict[str | None, list[DeliveryStop]] = defaultdict(list)
    for booked in stops:
        rounds[booked.person.street].append(_stop(session, booked))
        audit.record(
            session,
            actor,
            "delivery_address_read",
            city=menu.city,
            person_id=booked.person.id,
            subject_id=booked.row.id,
            now=now,
        )
    session.flush()
    return tuple(
        DeliveryRound(street, sum(stop.quantity for stop in doors), tuple(sorted(doors, key=_by_door)))
        for street, doors in sorted(rounds.items(), key=lambda it: it[0] or "")
    )


def cook_list(session: Session, menu: MenuRow, now: datetime) -> CookList:
    """What to cook for one meal; the right to see it was checked."""
    bookings = bookings_of(session, [menu.id])
    diets: Counter[Diet] = Counter()
    allergies: Counter[Allergen] = Counter()
    for booked in bookings:
        diets.update(dict.fromkeys(booked.marks.diets, booked.row.quantity))
        allergies.update(dict.fromkeys(booked.marks.allergies, booked.row.quantity))
    return CookList(
        menu=menu_view(menu),
        is_final=now > menu.order_until_at,
        portions=_portions(bookings),
        to_eat_there=_portions([booked for booked in bookings if not booked.row.delivery]),
        to_deliver=_portions([booked for booked in bookings if booked.row.delivery]),
        served=_portions([booked for booked in bookings if booked.row.status == "served"]),
        not_picked_up=_portions([booked for booked in bookings if booked.row.status == "not_picked_up"]),
        waiting=menu.slot.waiting,
        diets={diet: diets[diet] for diet in Diet if diets[diet]},
        allergies={allergen: allergies[allergen] for allergen in Allergen if allergies[allergen]},
        special=tuple(
            SpecialMeal(
                booked.row.pick_up_number,
                booked.person.masked_name,
                booked.row.quantity,
                booked.row.delivery,
                booked.marks,
            )
            for booked in bookings
            if booked.marks.diets or booked.marks.allergies
        ),
        is_closed=menu.closed_at is not None,
    )


def _portions(bookings: Sequence[Booked]) -> int:
    return sum(booked.row.quantity for booked in bookings)


def _stop(session: Session, booked: Booked) -> DeliveryStop:
    vault, person, row = vault_of(session), booked.person, booked.row
    return DeliveryStop(
        booking_id=row.id,
        pick_up_number=row.pick_up_number,
        masked_name=person.masked_name,
        quantity=row.quantity,
        to_pay_fen=row.to_pay_fen,
        marks=booked.marks,
        status=row.status,
        community=person.community,
        address=vault.open(person.address_sealed, context=ADDRESS) if person.address_sealed else None,
        phone=vault.open(person.phone_sealed, context=PHONE) if person.phone_sealed else None,
    )


def _by_door(stop: DeliveryStop) -> tuple[str, str, int]:
    return stop.community or "", stop.address or "", stop.pick_up_number
