"""A meal remembers when she complained about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meal_bookings", sa.Column("complained_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("meal_bookings", "complained_at")
