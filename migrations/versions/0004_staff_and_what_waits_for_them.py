"""Staff with their sessions, what waits for a worker, long work of operators, and who of the staff did a deed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_entries", sa.Column("actor_staff_id", sa.Uuid(), nullable=True))
    _create_staff()
    _create_worker_tasks()
    _create_long_works()


def downgrade() -> None:
    op.drop_table("uploaded_pieces")
    op.drop_index("ix_long_works_to_do", table_name="long_works", postgresql_where="status IN ('waiting', 'running')")
    op.drop_table("long_works")
    op.drop_index("ix_worker_tasks_waiting", table_name="worker_tasks", postgresql_where="status = 'open'")
    op.drop_index("uq_worker_tasks_one_open", table_name="worker_tasks", postgresql_where="status = 'open'")
    op.drop_index(op.f("ix_worker_tasks_person_id"), table_name="worker_tasks")
    op.drop_table("worker_tasks")
    op.drop_index(op.f("ix_staff_sessions_staff_id"), table_name="staff_sessions")
    op.drop_table("staff_sessions")
    op.drop_table("staff_recovery_codes")
    op.drop_table("staff")
    op.drop_column("audit_entries", "actor_staff_id")


def _create_staff() -> None:
    op.create_table(
        "staff",
        sa.Column("login_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("authenticator_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('community_worker', 'operator')", name=op.f("ck_staff_role")),
        sa.CheckConstraint("(role = 'community_worker') = (community IS NOT NULL)", name=op.f("ck_staff_community")),
        sa.CheckConstraint("(community IS NULL) = (district IS NULL)", name=op.f("ck_staff_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("city", "login_name", name=op.f("uq_staff_city_login_name")),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_recovery_codes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_recovery_codes")),
        sa.UniqueConstraint("staff_id", "code_hash", name=op.f("uq_staff_recovery_codes_staff_id_code_hash")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"], unique=False)


def _create_worker_tasks() -> None:
    op.create_table(
        "worker_tasks",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_worker_tasks_status")),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f("ck_worker_tasks_decided")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_worker_tasks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_tasks")),
    )
    op.create_index(op.f("ix_worker_tasks_person_id"), "worker_tasks", ["person_id"], unique=False)
    op.create_index(
        "uq_worker_tasks_one_open",
        "worker_tasks",
        ["kind", "subject_id"],
        unique=True,
        postgresql_where="status = 'open'",
    )
    op.create_index(
        "ix_worker_tasks_waiting",
        "worker_tasks",
        ["community", "district", "due_on"],
        unique=False,
        postgresql_where="status = 'open'",
    )


def _create_long_works() -> None:
    op.create_table(
        "long_works",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("out_of", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('import', 'screening', 'list_month', 'pay_month')", name=op.f("ck_long_works_kind")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'refused', 'broken')", name=op.f("ck_long_works_status")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_long_works_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_long_works")),
    )
    op.create_index(
        "ix_long_works_to_do",
        "long_works",
        ["asked_at"],
        unique=False,
        postgresql_where="status IN ('waiting', 'running')",
    )
    op.create_table(
        "uploaded_pieces",
        sa.Column("work_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("piece_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["long_works.id"], name=op.f("fk_uploaded_pieces_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_pieces")),
        sa.UniqueConstraint("work_id", "number", name=op.f("uq_uploaded_pieces_work_id_number")),
    )
