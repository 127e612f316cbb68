"""What a worker wrote about a certification stays with it, also where no visit was on a list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("certification_proofs", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("certification_proofs", "note")
