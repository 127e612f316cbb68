"""Incoming text messages, what is noted about phones, and delivery receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HANDLED_AS = (
    "agreed",
    "declined",
    "agreed_late",
    "already_answered",
    "withdrawal_asked",
    "overtaken",
    "asked_which",
    "asked_again",
    "unclear_again",
    "given_time",
    "reassured",
    "help_wanted",
    "visit_asked",
    "death_reported",
    "wrong_person",
    "stopped",
    "resumed",
    "other_phone",
    "kept",
    "nothing_open",
    "thanks",
    "automatic",
    "unreadable",
)


def upgrade() -> None:
    upgrade_incoming()
    upgrade_receipts()


def downgrade() -> None:
    downgrade_receipts()
    downgrade_incoming()


def upgrade_incoming() -> None:
    op.create_table(
        "incoming_messages",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("gateway_message_id", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sent_to_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_as", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("case_ids", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("(handled_at IS NULL) = (handled_as IS NULL)", name=op.f("ck_incoming_messages_handled")),
        sa.CheckConstraint(
            f"handled_as IN ({', '.join(map(repr, HANDLED_AS))})", name=op.f("ck_incoming_messages_handled_as")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_messages")),
        sa.UniqueConstraint(
            "gateway", "gateway_message_id", name=op.f("uq_incoming_messages_gateway_gateway_message_id")
        ),
    )
    op.create_index(op.f("ix_incoming_messages_person_id"), "incoming_messages", ["person_id"], unique=False)
    op.create_index("ix_incoming_messages_phone", "incoming_messages", ["phone_index", "received_at"], unique=False)
    op.create_index(
        "ix_incoming_messages_unread",
        "incoming_messages",
        ["received_at", "id"],
        unique=False,
        postgresql_where="handled_at IS NULL",
    )
    op.create_index(
        "ix_incoming_messages_kept",
        "incoming_messages",
        ["received_at"],
        unique=False,
        postgresql_where="handled_as = 'kept'",
    )
    op.create_table(
        "phone_notes",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('stopped', 'doubtful', 'contact')", name=op.f("ck_phone_notes_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_notes")),
    )
    op.create_index(op.f("ix_phone_notes_person_id"), "phone_notes", ["person_id"], unique=False)
    op.create_index(
        "uq_phone_notes_current",
        "phone_notes",
        ["phone_index", "kind", "person_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
        postgresql_nulls_not_distinct=True,
    )


def downgrade_incoming() -> None:
    op.drop_table("phone_notes")
    op.drop_table("incoming_messages")


def upgrade_receipts() -> None:
    op.add_column("outgoing_messages", sa.Column("phone_index", sa.LargeBinary(), nullable=True))
    op.add_column("outgoing_messages", sa.Column("parts", sa.Integer(), nullable=True))
    op.add_column("outgoing_messages", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    allow_statuses("queued", "sending", "unconfirmed", "sent", "delivered", "undelivered", "failed")
    op.drop_index("ix_outgoing_messages_due", table_name="outgoing_messages")
    op.create_index(
        "ix_outgoing_messages_due", "outgoing_messages", ["due_at", "id"], postgresql_where="status = 'queued'"
    )
    op.create_index(
        "ix_outgoing_messages_unconfirmed",
        "outgoing_messages",
        ["phone_index"],
        postgresql_where="status = 'unconfirmed'",
    )
    create_parts_and_receipts()
    # The gateway's ids move to the parts, of which a message may have several.
    op.execute(
        "INSERT INTO outgoing_parts (id, city, message_id, gateway_id, submitted_at)"
        " SELECT gen_random_uuid(), city, id, gateway_id, sent_at FROM outgoing_messages"
        " WHERE gateway_id IS NOT NULL AND sent_at IS NOT NULL"
    )
    op.drop_column("outgoing_messages", "gateway_id")
    create_what_smpp_remembers()


def create_parts_and_receipts() -> None:
    op.create_table(
        "outgoing_parts",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("gateway_id", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrival", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("arrival IN ('delivered', 'undelivered')", name=op.f("ck_outgoing_parts_arrival")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_parts")),
    )
    op.create_index(op.f("ix_outgoing_parts_message_id"), "outgoing_parts", ["message_id"])
    op.create_index(op.f("ix_outgoing_parts_gateway_id"), "outgoing_parts", ["gateway_id"])
    op.create_table(
        "waiting_receipts",
        sa.Column("gateway_id", sa.Text(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=True),
        sa.Column("arrival", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("arrival IN ('delivered', 'undelivered')", name=op.f("ck_waiting_receipts_arrival")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_receipts")),
    )
    op.create_index(op.f("ix_waiting_receipts_gateway_id"), "waiting_receipts", ["gateway_id"])
    op.create_index(op.f("ix_waiting_receipts_received_at"), "waiting_receipts", ["received_at"])


def create_what_smpp_remembers() -> None:
    op.create_table(
        "smpp_unproven_deliveries",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smpp_unproven_deliveries")),
        sa.UniqueConstraint("digest", name=op.f("uq_smpp_unproven_deliveries_digest")),
    )
    op.create_index(op.f("ix_smpp_unproven_deliveries_received_at"), "smpp_unproven_deliveries", ["received_at"])
    op.create_table(
        "smpp_incoming_parts",
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("coding", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smpp_incoming_parts")),
        sa.UniqueConstraint("message_key", "number", name=op.f("uq_smpp_incoming_parts_message_key_number")),
    )
    op.create_index(op.f("ix_smpp_incoming_parts_received_at"), "smpp_incoming_parts", ["received_at"])


def downgrade_receipts() -> None:
    op.drop_table("smpp_incoming_parts")
    op.drop_table("smpp_unproven_deliveries")
    op.drop_table("waiting_receipts")
    op.add_column("outgoing_messages", sa.Column("gateway_id", sa.Text(), nullable=True))
    op.execute(
        "UPDATE outgoing_messages SET gateway_id = part.gateway_id FROM (SELECT DISTINCT ON (gateway_id) *"
        " FROM outgoing_parts ORDER BY gateway_id, submitted_at DESC) AS part"
        " WHERE part.message_id = outgoing_messages.id"
    )
    op.create_unique_constraint(op.f("uq_outgoing_messages_gateway_id"), "outgoing_messages", ["gateway_id"])
    op.drop_table("outgoing_parts")
    op.drop_index("ix_outgoing_messages_unconfirmed", table_name="outgoing_messages")
    op.drop_index("ix_outgoing_messages_due", table_name="outgoing_messages")
    op.create_index("ix_outgoing_messages_due", "outgoing_messages", ["due_at"], postgresql_where="status = 'queued'")
    # The older form knows no receipts: the gateway had taken all of these.
    op.execute("UPDATE outgoing_messages SET status = 'sent' WHERE status IN ('delivered', 'undelivered')")
    allow_statuses("queued", "sending", "unconfirmed", "sent", "failed")
    for column in ("settled_at", "parts", "phone_index"):
        op.drop_column("outgoing_messages", column)


def allow_statuses(*statuses: str) -> None:
    name = op.f("ck_outgoing_messages_status")
    op.drop_constraint(name, "outgoing_messages")
    op.create_check_constraint(name, "outgoing_messages", f"status IN ({', '.join(map(repr, statuses))})")
