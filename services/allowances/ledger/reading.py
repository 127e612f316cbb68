"""What became of each month of one person: booked, corrected, paid, held, due back."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.allowances.ledger.states import HeldBecause, LineStatus
from services.allowances.ledger.tables import (
    AdjustmentDecisionRow,
    AdjustmentRow,
    PayableRow,
    PaymentLineRow,
    PaymentRunRow,
    RefundRow,
)
from services.allowances.ledger.views import Adjustment, Payment
from services.allowances.months import month_of, months_later
from services.benefits import Benefit, figure_on

MOVED = (LineStatus.TO_PAY, LineStatus.PAID)


def payments_of(session: Session, actor: Actor, *, person_id: UUID) -> tuple[Payment, ...]:
    """One person's months, the latest first. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_BENEFITS, person_id=person_id)
    return payments_of_person(session, person_id)


def payments_of_person(session: Session, person_id: UUID) -> tuple[Payment, ...]:
    """The same for other services of the house."""
    payables = session.scalars(
        select(PayableRow).where(PayableRow.person_id == person_id).order_by(PayableRow.month.desc())
    )
    lines: dict[tuple[str, object], list[PaymentLineRow]] = defaultdict(list)
    of_runs = (
        select(PaymentLineRow)
        .join(PaymentRunRow, PaymentRunRow.id == PaymentLineRow.run_id)
        .where(PaymentLineRow.person_id == person_id)
        .order_by(PaymentRunRow.month)
    )
    for line in session.scalars(of_runs):
        lines[line.benefit, line.for_month].append(line)
    refunds: dict[tuple[str, object], int] = defaultdict(int)
    for refund in session.scalars(select(RefundRow).where(RefundRow.person_id == person_id)):
        refunds[refund.benefit, refund.month] += refund.amount_fen
    corrections = _adjustments(session, person_id)
    return tuple(
        _payment(
            row, lines[row.benefit, row.month], corrections[row.benefit, row.month], refunds[row.benefit, row.month]
        )
        for row in payables
    )


def first_paid_by(session: Session, *, city: str, benefit: Benefit, first_month: date, today: date) -> date:
    """By which day somebody who is approved today has the money of her first month: it comes with the first list that
    is still to be made, which is another month's where that of her first month is frozen already."""
    latest = session.scalar(
        select(func.max(PaymentRunRow.month)).where(PaymentRunRow.city == city, PaymentRunRow.benefit == benefit)
    )
    this_month = month_of(today)
    next_list = this_month if latest is None else max(this_month, months_later(latest, 1))
    month = max(first_month, next_list)
    if month.replace(day=figure_on(month, "pay_day", benefit)) < today:
        # The list of this month is late, and nobody knows how late.
        month = months_later(month, 1)
    return month.replace(day=figure_on(month, "pay_day", benefit))


def _adjustments(session: Session, person_id: UUID) -> dict[tuple[str, object], list[Adjustment]]:
    found: dict[tuple[str, object], list[Adjustment]] = defaultdict(list)
    rows = session.execute(
        select(AdjustmentRow, AdjustmentDecisionRow.approved)
        .outerjoin(AdjustmentDecisionRow, AdjustmentDecisionRow.adjustment_id == AdjustmentRow.id)
        .where(AdjustmentRow.person_id == person_id)
        .order_by(AdjustmentRow.id)
    )
    for row, approved in rows:
        found[row.benefit, row.month].append(
            Adjustment(
                id=row.id,
                group_id=row.group_id,
                month=row.month,
                amount_fen=row.amount_fen,
                cause=row.cause,
                approved=approved,
                made_at=row.made_at,
            )
        )
    return found


def _payment(row: PayableRow, lines: list[PaymentLineRow], adjustments: list[Adjustment], refunded: int) -> Payment:
    last = lines[-1] if lines else None
    paid = [line for line in lines if line.status == LineStatus.PAID]
    owed = row.amount_fen + sum(each.amount_fen for each in adjustments if each.approved)
    moved = sum(line.amount_fen for line in lines if line.status in MOVED) - refunded
    return Payment(
        month=row.month,
        benefit=Benefit(row.benefit),
        amount_fen=row.amount_fen,
        paid_fen=sum(line.amount_fen for line in paid),
        status=LineStatus(last.status) if last else None,
        held_because=HeldBecause(last.held_because) if last and last.held_because else None,
        paid_on=max((line.paid_on for line in paid if line.paid_on), default=None),
        adjustments=tuple(adjustments),
        refund_due_fen=max(0, moved - owed),
    )
