"""Home adaptation counts for a whole household: who stands in one case stands in no other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0030"
branch_labels = None
depends_on = None

# Cases that count: all but those that ended without work.
COUNTS = "a.state NOT IN ('refused', 'withdrawn')"
MOST_IN_A_HOUSEHOLD = 8


def upgrade() -> None:
    op.create_table(
        "adaptation_household_members",
        sa.Column("adaptation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adaptation_id"], ["adaptations.id"], name=op.f("fk_adaptation_household_members_adaptation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adaptation_household_members")),
        sa.UniqueConstraint("person_id", name=op.f("uq_adaptation_household_members_one_case")),
    )
    op.create_index(
        op.f("ix_adaptation_household_members_adaptation_id"), "adaptation_household_members", ["adaptation_id"]
    )
    _enter_those_who_applied()
    _enter_those_who_live_with_them()


def _enter_those_who_applied() -> None:
    op.execute(
        "INSERT INTO adaptation_household_members (id, city, adaptation_id, person_id) "
        f"SELECT gen_random_uuid(), a.city, a.id, a.person_id FROM adaptations a WHERE {COUNTS}"
    )


def _enter_those_who_live_with_them() -> None:
    """The oldest case first: whoever stands in one already stays there."""
    op.execute(
        "INSERT INTO adaptation_household_members (id, city, adaptation_id, person_id) "
        "SELECT gen_random_uuid(), a.city, a.id, other.id FROM adaptations a "
        "JOIN persons p ON p.id = a.person_id "
        "JOIN persons other ON other.city = p.city AND other.address_index = p.address_index "
        f"AND other.died_on IS NULL WHERE {COUNTS} AND p.address_sealed IS NOT NULL AND "
        "(SELECT count(*) FROM persons c WHERE c.city = p.city AND c.address_index = p.address_index "
        f"AND c.died_on IS NULL) <= {MOST_IN_A_HOUSEHOLD} "
        "ORDER BY a.created_at, a.id ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    op.drop_table("adaptation_household_members")
