"""The waiting list of a meal that is full: the first in line whose quantity fits gets what comes free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.calendar import slots
from services.calendar.slots import Places
from services.database import ask, constraint_of, new_id
from services.meals.diets import marks_of
from services.meals.errors import AlreadyWaiting, MenuUnknown, WaitingUnknown
from services.meals.lines import count_ahead, held_wait, leave, waits_of
from services.meals.looking import find_menu, hers_around
from services.meals.offering import Offer, offer, offer_of
from services.meals.tables import ONE_PLACE_IN_LINE, MealWaitRow
from services.meals.turns import give_turn, is_first_who_fits
from services.meals.views import MealQuote, Menu, menu_view

NEW_PLACE = insert(MealWaitRow)
STORED_AS_SHOWN = "id person_id quantity delivery agreed_to_pay_fen status waiting_since_at".split()


class WaitingStatus(StrEnum):
    """Where somebody in line stands."""

    WAITING = "waiting"
    """in line"""
    BOOKED = "booked"
    """a portion came free: booked, and she was told"""
    LEFT = "left"
    """she went, or booked this meal elsewhere"""
    ENDED = "ended"
    """the kitchen began to cook before her turn came: she was told"""
    PRICE_CHANGED = "price_changed"
    """it would cost more than she agreed to: not booked, and she was told"""


@dataclass(frozen=True)
class MealWaiting:
    """A place in the line of a meal. `ahead`: how many stand before her; 0 and meaningless once she no longer waits.
    `booking_id` is what the machine booked for her."""

    id: UUID
    person_id: UUID
    menu: Menu
    quantity: int
    delivery: bool
    agreed_to_pay_fen: int
    status: WaitingStatus
    ahead: int
    waiting_since_at: datetime
    booking_id: UUID | None


def quote_waiting(
    session: Session, actor: Actor, *, person_id: UUID, menu_id: UUID, quantity: int, delivery: bool, now: datetime
) -> MealQuote:
    """What she would get and pay if a portion came free. Raises what `join_waiting_list` would raise now."""
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    wanted = offer(session, person, menu_id, quantity=quantity, delivery=delivery, now=now)
    _require_not_waiting(wanted)
    return wanted.quote(marks_of(session, person_id), now)


def join_waiting_list(
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
) -> MealWaiting:
    """Stand in line for a meal that is full, at the price that she was shown (`quote_waiting`).

    Where a portion came free in the meantime it is booked at once: then `status` is `booked`. The same `request_id`
    again answers with the same place in line. Raises NotAllowed, AlreadyWaiting, and what `book_meal` raises but
    MealFull.
    """
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    person = people.hold_person(session, actor, person_id=person_id)
    found = find_menu(session, menu_id)
    if found is None:
        raise MenuUnknown()
    own = hers_around(session, person_id, found.menu.day, request_id=request_id)
    if own.waiting_by_request is not None:
        return waiting_view(session, session.get_one(MealWaitRow, own.waiting_by_request))
    wanted = offer_of(person, found, own, quantity=quantity, delivery=delivery, now=now)
    _require_not_waiting(wanted)
    wanted.require_agreed(agreed_to_pay_fen)
    return stand_in_line(session, actor, wanted, request_id=request_id, now=now)


def stand_in_line(session: Session, actor: Actor, wanted: Offer, *, request_id: UUID, now: datetime) -> MealWaiting:
    """Stand at the end of the line, or get it at once where nobody is before her and it fits."""
    waiting, places = _joined(session, actor, wanted, request_id, now)
    # A line is long where nothing is left, and then nobody needs to look who is first in it.
    if wanted.quantity > places.free:
        return waiting
    row = session.get_one(MealWaitRow, waiting.id)
    if is_first_who_fits(session, row):
        give_turn(session, row, now=now)
    return waiting_view(session, row)


def leave_waiting_list(session: Session, actor: Actor, *, waiting_id: UUID, now: datetime) -> MealWaiting:
    """Go out of the line; who is not in it any more comes back as she is. Raises NotAllowed, WaitingUnknown."""
    wanted = select(MealWaitRow).where(MealWaitRow.id == waiting_id)
    row = session.scalar(wanted)
    if row is None:
        raise WaitingUnknown()
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=row.person_id)
    people.hold(session, row.person_id)
    row = held_wait(session, wanted)
    assert row is not None
    if row.status == WaitingStatus.WAITING:
        leave(session, row, WaitingStatus.LEFT, now)
        _record(session, actor, "meal_line_left", row, row.city, now)
    return waiting_view(session, row)


def get_waiting(session: Session, actor: Actor, *, waiting_id: UUID) -> MealWaiting:
    """One place in line. Raises NotAllowed, WaitingUnknown."""
    row = session.get(MealWaitRow, waiting_id, populate_existing=True)
    if row is None:
        raise WaitingUnknown()
    people.require_for(session, actor, Capability.SEE_MEALS, person_id=row.person_id)
    return waiting_view(session, row)


def list_waiting(session: Session, actor: Actor, *, person_id: UUID, from_day: date) -> tuple[MealWaiting, ...]:
    """Where she stands in line for meals from a day on, soonest first. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_MEALS, person_id=person_id)
    return tuple(waiting_view(session, row) for row in waits_of(session, person_id, from_day))


def waiting_view(session: Session, row: MealWaitRow) -> MealWaiting:
    """The place in line of a row."""
    status = WaitingStatus(row.status)
    return MealWaiting(
        id=row.id,
        person_id=row.person_id,
        menu=menu_view(row.menu),
        quantity=row.quantity,
        delivery=row.delivery,
        agreed_to_pay_fen=row.agreed_to_pay_fen,
        status=status,
        ahead=count_ahead(session, row) if status is WaitingStatus.WAITING else 0,
        waiting_since_at=row.waiting_since_at,
        booking_id=row.booking_id,
    )


def _require_not_waiting(wanted: Offer) -> None:
    if wanted.waiting_id is not None:
        menu = wanted.menu
        raise AlreadyWaiting(waiting_id=wanted.waiting_id, day=menu.day, meal=menu.meal.value)


def _joined(
    session: Session, actor: Actor, wanted: Offer, request_id: UUID, now: datetime
) -> tuple[MealWaiting, Places]:
    """Her place at the end of the line, and how the slot stands with her in it."""
    person, places = wanted.person, slots.join_line(session, wanted.slot_id)
    waiting = MealWaiting(
        id=new_id(),
        person_id=person.id,
        menu=replace(wanted.menu, portions_left=0, waiting=places.waiting),
        quantity=wanted.quantity,
        delivery=wanted.delivery,
        agreed_to_pay_fen=wanted.split.to_pay_fen,
        status=WaitingStatus.WAITING,
        # The slot is held, so everybody else in the line is before her.
        ahead=places.waiting - 1,
        waiting_since_at=now,
        booking_id=None,
    )
    row = {name: getattr(waiting, name) for name in STORED_AS_SHOWN} | {
        "city": person.city,
        "menu_id": wanted.menu.id,
        "day": wanted.menu.day,
        "meal": wanted.menu.meal,
        "number": places.last_waiting_number,
        "request_id": request_id,
        "waiting_through": actor.channel,
    }
    try:
        ask(session, NEW_PLACE, row)
    except IntegrityError as error:
        if constraint_of(error) == ONE_PLACE_IN_LINE:
            raise AlreadyWaiting(day=wanted.menu.day, meal=wanted.menu.meal) from error
        raise
    _record(session, actor, "meal_line_joined", waiting, person.city, now)
    return waiting, places


def _record(
    session: Session, actor: Actor, deed: str, place: MealWaiting | MealWaitRow, city: str, now: datetime
) -> None:
    audit.record(session, actor, deed, city=city, person_id=place.person_id, subject_id=place.id, now=now)
    session.flush()
