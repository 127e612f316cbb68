"""Vouchers by person and month, and what happened to each. The constraints are what makes overspending impossible;
movements are only ever added, and each voucher's figures are the sums of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.vouchers.kinds import MovementKind, VoucherKind


def _among(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(sorted(repr(str(value)) for value in values))})"


class VoucherRow(Table):
    """One voucher of one person for one month (its first day).

    `issued_at` is None while the month has not begun, or nobody has issued it yet. `kept_at_fen`: the rules give only
    this much, and a worker decided to keep what she had; while the rules say the same, nobody is asked again.
    """

    __tablename__ = "vouchers"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "month"),
        CheckConstraint(_among("kind", VoucherKind), name="kind"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("held_fen >= 0 AND spent_fen >= 0", name="used"),
        CheckConstraint("held_fen + spent_fen <= granted_fen", name="never_overspent"),
        Index("ix_vouchers_of_a_month", "city", "month"),
    )

    # No foreign key: checking it would write to the row of every person who gets one, and wait for whoever holds it.
    person_id: Mapped[UUID]
    kind: Mapped[str]
    month: Mapped[date]
    granted_fen: Mapped[int]
    held_fen: Mapped[int] = mapped_column(default=0)
    spent_fen: Mapped[int] = mapped_column(default=0)
    rule: Mapped[str]
    issued_at: Mapped[datetime | None]
    kept_at_fen: Mapped[int | None]
    reminded_at: Mapped[datetime | None]

    @property
    def left_fen(self) -> int:
        """What can still be held."""
        return self.granted_fen - self.held_fen - self.spent_fen


class VoucherMovementRow(Table):
    """One change of a voucher: by how much what is granted, held and spent rose or fell, and for which booking
    (`subject_id`). A trigger refuses to change or remove it."""

    __tablename__ = "voucher_movements"
    __table_args__ = (CheckConstraint(_among("kind", MovementKind), name="kind"),)

    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("vouchers.id"), index=True)
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str]
    granted_fen: Mapped[int]
    held_fen: Mapped[int]
    spent_fen: Mapped[int]
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    channel: Mapped[str]


class VoucherMonthRow(Table):
    """A month whose vouchers were issued to everybody, and how many there were then."""

    __tablename__ = "voucher_months"
    __table_args__ = (UniqueConstraint("city", "month"),)

    month: Mapped[date]
    issued_at: Mapped[datetime]
    vouchers: Mapped[int]
