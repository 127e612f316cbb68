"""Cases, their events and their suspensions as stored. The constraints are what makes two lives of one case, two offers
with one code and an event that was changed afterwards impossible."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.allowances.states import FINAL, CaseState, StopReason
from services.database.tables import Table

ONE_LIFE = "uq_allowance_cases_one_life"
ONE_CODE_A_PHONE = "uq_allowance_cases_one_code_a_phone"


def _among(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(sorted(repr(str(value)) for value in values))})"


class AllowanceCaseRow(Table):
    """One life of one person's benefit, from the offer or the application to its end.

    `phone_index` is the number that the offer was sent to, None where there was none. `replied_on` is the day of an
    answer that could not be taken as it came (late, or from another phone): if a worker confirms it, it is the day of
    the application. Months are their first day. `stop_proposed_from`: the first month that would not be paid, while a
    worker has not decided; payments are held meanwhile. `settled_signal`: what the registers said when a worker last
    decided about stopping, so that nobody is asked the same question twice.
    """

    __tablename__ = "allowance_cases"
    __table_args__ = (
        Index(ONE_LIFE, "person_id", "benefit", unique=True, postgresql_where=f"NOT ({_among('state', FINAL)})"),
        Index(
            ONE_CODE_A_PHONE,
            "phone_index",
            "code",
            unique=True,
            postgresql_where=f"state = '{CaseState.OFFERED}'",
        ),
        Index("ix_allowance_cases_open_offers", "offer_ends_on", postgresql_where=f"state = '{CaseState.OFFERED}'"),
        Index("ix_allowance_cases_to_check", "applied_on", postgresql_where=f"state = '{CaseState.APPLIED}'"),
        Index(
            "uq_allowance_cases_application_number",
            "city",
            "application_number",
            unique=True,
            postgresql_where="application_number IS NOT NULL",
        ),
        CheckConstraint(_among("state", CaseState), name="state"),
        CheckConstraint(f"stop_reason IS NULL OR {_among('stop_reason', StopReason)}", name="stop_reason"),
        CheckConstraint("length(code) = 2", name="code"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint("extract(day FROM first_month) = 1", name="first_month"),
        CheckConstraint("extract(day FROM stopped_from) = 1", name="stopped_from"),
        CheckConstraint("extract(day FROM stop_proposed_from) = 1", name="stop_proposed_from"),
        CheckConstraint("state NOT IN ('active', 'suspended', 'stopped') OR first_month IS NOT NULL", name="paid_from"),
        CheckConstraint("state <> 'stopped' OR stopped_from IS NOT NULL", name="paid_until"),
    )

    # No foreign key: checking it would write to the row of every person who gets an offer, a city's worth of
    # pages. People are never removed, and `services.allowances` begins no case but for a person whom it has read.
    person_id: Mapped[UUID] = mapped_column(index=True)
    benefit: Mapped[str]
    state: Mapped[str]
    code: Mapped[str | None]
    phone_index: Mapped[bytes | None]
    amount_fen: Mapped[int]
    offered_at: Mapped[datetime | None]
    offer_ends_on: Mapped[date | None]
    reminded_at: Mapped[datetime | None]
    replied_on: Mapped[date | None]
    applied_on: Mapped[date | None]
    application_number: Mapped[str | None]
    first_month: Mapped[date | None]
    suspended_from: Mapped[date | None]
    stop_proposed_from: Mapped[date | None]
    stopped_from: Mapped[date | None]
    stop_reason: Mapped[str | None]
    settled_signal: Mapped[str | None]
    in_doubt: Mapped[bool] = mapped_column(default=False)
    rule_version: Mapped[str]
    created_at: Mapped[datetime]


class AllowanceEventRow(Table):
    """One step of a case. A trigger refuses to change or remove it. `facts` holds codes, ids, amounts and dates."""

    __tablename__ = "allowance_events"

    # No foreign key, as above; cases are never removed either.
    case_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID]
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    channel: Mapped[str]
    kind: Mapped[str]
    rule_version: Mapped[str]
    message_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class SuspensionRow(Table):
    """A time for which a case was suspended: from a month on, until the day of `resumed_on`; open while that is None.

    `back_pay`: whether the months in between are paid once it is resumed, by the rule of that day.
    """

    __tablename__ = "allowance_suspensions"
    __table_args__ = (
        Index("uq_allowance_suspensions_one_open", "case_id", unique=True, postgresql_where="resumed_on IS NULL"),
        CheckConstraint("extract(day FROM from_month) = 1", name="from_month"),
        CheckConstraint("(resumed_on IS NULL) = (back_pay IS NULL)", name="back_pay"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("allowance_cases.id"), index=True)
    from_month: Mapped[date]
    reason: Mapped[str]
    suspended_at: Mapped[datetime]
    resumed_on: Mapped[date | None]
    back_pay: Mapped[bool | None]
