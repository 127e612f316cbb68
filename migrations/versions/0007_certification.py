"""Certification: campaigns and how people stand in them, proofs, signals of other offices, the ledger of sharing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Rows of these are only ever added. Emptying a table is the business of whoever may drop it.
ONLY_ADDED = ("certification_proofs", "certification_sharings", "certification_shared_proofs")
TABLES = (
    "certification_campaigns",
    "certification_proofs",
    "certification_members",
    "certification_sharings",
    "certification_signals",
    "certification_challenges",
    "certification_shared_proofs",
)


def upgrade() -> None:
    op.create_table(
        "certification_campaigns",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_certification_campaigns_window")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_campaigns")),
        sa.UniqueConstraint("city", "code", name=op.f("uq_certification_campaigns_city_code")),
    )
    op.create_table(
        "certification_proofs",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("proven_on", sa.Date(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100", name=op.f("ck_certification_proofs_confidence")),
        sa.CheckConstraint(
            "kind IN ('data_match', 'family', 'other', 'self', 'shared', 'visit')",
            name=op.f("ck_certification_proofs_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["certification_campaigns.id"], name=op.f("fk_certification_proofs_campaign_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_certification_proofs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_proofs")),
    )
    op.create_index(op.f("ix_certification_proofs_person_id"), "certification_proofs", ["person_id"], unique=False)
    op.create_index(op.f("ix_certification_proofs_campaign_id"), "certification_proofs", ["campaign_id"], unique=False)
    op.create_table(
        "certification_members",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lapsed", sa.Boolean(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("told_done", sa.Boolean(), nullable=False),
        sa.Column("visit_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubted_on", sa.Date(), nullable=True),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('done', 'due', 'missed')", name=op.f("ck_certification_members_status")),
        sa.CheckConstraint("reminders BETWEEN 0 AND 3", name=op.f("ck_certification_members_reminders")),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('kept', 'suspended')", name=op.f("ck_certification_members_decision")
        ),
        sa.CheckConstraint("(status = 'done') = (proof_id IS NOT NULL)", name=op.f("ck_certification_members_proven")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_certification_members_person_id")),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["certification_proofs.id"], name=op.f("fk_certification_members_proof_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["allowance_cases.id"], name=op.f("fk_certification_members_case_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["certification_campaigns.id"], name=op.f("fk_certification_members_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_members")),
        sa.UniqueConstraint("campaign_id", "person_id", name=op.f("uq_certification_members_campaign_id_person_id")),
    )
    op.create_index(op.f("ix_certification_members_person_id"), "certification_members", ["person_id"], unique=False)
    op.create_index(
        "ix_certification_members_due",
        "certification_members",
        ["campaign_id"],
        unique=False,
        postgresql_where="status = 'due'",
    )
    op.create_index(
        "ix_certification_members_untold",
        "certification_members",
        ["campaign_id"],
        unique=False,
        postgresql_where="status = 'done' AND NOT told_done",
    )
    op.create_table(
        "certification_sharings",
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('given', 'received')", name=op.f("ck_certification_sharings_direction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_sharings")),
    )
    op.create_index(
        "uq_certification_sharings_received_once",
        "certification_sharings",
        ["city", "file_digest"],
        unique=True,
        postgresql_where="direction = 'received'",
    )
    op.create_table(
        "certification_signals",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("sharing_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ability_assessment', 'card_activity', 'hospital_visit', 'pension_certification', 'vaccination')",
            name=op.f("ck_certification_signals_kind"),
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100", name=op.f("ck_certification_signals_confidence")),
        sa.ForeignKeyConstraint(
            ["sharing_id"], ["certification_sharings.id"], name=op.f("fk_certification_signals_sharing_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_certification_signals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_signals")),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "source",
            "seen_on",
            name=op.f("uq_certification_signals_person_id_kind_source_seen_on"),
        ),
    )
    op.create_table(
        "certification_challenges",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digits", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("tries_left >= 0", name=op.f("ck_certification_challenges_tries")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('expired', 'no_tries_left', 'passed', 'wrong')",
            name=op.f("ck_certification_challenges_outcome"),
        ),
        sa.CheckConstraint("digits ~ '^[0-9]{4}$'", name=op.f("ck_certification_challenges_digits")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["certification_campaigns.id"], name=op.f("fk_certification_challenges_campaign_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_certification_challenges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_challenges")),
        sa.UniqueConstraint(
            "campaign_id", "person_id", "digits", name=op.f("uq_certification_challenges_campaign_id_person_id_digits")
        ),
    )
    op.create_table(
        "certification_shared_proofs",
        sa.Column("sharing_id", sa.Uuid(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["certification_proofs.id"], name=op.f("fk_certification_shared_proofs_proof_id")
        ),
        sa.ForeignKeyConstraint(
            ["sharing_id"], ["certification_sharings.id"], name=op.f("fk_certification_shared_proofs_sharing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_shared_proofs")),
        sa.UniqueConstraint("sharing_id", "proof_id", name=op.f("uq_certification_shared_proofs_sharing_id_proof_id")),
    )
    op.create_index(
        op.f("ix_certification_shared_proofs_proof_id"), "certification_shared_proofs", ["proof_id"], unique=False
    )
    for table in ONLY_ADDED:
        op.execute(
            f"CREATE TRIGGER {table}_are_only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
