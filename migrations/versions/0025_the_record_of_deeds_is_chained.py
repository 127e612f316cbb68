"""The record of deeds is chained by hashes. Deeds of before become the beginning of the oldest chain, without a key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
import uuid_utils.compat
from alembic import op

revision = "0025"
down_revision = "0016"
branch_labels = None
depends_on = None

ENTRIES = sa.table(
    "audit_entries",
    *(sa.column(name) for name in ("id", "chain", "position", "previous_mac", "key_id", "mac")),
)
NEW = ("chain", "position", "previous_mac", "key_id", "mac")
ROWS_AT_ONCE = 2_000


def upgrade() -> None:
    op.create_table(
        "audit_chains",
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chains")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_chains_number")),
    )
    op.add_column("audit_entries", sa.Column("chain", sa.Integer(), nullable=True))
    op.add_column("audit_entries", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("audit_entries", sa.Column("previous_mac", sa.LargeBinary(), nullable=True))
    op.add_column("audit_entries", sa.Column("key_id", sa.Text(), nullable=True))
    op.add_column("audit_entries", sa.Column("mac", sa.LargeBinary(), nullable=True))
    op.execute("ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_are_only_added")
    _chain_what_is_there(op.get_bind())
    op.execute("ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_are_only_added")
    for name in ("chain", "position", "key_id", "mac"):
        op.alter_column("audit_entries", name, nullable=False)
    op.create_unique_constraint(op.f("uq_audit_entries_chain_position"), "audit_entries", ["chain", "position"])


def _chain_what_is_there(connection: sa.Connection) -> None:
    """The oldest chain, number 0; there is one on every database, so that nobody can make another without a key."""
    position, mac = 0, None
    rows = connection.execute(sa.text("SELECT * FROM audit_entries ORDER BY at, id")).mappings()
    for some in rows.partitions(ROWS_AT_ONCE):
        changes = []
        for row in some:
            position += 1
            linked = {name: it for name, it in row.items() if name not in NEW}
            linked |= {"chain": 0, "position": position, "previous_mac": mac}
            mac = sha256(_content(linked)).digest()
            changes.append({"at_id": row["id"], "at_position": position, "before": linked["previous_mac"], "hash": mac})
        connection.execute(
            sa.update(ENTRIES)
            .where(ENTRIES.c.id == sa.bindparam("at_id", type_=sa.Uuid()))
            .values(
                chain=0,
                position=sa.bindparam("at_position"),
                previous_mac=sa.bindparam("before", type_=sa.LargeBinary()),
                key_id="",
                mac=sa.bindparam("hash", type_=sa.LargeBinary()),
            ),
            changes,
        )
    connection.execute(
        sa.text(
            "INSERT INTO audit_chains (id, city, number, position, mac, key_id, seal) OVERRIDING SYSTEM VALUE "
            "VALUES (:id, '', 0, :position, :mac, '', '')"
        ),
        {"id": uuid_utils.compat.uuid7(), "position": position, "mac": mac},
    )


def _content(row: dict[str, Any]) -> bytes:
    """The same bytes as `services.audit` hashes, as they were when this was written."""
    said = {name: it for name, it in row.items() if it is not None}
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def downgrade() -> None:
    op.drop_constraint(op.f("uq_audit_entries_chain_position"), "audit_entries")
    for name in NEW:
        op.drop_column("audit_entries", name)
    op.drop_table("audit_chains")
