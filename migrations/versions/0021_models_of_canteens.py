"""Canteens by the city's models: meal lockers and restaurants beside canteens and meal points."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0040"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('senior_canteen', 'meal_point')"
AFTER = "kind IN ('senior_canteen', 'meal_point', 'smart_meal_locker', 'restaurant')"


def upgrade() -> None:
    """Allow the two other kinds."""
    op.drop_constraint(op.f("ck_canteens_kind"), "canteens", type_="check")
    op.create_check_constraint(op.f("ck_canteens_kind"), "canteens", AFTER)


def downgrade() -> None:
    """Every place that does not cook itself is a meal point again."""
    op.execute("UPDATE canteens SET kind = 'meal_point' WHERE kind <> 'senior_canteen'")
    op.drop_constraint(op.f("ck_canteens_kind"), "canteens", type_="check")
    op.create_check_constraint(op.f("ck_canteens_kind"), "canteens", BEFORE)
