"""ID numbers under which somebody was known before: what other registers still say under them is said of her."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_id_numbers",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_former_id_numbers_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["registry_findings.id"], name=op.f("fk_former_id_numbers_finding_id_registry_findings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_id_numbers")),
        sa.UniqueConstraint("id_number_index", name=op.f("uq_former_id_numbers_id_number_index")),
    )


def downgrade() -> None:
    op.drop_table("former_id_numbers")
