"""Staff of canteens and of providers of home care, who work at one place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

OLD_ROLES = "role IN ('community_worker', 'operator')"
ROLES = "role IN ('community_worker', 'operator', 'canteen', 'provider', 'care_worker')"


def upgrade() -> None:
    op.add_column("staff", sa.Column("workplace_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_staff_role"), "staff", type_="check")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", ROLES)
    op.create_check_constraint(
        op.f("ck_staff_workplace"),
        "staff",
        "(role IN ('canteen', 'provider', 'care_worker')) = (workplace_id IS NOT NULL)",
    )


def downgrade() -> None:
    op.execute("DELETE FROM staff WHERE workplace_id IS NOT NULL")
    op.drop_constraint(op.f("ck_staff_workplace"), "staff", type_="check")
    op.drop_constraint(op.f("ck_staff_role"), "staff", type_="check")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", OLD_ROLES)
    op.drop_column("staff", "workplace_id")
