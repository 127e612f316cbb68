"""Meals with both sides of the counter: portions become places of a slot, people wait in line, order by the week, say
what they must not eat; canteens have hours and a place on the map, serve, and settle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TEXTS, NUMBERS = postgresql.ARRAY(sa.Text()), postgresql.ARRAY(sa.Integer())
MEALS = "meal IN ('breakfast', 'lunch', 'dinner')"
SPLIT = "to_pay_fen = price_fen - subsidy_fen + delivery_fee_fen"

# A menu and its slot had one row until now, so the slot takes over the menu's id.
SLOTS_FROM_MENUS = """
INSERT INTO slots
    (id, city, kind, place_id, starts_at, ends_at, places, taken, waiting, last_number, last_waiting_number)
SELECT id, city, 'meal', canteen_id, (day + served_from) AT TIME ZONE 'Asia/Shanghai',
    (day + served_until) AT TIME ZONE 'Asia/Shanghai', portions, portions_booked, 0, last_pick_up_number, 0
FROM menus
"""
MENUS_FROM_SLOTS = """
UPDATE menus SET portions = slots.places, portions_booked = slots.taken, last_pick_up_number = slots.last_number,
    served_from = (slots.starts_at AT TIME ZONE 'Asia/Shanghai')::time,
    served_until = (slots.ends_at AT TIME ZONE 'Asia/Shanghai')::time
FROM slots WHERE slots.id = menus.slot_id
"""
DIETS_FROM_TAGS = """
UPDATE menus SET slot_id = id,
    diets = array_remove(ARRAY[CASE WHEN '软食' = ANY(tags) THEN 'soft_food' END,
                               CASE WHEN '低盐' = ANY(tags) THEN 'low_salt' END], NULL)
"""
TAGS_FROM_DIETS = """
UPDATE menus SET tags = array_remove(ARRAY[CASE WHEN 'soft_food' = ANY(diets) THEN '软食' END,
                                           CASE WHEN 'low_salt' = ANY(diets) THEN '低盐' END], NULL)
"""
HOURS = {"opens_at": ("06:30", sa.Time()), "closes_at": ("19:00", sa.Time()), "open_on": ("{1,2,3,4,5,6,7}", NUMBERS)}


def upgrade() -> None:
    _slots()
    _canteens_and_menus()
    _bookings()
    _waits()
    _standing_orders()
    op.create_table(
        "dietary_marks",
        *_own("dietary_marks"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("diets", TEXTS, nullable=False),
        sa.Column("allergies", TEXTS, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        _to("dietary_marks", "person_id", "persons"),
        sa.UniqueConstraint("person_id", name=op.f("uq_dietary_marks_person_id")),
        sa.CheckConstraint("diets <@ ARRAY['soft_food', 'low_salt']", name=op.f("ck_dietary_marks_diets")),
        sa.CheckConstraint("allergies <@ ARRAY['peanut', 'seafood', 'egg']", name=op.f("ck_dietary_marks_allergies")),
    )


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _slots() -> None:
    op.create_table(
        "slots",
        *_own("slots"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        *_whole("places", "taken", "waiting", "last_number", "last_waiting_number"),
        sa.CheckConstraint("taken BETWEEN 0 AND places", name=op.f("ck_slots_taken")),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_slots_waiting")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_slots_times")),
    )
    op.create_index("ix_slots_place_id_starts_at", "slots", ["place_id", "starts_at"])
    op.execute(SLOTS_FROM_MENUS)


def _canteens_and_menus() -> None:
    for name, (hours, form) in HOURS.items():
        op.add_column("canteens", sa.Column(name, form, nullable=False, server_default=hours))
        op.alter_column("canteens", name, server_default=None)
    for name in ("longitude", "latitude"):
        op.add_column("canteens", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("menus", sa.Column("slot_id", sa.Uuid(), nullable=True))
    op.add_column("menus", sa.Column("closed_at", MOMENT, nullable=True))
    for name in ("diets", "allergens"):
        op.add_column("menus", sa.Column(name, TEXTS, nullable=False, server_default="{}"))
        op.alter_column("menus", name, server_default=None)
    op.execute(DIETS_FROM_TAGS)
    op.alter_column("menus", "slot_id", nullable=False)
    op.create_foreign_key(op.f("fk_menus_slot_id"), "menus", "slots", ["slot_id"], ["id"])
    op.create_unique_constraint(op.f("uq_menus_slot_id"), "menus", ["slot_id"])
    op.drop_constraint(op.f("ck_menus_portions"), "menus", type_="check")
    for name in ("tags", "portions", "portions_booked", "last_pick_up_number", "served_from", "served_until"):
        op.drop_column("menus", name)


def _bookings() -> None:
    op.add_column("meal_bookings", sa.Column("delivery_subsidy_fen", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("meal_bookings", "delivery_subsidy_fen", server_default=None)
    for name in ("changed_at", "served_at", "settled_at"):
        op.add_column("meal_bookings", sa.Column(name, MOMENT, nullable=True))
    for name in ("serving_id", "served_by"):
        op.add_column("meal_bookings", sa.Column(name, sa.Uuid(), nullable=True))
    op.create_unique_constraint(op.f("uq_meal_bookings_serving_id"), "meal_bookings", ["serving_id"])
    for name in ("status", "split"):
        op.drop_constraint(op.f(f"ck_meal_bookings_{name}"), "meal_bookings", type_="check")
    checks = {
        "status": "status IN ('booked', 'served', 'not_picked_up', 'cancelled')",
        "served": "(status = 'served') = (serving_id IS NOT NULL)",
        "split": f"{SPLIT} - delivery_subsidy_fen",
        "delivery_subsidy": "delivery_subsidy_fen BETWEEN 0 AND delivery_fee_fen",
    }
    for name, condition in checks.items():
        op.create_check_constraint(op.f(f"ck_meal_bookings_{name}"), "meal_bookings", condition)
    _one_a_meal("status <> 'cancelled'")
    op.create_index("ix_meal_bookings_person_id_day", "meal_bookings", ["person_id", "day"])


def _one_a_meal(condition: str) -> None:
    name = "uq_meal_bookings_one_a_meal"
    op.drop_index(name, "meal_bookings")
    op.create_index(name, "meal_bookings", ["person_id", "day", "meal"], unique=True, postgresql_where=condition)


def _waits() -> None:
    op.create_table(
        "meal_waits",
        *_own("meal_waits"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("menu_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        *_whole("number", "quantity"),
        sa.Column("delivery", sa.Boolean(), nullable=False),
        *_whole("agreed_to_pay_fen"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("waiting_since_at", MOMENT, nullable=False),
        sa.Column("waiting_through", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        _to("meal_waits", "person_id", "persons"),
        _to("meal_waits", "menu_id", "menus"),
        _to("meal_waits", "booking_id", "meal_bookings"),
        sa.UniqueConstraint("menu_id", "number", name=op.f("uq_meal_waits_menu_id_number")),
        sa.UniqueConstraint("request_id", name=op.f("uq_meal_waits_request_id")),
        sa.CheckConstraint(
            "status IN ('waiting', 'booked', 'left', 'ended', 'price_changed')", name=op.f("ck_meal_waits_status")
        ),
        sa.CheckConstraint("(status = 'waiting') = (ended_at IS NULL)", name=op.f("ck_meal_waits_ended")),
        sa.CheckConstraint("(status = 'booked') = (booking_id IS NOT NULL)", name=op.f("ck_meal_waits_booking")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_meal_waits_quantity")),
    )
    op.create_index(
        "uq_meal_waits_one_a_meal",
        "meal_waits",
        ["person_id", "day", "meal"],
        unique=True,
        postgresql_where="status = 'waiting'",
    )


def _standing_orders() -> None:
    op.create_table(
        "meal_standing_orders",
        *_own("meal_standing_orders"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("canteen_id", sa.Uuid(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("weekdays", NUMBERS, nullable=False),
        *_whole("quantity", "highest_price_fen"),
        sa.Column("delivery", sa.Boolean(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("placed_through", sa.Text(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_through", sa.Text(), nullable=True),
        _to("meal_standing_orders", "person_id", "persons"),
        _to("meal_standing_orders", "canteen_id", "canteens"),
        sa.UniqueConstraint("request_id", name=op.f("uq_meal_standing_orders_request_id")),
        sa.CheckConstraint(MEALS, name=op.f("ck_meal_standing_orders_meal")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_meal_standing_orders_quantity")),
        sa.CheckConstraint("highest_price_fen >= 0", name=op.f("ck_meal_standing_orders_highest_price")),
        sa.CheckConstraint(
            "cardinality(weekdays) >= 1 AND weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]",
            name=op.f("ck_meal_standing_orders_weekdays"),
        ),
    )
    op.create_index("ix_meal_standing_orders_person_id", "meal_standing_orders", ["person_id"])
    op.create_table(
        "meal_standing_days",
        *_own("meal_standing_days"),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        _to("meal_standing_days", "order_id", "meal_standing_orders"),
        _to("meal_standing_days", "booking_id", "meal_bookings"),
        sa.UniqueConstraint("order_id", "day", name=op.f("uq_meal_standing_days_order_id_day")),
    )


def downgrade() -> None:
    for table in ("dietary_marks", "meal_standing_days", "meal_standing_orders", "meal_waits"):
        op.drop_table(table)
    for name in ("status", "served", "split", "delivery_subsidy"):
        op.drop_constraint(op.f(f"ck_meal_bookings_{name}"), "meal_bookings", type_="check")
    # What was eaten, and what nobody came for, had been booked.
    op.execute("UPDATE meal_bookings SET status = 'booked', serving_id = NULL WHERE status <> 'cancelled'")
    op.execute("UPDATE meal_bookings SET delivery_fee_fen = delivery_fee_fen - delivery_subsidy_fen")
    op.create_check_constraint(op.f("ck_meal_bookings_status"), "meal_bookings", "status IN ('booked', 'cancelled')")
    op.create_check_constraint(op.f("ck_meal_bookings_split"), "meal_bookings", SPLIT)
    op.drop_index("ix_meal_bookings_person_id_day", "meal_bookings")
    _one_a_meal("status = 'booked'")
    op.drop_constraint(op.f("uq_meal_bookings_serving_id"), "meal_bookings", type_="unique")
    for name in ("delivery_subsidy_fen", "changed_at", "served_at", "settled_at", "serving_id", "served_by"):
        op.drop_column("meal_bookings", name)
    op.add_column("menus", sa.Column("tags", TEXTS, nullable=False, server_default="{}"))
    for name in ("portions", "portions_booked", "last_pick_up_number"):
        op.add_column("menus", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("served_from", "served_until"):
        op.add_column("menus", sa.Column(name, sa.Time(), nullable=False, server_default="00:00"))
    op.execute(MENUS_FROM_SLOTS)
    op.execute(TAGS_FROM_DIETS)
    for name in ("tags", "portions", "portions_booked", "last_pick_up_number", "served_from", "served_until"):
        op.alter_column("menus", name, server_default=None)
    op.create_check_constraint(op.f("ck_menus_portions"), "menus", "portions_booked BETWEEN 0 AND portions")
    for name in ("slot_id", "closed_at", "diets", "allergens"):
        op.drop_column("menus", name)
    for name in (*HOURS, "longitude", "latitude"):
        op.drop_column("canteens", name)
    op.drop_table("slots")
