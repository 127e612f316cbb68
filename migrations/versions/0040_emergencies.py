"""Emergencies, what happened to each (only ever added to), and emergency contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0035"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = "state IN ('raised', 'taken')"
# What an incoming message could be handled as before this migration, and since.
HANDLED_AS = (
    "agreed", "declined", "agreed_late", "already_answered", "withdrawal_asked", "overtaken", "asked_which",
    "asked_again", "unclear_again", "given_time", "reassured", "help_wanted", "visit_asked", "death_reported",
    "wrong_person", "stopped", "resumed", "other_phone", "kept", "nothing_open", "thanks", "automatic", "unreadable",
    "delegate_agreed", "delegate_declined", "delegates_taken_back",
)  # fmt: skip
MORE = ("emergency_raised", "said_all_well")


def upgrade() -> None:
    op.create_table(
        "emergency_contacts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        *_own_columns(),
        sa.CheckConstraint(
            "relation IN ('daughter', 'grandchild', 'other', 'son', 'spouse')",
            name=op.f("ck_emergency_contacts_relation"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_emergency_contacts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_contacts")),
    )
    op.create_index(op.f("ix_emergency_contacts_person_id"), "emergency_contacts", ["person_id"])
    op.create_index(
        "uq_emergency_contacts_current",
        "emergency_contacts",
        ["person_id", "phone_index"],
        unique=True,
        postgresql_where="removed_at IS NULL",
    )
    _emergencies()
    _handled_as(HANDLED_AS + MORE)


def downgrade() -> None:
    op.execute(f"UPDATE incoming_messages SET handled_as = 'thanks' WHERE handled_as IN ({_quoted(MORE)})")
    _handled_as(HANDLED_AS)
    for table in ("emergency_events", "emergencies", "emergency_contacts"):
        op.drop_table(table)


def _emergencies() -> None:
    op.create_table(
        "emergencies",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("raised_through", sa.Text(), nullable=False),
        sa.Column("call_off_until_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        *_own_columns(),
        sa.CheckConstraint("state IN ('called_off', 'closed', 'raised', 'taken')", name=op.f("ck_emergencies_state")),
        sa.CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name=op.f("ck_emergencies_taken")),
        sa.CheckConstraint(f"(ended_at IS NULL) = ({OPEN})", name=op.f("ck_emergencies_ended")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_emergencies_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergencies")),
    )
    op.create_index(op.f("ix_emergencies_person_id"), "emergencies", ["person_id"])
    op.create_index("ix_emergencies_raised_at", "emergencies", ["city", "raised_at"])
    op.create_index("ix_emergencies_open", "emergencies", ["city", "raised_at"], postgresql_where=OPEN)
    op.create_index("uq_emergencies_one_open", "emergencies", ["person_id"], unique=True, postgresql_where=OPEN)
    op.create_table(
        "emergency_events",
        sa.Column("emergency_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        *_own_columns(),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergencies.id"], name=op.f("fk_emergency_events_emergency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_events")),
    )
    op.create_index(op.f("ix_emergency_events_emergency_id"), "emergency_events", ["emergency_id"])
    op.execute(
        "CREATE TRIGGER emergency_events_are_only_added BEFORE UPDATE OR DELETE ON emergency_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
    )


def _own_columns() -> tuple[sa.Column[object], sa.Column[object]]:
    return sa.Column("id", sa.Uuid(), nullable=False), sa.Column("city", sa.Text(), nullable=False)


def _handled_as(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_incoming_messages_handled_as"), "incoming_messages", type_="check")
    op.create_check_constraint(
        op.f("ck_incoming_messages_handled_as"), "incoming_messages", f"handled_as IN ({_quoted(words)})"
    )


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
