"""Faster registers: what is sealed in a statement stands in columns of its own, as it does in `persons`, and not as
text inside the JSON. The digest of a statement tells sources apart by itself now, so that its index can be small.

Statements of before get digests that nobody computes: where a source says the same again, there is one statement more.

And what becomes of findings: who settled them and how, other names of one person, and what a worker decided as a
statement of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SEALED = ("address_sealed", "address_index", "phone_sealed", "phone_index")
OLD_KEY = "uq_registry_records_id_number_index_kind_source_digest_city"
SETTLED = {
    "decision": sa.Text(),
    "reason": sa.Text(),
    "settled_at": sa.DateTime(timezone=True),
    "settled_on": sa.Date(),
    "settled_by": sa.Uuid(),
}
NEW_KEY = "uq_registry_records_id_number_index_digest_city"
TO_IMPORT = "fk_registry_records_import_id"


def upgrade() -> None:
    for column in SEALED:
        op.add_column("registry_records", sa.Column(column, sa.LargeBinary(), nullable=True))
    decoded = ", ".join(f"{column} = decode(facts ->> '{column}', 'base64')" for column in SEALED)
    # Two sources that said the same had the same digest.
    told_apart = "digest = sha256(digest || convert_to(kind || '/' || source, 'UTF8'))"
    op.execute(f"UPDATE registry_records SET {decoded}, {told_apart}, facts = facts - ARRAY{list(SEALED)}")
    op.drop_constraint(TO_IMPORT, "registry_records", type_="foreignkey")
    op.create_unique_constraint(NEW_KEY, "registry_records", ["id_number_index", "digest", "city"])
    op.drop_constraint(OLD_KEY, "registry_records", type_="unique")
    op.alter_column("registry_records", "import_id", existing_type=sa.Uuid(), nullable=True)
    op.add_column("registry_records", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    for name, form in SETTLED.items():
        op.add_column("registry_findings", sa.Column(name, form, nullable=True))
    op.add_column("registry_findings", sa.Column("has_changed", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("registry_findings", "has_changed", server_default=None)
    op.create_table(
        "registry_other_names",
        sa.Column("id_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["registry_findings.id"], name=op.f("fk_registry_other_names_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_other_names")),
        sa.UniqueConstraint(
            "id_number_index", "name", "city", name=op.f("uq_registry_other_names_id_number_index_name_city")
        ),
    )


def downgrade() -> None:
    op.drop_table("registry_other_names")
    for name in ("has_changed", *SETTLED):
        op.drop_column("registry_findings", name)
    # The older form knows extracts only.
    op.execute("DELETE FROM registry_records WHERE import_id IS NULL")
    op.drop_column("registry_records", "decided_at")
    op.alter_column("registry_records", "import_id", existing_type=sa.Uuid(), nullable=False)
    op.create_unique_constraint(OLD_KEY, "registry_records", ["id_number_index", "kind", "source", "digest", "city"])
    op.drop_constraint(NEW_KEY, "registry_records", type_="unique")
    op.create_foreign_key(TO_IMPORT, "registry_records", "registry_imports", ["import_id"], ["id"])
    # Base64 in PostgreSQL has line ends, which nobody who reads it here wants.
    encoded = ", ".join(f"'{column}', replace(encode({column}, 'base64'), E'\\n', '')" for column in SEALED)
    op.execute(f"UPDATE registry_records SET facts = facts || jsonb_strip_nulls(jsonb_build_object({encoded}))")
    for column in SEALED:
        op.drop_column("registry_records", column)
