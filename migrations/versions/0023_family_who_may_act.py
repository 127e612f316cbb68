"""Family members and what they may do for a senior: sign-in, conversations, answers by text message, and who acted for
whom in the record of deeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TEXTS = postgresql.ARRAY(sa.Text())
FACTS = postgresql.JSONB(astext_type=sa.Text())
RELATIONS = "'daughter', 'grandchild', 'other', 'son', 'spouse'"
STATES = "'active', 'asked', 'ended', 'frozen', 'invited'"
REASONS = "'by_worker', 'called_off', 'death', 'declined', 'expired', 'given_up', 'lapsed', 'replaced', 'taken_back'"
# What an incoming message could be handled as before this migration, and since.
HANDLED_AS = (
    "agreed", "declined", "agreed_late", "already_answered", "withdrawal_asked", "overtaken", "asked_which",
    "asked_again", "unclear_again", "given_time", "reassured", "help_wanted", "visit_asked", "death_reported",
    "wrong_person", "stopped", "resumed", "other_phone", "kept", "nothing_open", "thanks", "automatic", "unreadable",
)  # fmt: skip
MORE = ("delegate_agreed", "delegate_declined", "delegates_taken_back")


def upgrade() -> None:
    _family_members()
    _delegations()
    _about_delegations()
    op.add_column("audit_entries", sa.Column("actor_family_member_id", sa.Uuid(), nullable=True))
    op.add_column("audit_entries", sa.Column("on_behalf_of", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_audit_entries_on_behalf_of",
        "audit_entries",
        ["on_behalf_of", "at"],
        postgresql_where="on_behalf_of IS NOT NULL",
    )
    _sign_in()
    _conversations()
    _handled_as(HANDLED_AS + MORE)


def downgrade() -> None:
    op.execute(f"UPDATE incoming_messages SET handled_as = 'thanks' WHERE handled_as IN ({_quoted(MORE)})")
    _handled_as(HANDLED_AS)
    op.execute("DELETE FROM conversations WHERE family_member_id IS NOT NULL")
    op.drop_constraint(op.f("uq_conversations_person_id_family_member_id"), "conversations", type_="unique")
    op.drop_column("conversations", "family_member_id")
    op.create_unique_constraint(op.f("uq_conversations_person_id"), "conversations", ["person_id"])
    op.execute("DELETE FROM sign_in_sessions WHERE person_id IS NULL")
    op.drop_constraint(op.f("ck_sign_in_sessions_whose"), "sign_in_sessions", type_="check")
    op.drop_column("sign_in_sessions", "family_member_id")
    op.alter_column("sign_in_sessions", "person_id", nullable=False)
    op.drop_index("ix_audit_entries_on_behalf_of", table_name="audit_entries")
    op.drop_column("audit_entries", "on_behalf_of")
    op.drop_column("audit_entries", "actor_family_member_id")
    for table in ("told_deeds", "delegation_events", "delegations", "family_members"):
        op.drop_table(table)


def _own_columns() -> tuple[sa.Column[object], sa.Column[object]]:
    return sa.Column("id", sa.Uuid(), nullable=False), sa.Column("city", sa.Text(), nullable=False)


def _family_members() -> None:
    op.create_table(
        "family_members",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        *_own_columns(),
        sa.CheckConstraint("(person_id IS NULL) = (phone_index IS NOT NULL)", name=op.f("ck_family_members_phone")),
        sa.CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name=op.f("ck_family_members_sealed")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_family_members_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_members")),
        sa.UniqueConstraint("person_id", name=op.f("uq_family_members_person_id")),
    )
    op.create_index("uq_family_members_phone", "family_members", ["phone_index"], unique=True)


def _delegations() -> None:
    op.create_table(
        "delegations",
        sa.Column("family_member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("scopes", TEXTS, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("named_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer_until_on", sa.Date(), nullable=False),
        sa.Column("looked_up_at", MOMENT, nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("agreed_through", sa.Text(), nullable=True),
        sa.Column("witnessed_by", sa.Uuid(), nullable=True),
        sa.Column("waits_until_at", MOMENT, nullable=True),
        sa.Column("known_account", sa.Text(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        *_own_columns(),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_delegations_state")),
        sa.CheckConstraint(f"relation IN ({RELATIONS})", name=op.f("ck_delegations_relation")),
        sa.CheckConstraint(f"end_reason IN ({REASONS})", name=op.f("ck_delegations_end_reason")),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_delegations_ended")),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_delegations_why")),
        sa.CheckConstraint("state IN ('asked', 'ended') OR person_id IS NOT NULL", name=op.f("ck_delegations_person")),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_delegations_scopes")),
        sa.ForeignKeyConstraint(
            ["family_member_id"], ["family_members.id"], name=op.f("fk_delegations_family_member_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_delegations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_family_member_id"), "delegations", ["family_member_id"])
    op.create_index(op.f("ix_delegations_person_id"), "delegations", ["person_id"])
    op.create_index(
        "uq_delegations_one_in_force",
        "delegations",
        ["family_member_id", "person_id"],
        unique=True,
        postgresql_where="state IN ('active', 'frozen')",
    )
    op.create_index(
        "ix_delegations_not_looked_up", "delegations", ["asked_at"], postgresql_where="looked_up_at IS NULL"
    )
    op.create_index("ix_delegations_living", "delegations", ["city", "until_on"], postgresql_where="state <> 'ended'")


def _about_delegations() -> None:
    op.create_table(
        "delegation_events",
        sa.Column("delegation_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", FACTS, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        *_own_columns(),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_delegation_events_delegation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_events")),
    )
    op.create_index(op.f("ix_delegation_events_delegation_id"), "delegation_events", ["delegation_id"])
    op.execute(
        "CREATE TRIGGER delegation_events_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON delegation_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
    )
    op.create_table(
        "told_deeds",
        sa.Column("audit_entry_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        *_own_columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_deeds")),
        sa.UniqueConstraint("audit_entry_id", name=op.f("uq_told_deeds_audit_entry_id")),
    )


def _sign_in() -> None:
    op.alter_column("sign_in_sessions", "person_id", nullable=True)
    op.add_column("sign_in_sessions", sa.Column("family_member_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_sign_in_sessions_whose"), "sign_in_sessions", "num_nonnulls(person_id, family_member_id) = 1"
    )


def _conversations() -> None:
    """A delegate has a conversation of her own about a senior, beside the senior's."""
    op.add_column("conversations", sa.Column("family_member_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("uq_conversations_person_id"), "conversations", type_="unique")
    op.create_unique_constraint(
        op.f("uq_conversations_person_id_family_member_id"),
        "conversations",
        ["person_id", "family_member_id"],
        postgresql_nulls_not_distinct=True,
    )


def _handled_as(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_incoming_messages_handled_as"), "incoming_messages", type_="check")
    op.create_check_constraint(
        op.f("ck_incoming_messages_handled_as"), "incoming_messages", f"handled_as IN ({_quoted(words)})"
    )


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
