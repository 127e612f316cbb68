"""Allowance cases, their events, which are only added, and their suspensions; the sequence of application numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OVER = "'declined', 'offer_ended', 'refused', 'stopped', 'withdrawn'"
STATES = f"'active', 'applied', {OVER}, 'in_review', 'offered', 'suspended'"


def upgrade() -> None:
    op.create_table(
        "allowance_cases",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_ends_on", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("application_number", sa.Text(), nullable=True),
        sa.Column("first_month", sa.Date(), nullable=True),
        sa.Column("suspended_from", sa.Date(), nullable=True),
        sa.Column("stop_proposed_from", sa.Date(), nullable=True),
        sa.Column("stopped_from", sa.Date(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("settled_signal", sa.Text(), nullable=True),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_allowance_cases_state")),
        sa.CheckConstraint(
            "stop_reason IS NULL OR stop_reason IN ('died', 'error', 'moved_out', 'withdrawn')",
            name=op.f("ck_allowance_cases_stop_reason"),
        ),
        sa.CheckConstraint("length(code) = 2", name=op.f("ck_allowance_cases_code")),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_allowance_cases_amount")),
        sa.CheckConstraint("extract(day FROM first_month) = 1", name=op.f("ck_allowance_cases_first_month")),
        sa.CheckConstraint("extract(day FROM stopped_from) = 1", name=op.f("ck_allowance_cases_stopped_from")),
        sa.CheckConstraint(
            "extract(day FROM stop_proposed_from) = 1", name=op.f("ck_allowance_cases_stop_proposed_from")
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'suspended', 'stopped') OR first_month IS NOT NULL",
            name=op.f("ck_allowance_cases_paid_from"),
        ),
        sa.CheckConstraint(
            "state <> 'stopped' OR stopped_from IS NOT NULL", name=op.f("ck_allowance_cases_paid_until")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance_cases")),
    )
    op.create_index(op.f("ix_allowance_cases_person_id"), "allowance_cases", ["person_id"], unique=False)
    op.create_index(
        "ix_allowance_cases_open_offers",
        "allowance_cases",
        ["offer_ends_on"],
        unique=False,
        postgresql_where="state = 'offered'",
    )
    op.create_index(
        "ix_allowance_cases_to_check",
        "allowance_cases",
        ["applied_on"],
        unique=False,
        postgresql_where="state = 'applied'",
    )
    op.create_index(
        "uq_allowance_cases_application_number",
        "allowance_cases",
        ["city", "application_number"],
        unique=True,
        postgresql_where="application_number IS NOT NULL",
    )
    op.create_index(
        "uq_allowance_cases_one_life",
        "allowance_cases",
        ["person_id", "benefit"],
        unique=True,
        postgresql_where=f"NOT (state IN ({OVER}))",
    )
    op.create_index(
        "uq_allowance_cases_one_code_a_phone",
        "allowance_cases",
        ["phone_index", "code"],
        unique=True,
        postgresql_where="state = 'offered'",
    )
    op.create_table(
        "allowance_events",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance_events")),
    )
    op.create_index(op.f("ix_allowance_events_case_id"), "allowance_events", ["case_id"], unique=False)
    op.create_table(
        "allowance_suspensions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.Column("back_pay", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("extract(day FROM from_month) = 1", name=op.f("ck_allowance_suspensions_from_month")),
        sa.CheckConstraint("(resumed_on IS NULL) = (back_pay IS NULL)", name=op.f("ck_allowance_suspensions_back_pay")),
        sa.ForeignKeyConstraint(["case_id"], ["allowance_cases.id"], name=op.f("fk_allowance_suspensions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance_suspensions")),
    )
    op.create_index(op.f("ix_allowance_suspensions_case_id"), "allowance_suspensions", ["case_id"], unique=False)
    op.create_index(
        "uq_allowance_suspensions_one_open",
        "allowance_suspensions",
        ["case_id"],
        unique=True,
        postgresql_where="resumed_on IS NULL",
    )
    op.execute("CREATE SEQUENCE allowance_application_numbers")
    op.execute(
        "CREATE TRIGGER allowance_events_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON allowance_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
    )


def downgrade() -> None:
    op.execute("DROP SEQUENCE allowance_application_numbers")
    op.drop_table("allowance_suspensions")
    op.drop_table("allowance_events")
    op.drop_table("allowance_cases")
