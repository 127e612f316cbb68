"""Text messages about meals, written in the transaction that causes them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from services import people
from services.meals.views import MealBooking, Menu
from services.messages import queue_message
from services.people import Person


def tell_about(session: Session, person: Person, template: str, menu: Menu, now: datetime, **more: object) -> None:
    """Text her something about one meal: its day, its name and its canteen are in every such text."""
    tell(session, person, template, now, day=menu.day, meal=menu.meal.value, canteen=menu.canteen.name, **more)


def tell_booked(session: Session, person: Person, booking: MealBooking, template: str, now: datetime) -> None:
    """Text her what is booked now, what it costs, and until when she can cancel."""
    tell_about(
        session,
        person,
        template,
        booking.menu,
        now,
        how=booking.menu.canteen.way(delivery=booking.delivery).value,
        to_pay=booking.split.to_pay_fen,
        number=booking.pick_up_number,
        until=booking.cancel_until_at,
    )


def tell(session: Session, person: Person, template: str, now: datetime, **variables: object) -> None:
    """Text her, where she has a phone."""
    phone = people.phone_to_reach(session, person)
    if phone is None:
        return
    said: dict[str, str | int | date] = {"name": person.masked_name}
    for name, value in variables.items():
        assert isinstance(value, str | int | date)
        said[name] = value
    queue_message(
        session,
        template,
        city=person.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person.id,
        **said,
    )
