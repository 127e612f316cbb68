"""Canteens, menus and bookings as stored. The constraints are what makes double booking and overbooking impossible."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.calendar.slots import SlotRow
from services.database.tables import Table

ONE_A_MEAL = "uq_meal_bookings_one_a_meal"
ONE_PLACE_IN_LINE = "uq_meal_waits_one_a_meal"
# Portions of a menu are the places of its slot.
SLOT_KIND = "meal"
KINDS = "kind IN ('senior_canteen', 'meal_point', 'smart_meal_locker', 'restaurant')"
MEALS = "meal IN ('breakfast', 'lunch', 'dinner')"


class CanteenRow(Table):
    """A place that serves meals; `kind` is a CanteenKind."""

    __tablename__ = "canteens"
    __table_args__ = (
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint("delivery_fee_fen >= 0", name="delivery_fee"),
    )

    name: Mapped[str]
    kind: Mapped[str]
    district: Mapped[str]
    street: Mapped[str]
    community: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    delivers: Mapped[bool]
    delivery_fee_fen: Mapped[int]
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    open_on: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class MenuRow(Table):
    """What one canteen serves for one meal of one day, and until when it takes orders. Its slot has how many portions,
    how many are left, and when it is served. `closed_at`: when what was not picked up was marked."""

    __tablename__ = "menus"
    __table_args__ = (
        UniqueConstraint("canteen_id", "day", "meal"),
        Index("ix_menus_day_meal", "day", "meal"),
        CheckConstraint(MEALS, name="meal"),
        CheckConstraint("price_fen >= 0", name="price"),
    )

    canteen_id: Mapped[UUID] = mapped_column(ForeignKey("canteens.id"))
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slots.id"), unique=True)
    day: Mapped[date]
    meal: Mapped[str]
    dishes: Mapped[list[str]]
    diets: Mapped[list[str]]
    allergens: Mapped[list[str]]
    price_fen: Mapped[int]
    order_until_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    canteen: Mapped[CanteenRow] = relationship(lazy="joined", innerjoin=True)
    slot: Mapped[SlotRow] = relationship(lazy="joined", innerjoin=True)


class MealBookingRow(Table):
    """A booked meal, with the price as it was shown and agreed. Cancelled ones stay, with when and through what.

    `serving_id` is the till's own name of the serving, made where the meal was handed out. `settled_at`: when it was
    known here that it was served, or that nobody came. `complained_at`: when she first complained about it.
    """

    __tablename__ = "meal_bookings"
    __table_args__ = (
        Index(ONE_A_MEAL, "person_id", "day", "meal", unique=True, postgresql_where="status <> 'cancelled'"),
        Index("ix_meal_bookings_person_id_day", "person_id", "day"),
        UniqueConstraint("menu_id", "pick_up_number"),
        CheckConstraint("status IN ('booked', 'served', 'not_picked_up', 'cancelled')", name="status"),
        CheckConstraint("(status = 'served') = (serving_id IS NOT NULL)", name="served"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("to_pay_fen = price_fen - subsidy_fen + delivery_fee_fen - delivery_subsidy_fen", name="split"),
        CheckConstraint("subsidy_fen BETWEEN 0 AND price_fen", name="subsidy"),
        CheckConstraint("delivery_subsidy_fen BETWEEN 0 AND delivery_fee_fen", name="delivery_subsidy"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    menu_id: Mapped[UUID] = mapped_column(ForeignKey("menus.id"))
    day: Mapped[date]
    meal: Mapped[str]
    quantity: Mapped[int]
    delivery: Mapped[bool]
    price_fen: Mapped[int]
    subsidy_fen: Mapped[int]
    delivery_fee_fen: Mapped[int]
    delivery_subsidy_fen: Mapped[int]
    to_pay_fen: Mapped[int]
    subsidy_rule: Mapped[str]
    status: Mapped[str] = mapped_column(default="booked")
    request_id: Mapped[UUID] = mapped_column(unique=True)
    pick_up_number: Mapped[int]
    booked_at: Mapped[datetime]
    booked_through: Mapped[str]
    changed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_through: Mapped[str | None]
    serving_id: Mapped[UUID | None] = mapped_column(unique=True)
    served_at: Mapped[datetime | None]
    served_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    complained_at: Mapped[datetime | None]

    menu: Mapped[MenuRow] = relationship(lazy="joined", innerjoin=True)


class MealWaitRow(Table):
    """A place in the line of a meal that is full, with the price that she agreed to."""

    __tablename__ = "meal_waits"
    __table_args__ = (
        Index(ONE_PLACE_IN_LINE, "person_id", "day", "meal", unique=True, postgresql_where="status = 'waiting'"),
        UniqueConstraint("menu_id", "number"),
        CheckConstraint("status IN ('waiting', 'booked', 'left', 'ended', 'price_changed')", name="status"),
        CheckConstraint("(status = 'waiting') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(status = 'booked') = (booking_id IS NOT NULL)", name="booking"),
        CheckConstraint("quantity >= 1", name="quantity"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    menu_id: Mapped[UUID] = mapped_column(ForeignKey("menus.id"))
    day: Mapped[date]
    meal: Mapped[str]
    number: Mapped[int]
    quantity: Mapped[int]
    delivery: Mapped[bool]
    agreed_to_pay_fen: Mapped[int]
    status: Mapped[str] = mapped_column(default="waiting")
    request_id: Mapped[UUID] = mapped_column(unique=True)
    waiting_since_at: Mapped[datetime]
    waiting_through: Mapped[str]
    ended_at: Mapped[datetime | None]
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("meal_bookings.id"))

    menu: Mapped[MenuRow] = relationship(lazy="joined", innerjoin=True)


class StandingOrderRow(Table):
    """The same meal every week. `told_at`: when a text last told her what was booked for it."""

    __tablename__ = "meal_standing_orders"
    __table_args__ = (
        Index("ix_meal_standing_orders_person_id", "person_id"),
        CheckConstraint(MEALS, name="meal"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("highest_price_fen >= 0", name="highest_price"),
        CheckConstraint("cardinality(weekdays) >= 1 AND weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]", name="weekdays"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    canteen_id: Mapped[UUID] = mapped_column(ForeignKey("canteens.id"))
    meal: Mapped[str]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    quantity: Mapped[int]
    delivery: Mapped[bool]
    highest_price_fen: Mapped[int]
    from_day: Mapped[date]
    request_id: Mapped[UUID] = mapped_column(unique=True)
    placed_at: Mapped[datetime]
    placed_through: Mapped[str]
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_through: Mapped[str | None]

    canteen: Mapped[CanteenRow] = relationship(lazy="joined", innerjoin=True)


class StandingDayRow(Table):
    """What became of one day of a standing order: `booked`, `waiting`, or the code of why not. Written once, so that a
    meal that she cancelled is not booked again."""

    __tablename__ = "meal_standing_days"
    __table_args__ = (UniqueConstraint("order_id", "day"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("meal_standing_orders.id"))
    day: Mapped[date]
    outcome: Mapped[str]
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("meal_bookings.id"))
    decided_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class DietaryMarksRow(Table):
    """What somebody asked the kitchens to mind."""

    __tablename__ = "dietary_marks"
    __table_args__ = (
        CheckConstraint("diets <@ ARRAY['soft_food', 'low_salt']", name="diets"),
        CheckConstraint("allergies <@ ARRAY['peanut', 'seafood', 'egg']", name="allergies"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), unique=True)
    diets: Mapped[list[str]]
    allergies: Mapped[list[str]]
    set_at: Mapped[datetime]
