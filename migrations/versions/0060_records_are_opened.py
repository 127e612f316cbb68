"""A worker opens a record with a reason, and it stays open to her for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0042"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "record_openings",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("(reason = 'task') = (task_id IS NOT NULL)", name=op.f("ck_record_openings_task")),
        sa.CheckConstraint("until_at > opened_at", name=op.f("ck_record_openings_until")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_openings")),
    )
    op.create_index(op.f("ix_record_openings_person_id"), "record_openings", ["person_id"])
    op.create_index("ix_record_openings_open", "record_openings", ["staff_id", "until_at"])


def downgrade() -> None:
    op.drop_table("record_openings")
