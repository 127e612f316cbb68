"""What happens in a community, as its workers enter it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "community_activities",
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("places_left", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("called_off_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_community_activities_ends")),
        sa.CheckConstraint("places_left >= 0", name=op.f("ck_community_activities_places_left")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_activities")),
    )
    op.create_index("ix_community_activities_coming", "community_activities", ["city", "community", "starts_at"])


def downgrade() -> None:
    op.drop_table("community_activities")
