"""How slowly and how loudly the assistant speaks to somebody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "speaking_manners",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("pace", sa.Float(), nullable=False),
        sa.Column("loudness", sa.Float(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("pace BETWEEN 0.7 AND 1.5", name=op.f("ck_speaking_manners_pace")),
        sa.CheckConstraint("loudness BETWEEN 1 AND 3", name=op.f("ck_speaking_manners_loudness")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_speaking_manners_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaking_manners")),
        sa.UniqueConstraint("person_id", name=op.f("uq_speaking_manners_person_id")),
    )


def downgrade() -> None:
    op.drop_table("speaking_manners")
