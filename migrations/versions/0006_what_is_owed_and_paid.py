"""What is owed and paid: months owed, corrections, decisions, refunds and announced tiers, which are only ever added;
the month's runs and their lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HELD_BECAUSE = "'adjustment_undecided', 'certification_undecided', 'in_doubt', 'no_account', 'stop_undecided'"
ONLY_ADDED_TO = ("payables", "adjustments", "adjustment_decisions", "refunds", "tier_changes")


def upgrade() -> None:
    op.create_table(
        "payment_runs",
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_per_thousand", sa.Integer(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_reason", sa.Text(), nullable=True),
        sa.Column("audited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('audited', 'held', 'listed', 'paid')", name=op.f("ck_payment_runs_state")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_payment_runs_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_runs")),
        sa.UniqueConstraint("city", "benefit", "month", name="uq_payment_runs_city_benefit_month"),
    )
    op.create_table(
        "adjustments",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("owed_fen", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("cause IN ('district_gap', 'facts_changed')", name=op.f("ck_adjustments_cause")),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_adjustments_amount")),
        sa.CheckConstraint("owed_fen >= 0", name=op.f("ck_adjustments_owed")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_adjustments_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
    )
    op.create_index(
        "ix_adjustments_person_id_benefit_month", "adjustments", ["person_id", "benefit", "month"], unique=False
    )
    op.create_index("ix_adjustments_group_id", "adjustments", ["group_id"], unique=False)
    op.create_table(
        "ledger_accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("tiers", sa.Text(), nullable=False),
        sa.Column("booked_through", sa.Date(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_ledger_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint("person_id", "benefit", name=op.f("uq_ledger_accounts_person_id_benefit")),
    )
    op.create_table(
        "payment_lines",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("for_month", sa.Date(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("held_because", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("return_code", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("(status = 'held') = (held_because IS NOT NULL)", name=op.f("ck_payment_lines_held")),
        sa.CheckConstraint(
            f"held_because IS NULL OR held_because IN ({HELD_BECAUSE})", name=op.f("ck_payment_lines_held_because")
        ),
        sa.CheckConstraint("status IN ('held', 'paid', 'returned', 'to_pay')", name=op.f("ck_payment_lines_status")),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_payment_lines_amount")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_payment_lines_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["payment_runs.id"], name=op.f("fk_payment_lines_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lines")),
        sa.UniqueConstraint(
            "run_id", "person_id", "for_month", name=op.f("uq_payment_lines_run_id_person_id_for_month")
        ),
    )
    op.create_index("ix_payment_lines_person_id", "payment_lines", ["person_id"], unique=False)
    op.create_index(
        "ix_payment_lines_returned", "payment_lines", ["benefit"], unique=False, postgresql_where="status = 'returned'"
    )
    op.create_table(
        "refunds",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_refunds_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index("ix_refunds_person_id_benefit_month", "refunds", ["person_id", "benefit", "month"], unique=False)
    op.create_table(
        "tier_changes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("from_fen", sa.Integer(), nullable=False),
        sa.Column("to_fen", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tier_changes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_changes")),
        sa.UniqueConstraint("person_id", "benefit", "month", name=op.f("uq_tier_changes_person_id_benefit_month")),
    )
    op.create_table(
        "adjustment_decisions",
        sa.Column("adjustment_id", sa.Uuid(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adjustment_id"], ["adjustments.id"], name=op.f("fk_adjustment_decisions_adjustment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment_decisions")),
        sa.UniqueConstraint("adjustment_id", name=op.f("uq_adjustment_decisions_adjustment_id")),
    )
    op.create_table(
        "payables",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payables_amount")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_payables_month")),
        sa.ForeignKeyConstraint(["case_id"], ["allowance_cases.id"], name=op.f("fk_payables_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_payables_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["payment_runs.id"], name=op.f("fk_payables_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payables")),
        sa.UniqueConstraint("person_id", "benefit", "month", name=op.f("uq_payables_person_id_benefit_month")),
    )
    op.create_index("ix_payables_run_id", "payables", ["run_id"], unique=False)
    for table in ONLY_ADDED_TO:
        op.execute(
            f"CREATE TRIGGER {table}_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
        )


def downgrade() -> None:
    op.drop_index("ix_payables_run_id", table_name="payables")
    op.drop_table("payables")
    op.drop_table("adjustment_decisions")
    op.drop_table("tier_changes")
    op.drop_index("ix_refunds_person_id_benefit_month", table_name="refunds")
    op.drop_table("refunds")
    op.drop_index("ix_payment_lines_returned", table_name="payment_lines", postgresql_where="status = 'returned'")
    op.drop_index("ix_payment_lines_person_id", table_name="payment_lines")
    op.drop_table("payment_lines")
    op.drop_table("ledger_accounts")
    op.drop_index("ix_adjustments_group_id", table_name="adjustments")
    op.drop_index("ix_adjustments_person_id_benefit_month", table_name="adjustments")
    op.drop_table("adjustments")
    op.drop_table("payment_runs")
