"""The tables of staff: accounts, recovery codes, sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.sealing import sealed_as

AUTHENTICATOR = "staff.authenticator"
HOME_ADDRESS = "staff.home_address"


class StaffRow(Table):
    """Somebody who works with the system. Her authenticator counts from `enrolled_at` on; until then the password is
    the one that she was handed. `last_step` is the time step of the code that she used last: it never counts again."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("city", "login_name"),
        CheckConstraint(
            "role IN ('community_worker', 'operator', 'supervisor', 'canteen', 'provider', 'care_worker')", name="role"
        ),
        # A community worker works for the people of one community, operators and supervisors for the city, the others
        # at one place.
        CheckConstraint("(role = 'community_worker') = (community IS NOT NULL)", name="community"),
        CheckConstraint("(community IS NULL) = (district IS NULL)", name="district"),
        CheckConstraint(
            "(role IN ('canteen', 'provider', 'care_worker')) = (workplace_id IS NOT NULL)", name="workplace"
        ),
    )

    login_name: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    district: Mapped[str | None]
    community: Mapped[str | None]
    # A canteen or a provider, by the role.
    workplace_id: Mapped[UUID | None]
    password_hash: Mapped[str]
    authenticator_sealed: Mapped[bytes] = mapped_column(info=sealed_as(AUTHENTICATOR))
    # Where a community worker lives, if she said: who reads about her own neighbours is asked why.
    home_address_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(HOME_ADDRESS))
    enrolled_at: Mapped[datetime | None]
    last_step: Mapped[int | None]
    is_demonstration: Mapped[bool]
    created_at: Mapped[datetime]


class StaffRecoveryCodeRow(Table):
    """One of the codes that stand in for a lost authenticator, each once."""

    __tablename__ = "staff_recovery_codes"
    __table_args__ = (UniqueConstraint("staff_id", "code_hash"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    code_hash: Mapped[bytes]
    used_at: Mapped[datetime | None]


class StaffSessionRow(Table):
    """A browser whose user gave the right password, and from `proven_at` on the right code as well."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    opened_at: Mapped[datetime]
    tries_left: Mapped[int]
    proven_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
