"""What the registers say: extracts of other offices, their statements with source and date, findings, and what they
add to people. What no register has said of a person may be missing.

Going back fails where somebody without phone or address was imported: the older form has no place for her.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW_COLUMNS = {
    "died_on": sa.Date(),
    "address_index": sa.LargeBinary(),
    "hukou_changed_on": sa.Date(),
    "resident": sa.Boolean(),
    "three_withouts": sa.Boolean(),
    "ability_level": sa.Integer(),
    "can_look_after_self": sa.Boolean(),
    "ability_assessed_on": sa.Date(),
    "has_card": sa.Boolean(),
    "card_last_four": sa.Text(),
    "card_holder_matches": sa.Boolean(),
}
NOW_OPTIONAL = {
    "phone_sealed": sa.LargeBinary(),
    "phone_index": sa.LargeBinary(),
    "address_sealed": sa.LargeBinary(),
    "district": sa.Text(),
    "street": sa.Text(),
    "community": sa.Text(),
}
NEW_CONDITIONS = {
    "ability_level": "ability_level BETWEEN 0 AND 4",
    "card_last_four": "card_last_four ~ '^[0-9]{4}$'",
    "died_on": "died_on >= birth_on",
}
# Statements laid over each other in order; what a later one says of a fact stands.
LAID_OVER = """
CREATE AGGREGATE registry_laid_over(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}')
"""


def upgrade() -> None:
    op.create_table(
        "registry_imports",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("extract_on", sa.Date(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_imports")),
        sa.UniqueConstraint("city", "file_digest", name=op.f("uq_registry_imports_city_file_digest")),
    )
    op.create_table(
        "registry_findings",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'settled')", name=op.f("ck_registry_findings_status")),
        sa.ForeignKeyConstraint(["import_id"], ["registry_imports.id"], name=op.f("fk_registry_findings_import_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_registry_findings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_findings")),
        sa.UniqueConstraint(
            "id_number_index",
            "kind",
            "fingerprint",
            "city",
            name=op.f("uq_registry_findings_id_number_index_kind_fingerprint_city"),
        ),
    )
    op.create_index(
        "ix_registry_findings_open",
        "registry_findings",
        ["person_id"],
        unique=False,
        postgresql_where="status = 'open'",
    )
    op.create_table(
        "registry_records",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["registry_imports.id"], name=op.f("fk_registry_records_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_records")),
        sa.UniqueConstraint(
            "id_number_index",
            "kind",
            "source",
            "digest",
            "city",
            name=op.f("uq_registry_records_id_number_index_kind_source_digest_city"),
        ),
    )
    for name, form in NEW_COLUMNS.items():
        op.add_column("persons", sa.Column(name, form, nullable=True))
    for name, form in NOW_OPTIONAL.items():
        op.alter_column("persons", name, existing_type=form, nullable=True)
    for name, condition in NEW_CONDITIONS.items():
        op.create_check_constraint(op.f(f"ck_persons_{name}"), "persons", condition)
    op.execute(LAID_OVER)


def downgrade() -> None:
    op.execute("DROP AGGREGATE registry_laid_over(jsonb)")
    for name in NEW_CONDITIONS:
        op.drop_constraint(op.f(f"ck_persons_{name}"), "persons", type_="check")
    for name, form in NOW_OPTIONAL.items():
        op.alter_column("persons", name, existing_type=form, nullable=False)
    for name in reversed(NEW_COLUMNS):
        op.drop_column("persons", name)
    op.drop_table("registry_records")
    op.drop_index("ix_registry_findings_open", table_name="registry_findings", postgresql_where="status = 'open'")
    op.drop_table("registry_findings")
    op.drop_table("registry_imports")
