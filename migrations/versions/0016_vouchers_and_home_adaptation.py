"""Vouchers by month with their movements, and the adaptation of homes; movements and events are only ever added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = (
    "'accepted', 'agreed', 'applied', 'approved', 'assessed', 'building', 'built', 'paid', 'quoted', 'refused', "
    "'withdrawn'"
)
ONLY_ADDED = ("voucher_movements", "adaptation_events")
TABLES = (
    "vouchers",
    "voucher_movements",
    "voucher_months",
    "adaptation_firms",
    "adaptations",
    "adaptation_quote_items",
    "adaptation_photos",
    "adaptation_events",
)


def upgrade() -> None:
    op.create_table(
        "vouchers",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("granted_fen", sa.Integer(), nullable=False),
        sa.Column("held_fen", sa.Integer(), nullable=False),
        sa.Column("spent_fen", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_at_fen", sa.Integer(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('care_consumption_voucher', 'home_care_subsidy')", name=op.f("ck_vouchers_kind")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_vouchers_month")),
        sa.CheckConstraint("held_fen + spent_fen <= granted_fen", name=op.f("ck_vouchers_never_overspent")),
        sa.CheckConstraint("held_fen >= 0 AND spent_fen >= 0", name=op.f("ck_vouchers_used")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("person_id", "kind", "month", name=op.f("uq_vouchers_person_id_kind_month")),
    )
    op.create_index("ix_vouchers_of_a_month", "vouchers", ["city", "month"], unique=False)
    op.create_table(
        "voucher_movements",
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("granted_fen", sa.Integer(), nullable=False),
        sa.Column("held_fen", sa.Integer(), nullable=False),
        sa.Column("spent_fen", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('foreseen', 'held', 'issued', 'lost', 'lowered', 'raised', 'refunded', 'released', 'spent')",
            name=op.f("ck_voucher_movements_kind"),
        ),
        sa.ForeignKeyConstraint(["voucher_id"], ["vouchers.id"], name=op.f("fk_voucher_movements_voucher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_movements")),
    )
    op.create_index(op.f("ix_voucher_movements_subject_id"), "voucher_movements", ["subject_id"], unique=False)
    op.create_index(op.f("ix_voucher_movements_voucher_id"), "voucher_movements", ["voucher_id"], unique=False)
    op.create_table(
        "voucher_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vouchers", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_months")),
        sa.UniqueConstraint("city", "month", name=op.f("uq_voucher_months_city_month")),
    )
    op.create_table(
        "adaptation_firms",
        sa.Column("workplace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("districts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("account_last_four", sa.Text(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adaptation_firms")),
        sa.UniqueConstraint("workplace_id", name=op.f("uq_adaptation_firms_workplace_id")),
    )
    op.create_table(
        "adaptations",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("dwelling_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("dwelling_index", sa.LargeBinary(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("cap_fen", sa.Integer(), nullable=False),
        sa.Column("aids_cap_fen", sa.Integer(), nullable=True),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("facts_missing", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("quote_number", sa.Integer(), nullable=False),
        sa.Column("quoted_fen", sa.Integer(), nullable=True),
        sa.Column("quoted_aids_fen", sa.Integer(), nullable=True),
        sa.Column("quote_valid_until", sa.Date(), nullable=True),
        sa.Column("subsidy_fen", sa.Integer(), nullable=True),
        sa.Column("self_paid_fen", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actual_fen", sa.Integer(), nullable=True),
        sa.Column("actual_aids_fen", sa.Integer(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("payment_reference", sa.Text(), nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name=op.f("ck_adaptations_paid")),
        sa.CheckConstraint("owner IN ('family', 'herself', 'landlord')", name=op.f("ck_adaptations_owner")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_adaptations_state")),
        sa.CheckConstraint("actual_aids_fen BETWEEN 0 AND actual_fen", name=op.f("ck_adaptations_actual")),
        sa.CheckConstraint("actual_fen <= quoted_fen", name=op.f("ck_adaptations_never_above_the_quote")),
        sa.CheckConstraint("quoted_aids_fen BETWEEN 0 AND quoted_fen", name=op.f("ck_adaptations_quoted")),
        sa.CheckConstraint(
            "subsidy_fen + self_paid_fen = coalesce(actual_fen, quoted_fen)", name=op.f("ck_adaptations_split")
        ),
        sa.CheckConstraint("subsidy_fen BETWEEN 0 AND cap_fen", name=op.f("ck_adaptations_cap")),
        sa.ForeignKeyConstraint(["firm_id"], ["adaptation_firms.id"], name=op.f("fk_adaptations_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adaptations")),
    )
    op.create_index(op.f("ix_adaptations_firm_id"), "adaptations", ["firm_id"], unique=False)
    op.create_index(op.f("ix_adaptations_person_id"), "adaptations", ["person_id"], unique=False)
    op.create_index("ix_adaptations_waiting", "adaptations", ["community", "district", "state"], unique=False)
    op.create_index(
        "uq_adaptations_one_dwelling",
        "adaptations",
        ["city", "dwelling_index"],
        unique=True,
        postgresql_where="NOT (state IN ('refused', 'withdrawn'))",
    )
    op.create_index(
        "uq_adaptations_one_person",
        "adaptations",
        ["person_id"],
        unique=True,
        postgresql_where="NOT (state IN ('refused', 'withdrawn'))",
    )
    op.create_table(
        "adaptation_quote_items",
        sa.Column("adaptation_id", sa.Uuid(), nullable=False),
        sa.Column("quote_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_fen", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity >= 1 AND unit_price_fen >= 0", name=op.f("ck_adaptation_quote_items_amount")),
        sa.ForeignKeyConstraint(
            ["adaptation_id"], ["adaptations.id"], name=op.f("fk_adaptation_quote_items_adaptation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adaptation_quote_items")),
        sa.UniqueConstraint(
            "adaptation_id",
            "quote_number",
            "position",
            name=op.f("uq_adaptation_quote_items_adaptation_id_quote_number_position"),
        ),
    )
    op.create_table(
        "adaptation_photos",
        sa.Column("adaptation_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("image_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("stage IN ('after', 'before', 'consent')", name=op.f("ck_adaptation_photos_stage")),
        sa.ForeignKeyConstraint(["adaptation_id"], ["adaptations.id"], name=op.f("fk_adaptation_photos_adaptation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adaptation_photos")),
    )
    op.create_index(op.f("ix_adaptation_photos_adaptation_id"), "adaptation_photos", ["adaptation_id"], unique=False)
    op.create_table(
        "adaptation_events",
        sa.Column("adaptation_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["adaptation_id"], ["adaptations.id"], name=op.f("fk_adaptation_events_adaptation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adaptation_events")),
    )
    op.create_index(op.f("ix_adaptation_events_adaptation_id"), "adaptation_events", ["adaptation_id"], unique=False)
    for table in ONLY_ADDED:
        op.execute(
            f"CREATE TRIGGER {table}_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
