"""The ledger as stored. Months owed, corrections, decisions about them, refunds and announced tiers are only added: a
trigger refuses to change or remove them. What moves are runs and their lines, and what was last reckoned with."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.allowances.ledger.states import AdjustmentCause, HeldBecause, LineStatus, RunState
from services.database.tables import Table

ONE_RUN_A_MONTH = "uq_payment_runs_city_benefit_month"


def _among(column: str, values: object) -> str:
    return f"{column} IN ({', '.join(sorted(repr(str(value)) for value in values))})"  # type: ignore[attr-defined]


class LedgerAccountRow(Table):
    """By which terms somebody's months were last reckoned, and through which month.

    Whoever's terms have another fingerprint now, or whose months have other amounts (`tiers`, a digest of those up to
    `booked_through`), is reckoned again from the beginning. `district` is the one that paid
    last; `left_on`, the day on which she left the city's registers, if she did.
    """

    __tablename__ = "ledger_accounts"
    __table_args__ = (UniqueConstraint("person_id", "benefit"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    benefit: Mapped[str]
    fingerprint: Mapped[str]
    tiers: Mapped[str]
    booked_through: Mapped[date]
    district: Mapped[str | None]
    left_on: Mapped[date | None]


class PaymentRunRow(Table):
    """One benefit's month: the list, its audit, its payment. `changed_per_thousand` of its lines differ from last
    month; `confirmed_reason` is why an operator let it pass all the same."""

    __tablename__ = "payment_runs"
    __table_args__ = (
        UniqueConstraint("city", "benefit", "month", name=ONE_RUN_A_MONTH),
        CheckConstraint(_among("state", RunState), name="state"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )

    benefit: Mapped[str]
    month: Mapped[date]
    state: Mapped[str]
    changed_per_thousand: Mapped[int]
    listed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_reason: Mapped[str | None]
    audited_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]


class PayableRow(Table):
    """A month that is owed to somebody, once. `district` owes it; `run_id` is the run that booked it."""

    __tablename__ = "payables"
    __table_args__ = (
        UniqueConstraint("person_id", "benefit", "month"),
        Index("ix_payables_run_id", "run_id"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    benefit: Mapped[str]
    month: Mapped[date]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("allowance_cases.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("payment_runs.id"))
    amount_fen: Mapped[int]
    district: Mapped[str | None]
    rule_version: Mapped[str]
    booked_at: Mapped[datetime]


class AdjustmentRow(Table):
    """A correction of one month: `amount_fen` makes of what was booked what is owed (`owed_fen`). What was found at
    once for one person has one `group_id`, and is decided at once."""

    __tablename__ = "adjustments"
    __table_args__ = (
        Index("ix_adjustments_person_id_benefit_month", "person_id", "benefit", "month"),
        Index("ix_adjustments_group_id", "group_id"),
        CheckConstraint("amount_fen <> 0", name="amount"),
        CheckConstraint("owed_fen >= 0", name="owed"),
        CheckConstraint(_among("cause", AdjustmentCause), name="cause"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    benefit: Mapped[str]
    month: Mapped[date]
    group_id: Mapped[UUID]
    amount_fen: Mapped[int]
    owed_fen: Mapped[int]
    cause: Mapped[str]
    rule_version: Mapped[str]
    made_at: Mapped[datetime]


class AdjustmentDecisionRow(Table):
    """What was decided about a correction, once: by the system where it costs her nothing, else by a worker."""

    __tablename__ = "adjustment_decisions"

    adjustment_id: Mapped[UUID] = mapped_column(ForeignKey("adjustments.id"), unique=True)
    approved: Mapped[bool]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime]


class RefundRow(Table):
    """Money that came back for a month that was paid and not owed."""

    __tablename__ = "refunds"
    __table_args__ = (
        Index("ix_refunds_person_id_benefit_month", "person_id", "benefit", "month"),
        CheckConstraint("amount_fen > 0", name="amount"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    benefit: Mapped[str]
    month: Mapped[date]
    amount_fen: Mapped[int]
    received_on: Mapped[date]
    recorded_at: Mapped[datetime]


class PaymentLineRow(Table):
    """What one run pays, or holds, for one month of one person; negative where something paid too much is kept back."""

    __tablename__ = "payment_lines"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id", "for_month"),
        Index("ix_payment_lines_person_id", "person_id"),
        Index("ix_payment_lines_returned", "benefit", postgresql_where=f"status = '{LineStatus.RETURNED}'"),
        CheckConstraint(_among("status", LineStatus), name="status"),
        CheckConstraint(f"held_because IS NULL OR {_among('held_because', HeldBecause)}", name="held_because"),
        CheckConstraint(f"(status = '{LineStatus.HELD}') = (held_because IS NOT NULL)", name="held"),
        CheckConstraint("amount_fen <> 0", name="amount"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("payment_runs.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    benefit: Mapped[str]
    for_month: Mapped[date]
    district: Mapped[str | None]
    amount_fen: Mapped[int]
    status: Mapped[str]
    held_because: Mapped[str | None]
    paid_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    return_code: Mapped[str | None]


class TierChangeRow(Table):
    """A change of tier that somebody was told of, once."""

    __tablename__ = "tier_changes"
    __table_args__ = (UniqueConstraint("person_id", "benefit", "month"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    benefit: Mapped[str]
    month: Mapped[date]
    from_fen: Mapped[int]
    to_fen: Mapped[int]
    rule_version: Mapped[str]
    announced_at: Mapped[datetime]


ONLY_ADDED_TO = (PayableRow, AdjustmentRow, AdjustmentDecisionRow, RefundRow, TierChangeRow)
