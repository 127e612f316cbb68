"""The totals of a run, always added up from its lines."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.allowances.ledger.states import HeldBecause, RunState
from services.allowances.ledger.tables import PaymentRunRow
from services.allowances.ledger.views import PaymentRun, Total
from services.benefits import Benefit, figure_on

BY_DISTRICT = text("""
SELECT coalesce(district, ''), count(*), count(DISTINCT person_id), sum(amount_fen) FROM payment_lines
WHERE run_id = :run_id AND status IN ('to_pay', 'paid', 'returned') GROUP BY 1 ORDER BY 1
""")
BY_REASON = text("""
SELECT held_because, count(*), count(DISTINCT person_id), sum(amount_fen) FROM payment_lines
WHERE run_id = :run_id AND status = 'held' GROUP BY 1 ORDER BY 1
""")
REST = text("""
SELECT count(*) FILTER (WHERE status = 'returned'), count(DISTINCT person_id) FILTER (WHERE status = 'returned'),
    coalesce(sum(amount_fen) FILTER (WHERE status = 'returned'), 0),
    coalesce(sum(amount_fen) FILTER (WHERE status <> 'held' AND for_month <> :month), 0)
FROM payment_lines WHERE run_id = :run_id
""")


def run_view(session: Session, run: PaymentRunRow) -> PaymentRun:
    """The run with its totals."""
    session.flush()
    benefit, connection = Benefit(run.benefit), session.connection()
    by_district = connection.execute(BY_DISTRICT, {"run_id": run.id}).all()
    by_reason = connection.execute(BY_REASON, {"run_id": run.id}).all()
    rest = connection.execute(REST, {"run_id": run.id, "month": run.month}).one()

    return PaymentRun(
        id=run.id,
        city=run.city,
        benefit=benefit,
        month=run.month,
        state=RunState(run.state),
        changed_per_thousand=run.changed_per_thousand,
        list_by_on=run.month.replace(day=figure_on(run.month, "list_day", benefit)),
        audit_by_on=run.month.replace(day=figure_on(run.month, "audit_day", benefit)),
        pay_by_on=run.month.replace(day=figure_on(run.month, "pay_day", benefit)),
        listed_at=run.listed_at,
        confirmed_at=run.confirmed_at,
        confirmed_reason=run.confirmed_reason,
        audited_at=run.audited_at,
        paid_at=run.paid_at,
        to_pay={district: Total(lines, people, int(fen)) for district, lines, people, fen in by_district},
        held={HeldBecause(why): Total(lines, people, int(fen)) for why, lines, people, fen in by_reason},
        returned=Total(rest[0], rest[1], int(rest[2])),
        adjustments_fen=int(rest[3]),
    )
