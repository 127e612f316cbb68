"""Bookings with the people who made them, as the counter needs them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, lazyload

from services.meals.diets import NO_MARKS, DietaryMarks, marks_of_many
from services.meals.tables import MealBookingRow
from services.people import PersonRow, masked_name


@dataclass(frozen=True)
class Guest:
    """Who comes to eat, or is brought a meal."""

    id: UUID
    name: str = field(repr=False)
    street: str | None
    community: str | None
    card_last_four: str | None
    lives_alone: bool | None
    address_sealed: bytes | None = field(repr=False)
    phone_sealed: bytes | None = field(repr=False)

    @property
    def masked_name(self) -> str:
        """Her name as a list on a wall may show it."""
        return masked_name(self.name)


@dataclass(frozen=True)
class Booked:
    """A booking, who made it, and what the kitchen must mind for her."""

    row: MealBookingRow
    person: Guest
    marks: DietaryMarks


def bookings_of(session: Session, menu_ids: Collection[UUID], *, with_cancelled: bool = False) -> list[Booked]:
    """The bookings of these menus, by pick-up number."""
    wanted = select(MealBookingRow).where(MealBookingRow.menu_id.in_(menu_ids))
    if not with_cancelled:
        wanted = wanted.where(MealBookingRow.status != "cancelled")
    return with_guests(session, session.scalars(_plain(wanted)).all())


def with_guests(session: Session, rows: Collection[MealBookingRow]) -> list[Booked]:
    """The same for bookings at hand, in their order."""
    ids = {row.person_id for row in rows}
    guests = {
        guest.id: guest
        for guest in (
            Guest(*columns)
            for columns in session.execute(
                select(
                    PersonRow.id,
                    PersonRow.name,
                    PersonRow.street,
                    PersonRow.community,
                    PersonRow.card_last_four,
                    PersonRow.lives_alone,
                    PersonRow.address_sealed,
                    PersonRow.phone_sealed,
                ).where(PersonRow.id.in_(ids))
            )
        )
    }
    marks = marks_of_many(session, ids)
    return [Booked(row, guests[row.person_id], marks.get(row.person_id, NO_MARKS)) for row in rows]


def _plain(wanted: Select[MealBookingRow]) -> Select[MealBookingRow]:
    """By pick-up number, read anew, and without the menu, which the caller has."""
    return (
        wanted.order_by(MealBookingRow.pick_up_number)
        .options(lazyload(MealBookingRow.menu))
        .execution_options(populate_existing=True)
    )
