"""The table of emergency contacts whom a senior, or her worker, wrote down."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.family import Relation
from services.people import PHONE
from services.sealing import sealed_as

ONE_OF_A_PHONE = "uq_emergency_contacts_current"


class EmergencyContactRow(Table):
    """Somebody to be told when she calls for help. Rows are kept when they are removed; `phone_index` is the same index
    as that of persons.phone. The order in which they were noted is the order in which they are told."""

    __tablename__ = "emergency_contacts"
    __table_args__ = (
        CheckConstraint(f"relation IN ({', '.join(repr(it.value) for it in sorted(Relation))})", name="relation"),
        Index(ONE_OF_A_PHONE, "person_id", "phone_index", unique=True, postgresql_where="removed_at IS NULL"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    name: Mapped[str | None]
    relation: Mapped[str]
    phone_sealed: Mapped[bytes] = mapped_column(info=sealed_as(PHONE))
    phone_index: Mapped[bytes]
    noted_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
