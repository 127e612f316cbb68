"""Canteens, menus and bookings as stored. The constraints are what makes double booking and overbooking impossible."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.database.tables import Table

ONE_A_MEAL = "uq_meal_bookings_one_a_meal"


class CanteenRow(Table):
    """A place that serves meals: a canteen with a kitchen of its own, or a point served from elsewhere."""

    __tablename__ = "canteens"
    __table_args__ = (
        CheckConstraint("kind IN ('senior_canteen', 'meal_point')", name="kind"),
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
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class MenuRow(Table):
    """What one canteen serves for one meal of one day, to how many, and until when it takes orders."""

    __tablename__ = "menus"
    __table_args__ = (
        UniqueConstraint("canteen_id", "day", "meal"),
        Index("ix_menus_day_meal", "day", "meal"),
        CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name="meal"),
        CheckConstraint("price_fen >= 0", name="price"),
        CheckConstraint("portions_booked BETWEEN 0 AND portions", name="portions"),
    )

    canteen_id: Mapped[UUID] = mapped_column(ForeignKey("canteens.id"))
    day: Mapped[date]
    meal: Mapped[str]
    dishes: Mapped[list[str]]
    tags: Mapped[list[str]]
    price_fen: Mapped[int]
    portions: Mapped[int]
    portions_booked: Mapped[int] = mapped_column(default=0)
    last_pick_up_number: Mapped[int] = mapped_column(default=0)
    order_until_at: Mapped[datetime]
    served_from: Mapped[time]
    served_until: Mapped[time]

    canteen: Mapped[CanteenRow] = relationship(lazy="joined", innerjoin=True)


class MealBookingRow(Table):
    """A booked meal, with the price as it was shown and agreed. Cancelled ones stay, with when and through what."""

    __tablename__ = "meal_bookings"
    __table_args__ = (
        Index(ONE_A_MEAL, "person_id", "day", "meal", unique=True, postgresql_where="status = 'booked'"),
        UniqueConstraint("menu_id", "pick_up_number"),
        CheckConstraint("status IN ('booked', 'cancelled')", name="status"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("to_pay_fen = price_fen - subsidy_fen + delivery_fee_fen", name="split"),
        CheckConstraint("subsidy_fen BETWEEN 0 AND price_fen", name="subsidy"),
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
    to_pay_fen: Mapped[int]
    subsidy_rule: Mapped[str]
    status: Mapped[str] = mapped_column(default="booked")
    request_id: Mapped[UUID] = mapped_column(unique=True)
    pick_up_number: Mapped[int]
    booked_at: Mapped[datetime]
    booked_through: Mapped[str]
    cancelled_at: Mapped[datetime | None]
    cancelled_through: Mapped[str | None]

    menu: Mapped[MenuRow] = relationship(lazy="joined", innerjoin=True)
