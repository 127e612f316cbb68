"""A supervisor reads what the staff did, and unusual reading is flagged for her."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OLD_ROLES = "role IN ('community_worker', 'operator', 'canteen', 'provider', 'care_worker')"
ROLES = "role IN ('community_worker', 'operator', 'supervisor', 'canteen', 'provider', 'care_worker')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_staff_role"), "staff", type_="check")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", ROLES)
    op.add_column("staff", sa.Column("home_address_sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "reading_flags",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("looked_into_at", MOMENT, nullable=True),
        sa.Column("looked_into_by", sa.Uuid(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("records > 0", name=op.f("ck_reading_flags_records")),
        sa.CheckConstraint(
            "num_nonnulls(looked_into_at, looked_into_by, note_sealed) IN (0, 3)",
            name=op.f("ck_reading_flags_looked_into"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_flags")),
        sa.UniqueConstraint("staff_id", "on_day", "kind", name=op.f("uq_reading_flags_staff_id_on_day_kind")),
    )
    # The trail is read by day; most deeds are not of the staff.
    op.create_index(
        "ix_audit_entries_of_staff", "audit_entries", ["at"], postgresql_where=sa.text("actor_staff_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_audit_entries_of_staff", "audit_entries")
    op.drop_table("reading_flags")
    op.drop_column("staff", "home_address_sealed")
    op.execute("DELETE FROM staff_recovery_codes USING staff s WHERE s.id = staff_id AND s.role = 'supervisor'")
    op.execute("DELETE FROM staff_sessions USING staff s WHERE s.id = staff_id AND s.role = 'supervisor'")
    op.execute("DELETE FROM staff WHERE role = 'supervisor'")
    op.drop_constraint(op.f("ck_staff_role"), "staff", type_="check")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", OLD_ROLES)
