"""What a canteen gets for a month: from its guests and from the city, to the fen the sum of its bookings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from services.actor import Actor
from services.clock import local_day
from services.csv_lines import csv_line, yuan
from services.meals.counter.places import canteen_at
from services.meals.subsidy import rule_on
from services.meals.tables import MealBookingRow, MenuRow
from services.meals.views import Canteen, canteen_view

SETTLEMENT_COLUMNS = (
    "day",
    "bookings",
    "portions",
    "price_fen",
    "subsidy_fen",
    "delivery_fee_fen",
    "delivery_subsidy_fen",
    "paid_by_guests_fen",
    "subsidised_diners",
    "operator_subsidy_fen",
    "deliveries",
    "subsidised_deliveries",
    "paid_by_city_fen",
    "total_fen",
    "not_picked_up",
    "still_open",
)


@dataclass(frozen=True)
class SettlementDay:
    """One day, or all of a month. Amounts are of meals that were served; those not picked up are only counted, since
    the city pays for what was really eaten (深圳市长者助餐服务补贴标准: 以老年人实际消费为准).

    `price_fen` = `subsidy_fen` + what guests paid for food; guests paid `paid_by_guests_fen` including delivery.
    `operator_subsidy_fen` is for each subsidised diner, `delivery_subsidy_fen` for each trip to somebody entitled.
    """

    day: date
    bookings: int = 0
    portions: int = 0
    price_fen: int = 0
    subsidy_fen: int = 0
    delivery_fee_fen: int = 0
    delivery_subsidy_fen: int = 0
    paid_by_guests_fen: int = 0
    subsidised_diners: int = 0
    operator_subsidy_fen: int = 0
    deliveries: int = 0
    subsidised_deliveries: int = 0
    not_picked_up: int = 0
    still_open: int = 0

    @property
    def paid_by_city_fen(self) -> int:
        """What the city owes: for meals, for diners, for deliveries."""
        return self.subsidy_fen + self.operator_subsidy_fen + self.delivery_subsidy_fen

    @property
    def total_fen(self) -> int:
        """Everything that the canteen gets."""
        return self.paid_by_guests_fen + self.paid_by_city_fen


@dataclass(frozen=True)
class Settlement:
    """A canteen's month, with a row for each day that had bookings. `total.day` is the first of the month; `is_final`:
    the month is over and every meal of it is closed."""

    canteen: Canteen
    month: date
    days: tuple[SettlementDay, ...]
    total: SettlementDay
    is_final: bool


def get_settlement(session: Session, actor: Actor, *, canteen_id: UUID, month: date, now: datetime) -> Settlement:
    """The month that `month` is in. Raises NotAllowed, CanteenUnknown."""
    canteen = canteen_at(session, actor, canteen_id)
    first = month.replace(day=1)
    until = (first + timedelta(days=31)).replace(day=1)
    days = tuple(_day(row) for row in session.execute(_by_day(canteen_id, first, until)))
    still_open = session.scalar(
        select(func.count())
        .select_from(MenuRow)
        .where(MenuRow.canteen_id == canteen_id, MenuRow.day >= first, MenuRow.day < until, MenuRow.closed_at.is_(None))
    )
    is_over = local_day(now) >= until
    return Settlement(canteen_view(canteen), first, days, _total(first, days), is_over and not still_open)


def settlement_csv(settlement: Settlement, *, headings: tuple[str, ...], total_words: str) -> str:
    """The settlement as CSV: a row for each day, then the total; amounts in yuan with two decimals. `headings` are the
    words over the columns, in the order of `SETTLEMENT_COLUMNS`. No cell begins a formula."""
    lines = [csv_line(headings)]
    lines += [csv_line((day.day.isoformat(), *_cells(day))) for day in settlement.days]
    lines.append(csv_line((total_words, *_cells(settlement.total))))
    return "".join(lines)


def _cells(day: SettlementDay) -> list[str]:
    return [
        yuan(getattr(day, column)) if column.endswith("_fen") else str(getattr(day, column))
        for column in SETTLEMENT_COLUMNS[1:]
    ]


def _by_day(canteen_id: UUID, first: date, until: date) -> Select[*tuple[Any, ...]]:
    """One row for each day, and for each rule of the subsidy there is one on a day."""
    served, row = MealBookingRow.status == "served", MealBookingRow

    def of_served(column: SQLColumnExpression[int]) -> ColumnElement[int]:
        return func.coalesce(func.sum(column).filter(served), 0)

    def count(*conditions: SQLColumnExpression[bool]) -> ColumnElement[int]:
        return func.count().filter(*conditions)

    return (
        select(
            row.day,
            count(served).label("bookings"),
            of_served(row.quantity).label("portions"),
            of_served(row.price_fen).label("price_fen"),
            of_served(row.subsidy_fen).label("subsidy_fen"),
            of_served(row.delivery_fee_fen).label("delivery_fee_fen"),
            of_served(row.delivery_subsidy_fen).label("delivery_subsidy_fen"),
            of_served(row.to_pay_fen).label("paid_by_guests_fen"),
            count(served, row.subsidy_fen > 0).label("subsidised_diners"),
            count(served, row.delivery).label("deliveries"),
            count(served, row.delivery_subsidy_fen > 0).label("subsidised_deliveries"),
            count(row.status == "not_picked_up").label("not_picked_up"),
            count(row.status == "booked").label("still_open"),
        )
        .join(MenuRow, MenuRow.id == row.menu_id)
        .where(MenuRow.canteen_id == canteen_id, row.day >= first, row.day < until, row.status != "cancelled")
        .group_by(row.day)
        .order_by(row.day)
    )


def _day(row: Row[*tuple[Any, ...]]) -> SettlementDay:
    counted = dict(row._mapping)
    rule = rule_on(counted["day"])
    for_a_diner = rule.operator_fen_a_diner if rule else 0
    return SettlementDay(**counted, operator_subsidy_fen=counted["subsidised_diners"] * for_a_diner)


def _total(first: date, days: Iterable[SettlementDay]) -> SettlementDay:
    sums = Counter[str]()
    for day in days:
        sums.update({each.name: getattr(day, each.name) for each in fields(day) if each.name != "day"})
    return SettlementDay(first, **sums)
