"""The lines of a month's list: for each person and month what is outstanding, and whether it is paid now or held.

Outstanding is what was booked, with the corrections that hold, less what was paid or is on a list to be paid, plus what
came back. So nothing can be paid twice, and whatever was held or returned is on the next list by itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from services.allowances.ledger.states import HeldBecause, LineStatus
from services.allowances.ledger.tables import PaymentLineRow, PaymentRunRow
from services.allowances.states import CaseState
from services.benefits import Benefit, figure_on
from services.database.tables import new_id

# Person-months that can have something outstanding: booked by this run, held on the last list, returned by the bank,
# corrected at some time.
CANDIDATES = """
CREATE TEMPORARY TABLE month_candidates ON COMMIT DROP AS
SELECT person_id, month FROM payables WHERE run_id = :run_id
UNION SELECT l.person_id, l.for_month FROM payment_lines l WHERE l.run_id = :previous_id AND l.status = 'held'
UNION SELECT person_id, for_month FROM payment_lines WHERE benefit = :benefit AND city = :city AND status = 'returned'
UNION SELECT person_id, month FROM adjustments WHERE benefit = :benefit AND city = :city
"""
# Without the numbers of what was just written the joins below are planned for a handful of rows and take minutes.
COUNT = (
    "ANALYZE month_candidates",
    "ANALYZE payables (person_id, month, benefit)",
    "ANALYZE payment_lines (run_id, person_id, for_month, benefit, status)",
)
BALANCES = """
CREATE TEMPORARY TABLE month_balances ON COMMIT DROP AS
WITH corrections AS (
    SELECT a.person_id, a.month, sum(a.amount_fen) FILTER (WHERE d.approved) AS approved,
        sum(a.amount_fen) FILTER (WHERE d.id IS NULL) AS waiting
    FROM adjustments a LEFT JOIN adjustment_decisions d ON d.adjustment_id = a.id
    WHERE a.benefit = :benefit AND a.city = :city GROUP BY a.person_id, a.month
), moved AS (
    SELECT person_id, month, sum(fen) AS fen FROM (
        SELECT l.person_id, l.for_month AS month, l.amount_fen AS fen
        FROM payment_lines l JOIN month_candidates c ON c.person_id = l.person_id AND c.month = l.for_month
        WHERE l.benefit = :benefit AND l.status IN ('to_pay', 'paid')
        UNION ALL SELECT person_id, month, -amount_fen FROM refunds WHERE benefit = :benefit AND city = :city
    ) each GROUP BY person_id, month
)
SELECT p.person_id, p.month, p.case_id, p.district,
    p.amount_fen + coalesce(r.approved, 0) - coalesce(m.fen, 0) AS outstanding, coalesce(r.waiting, 0) AS waiting
FROM month_candidates c
    JOIN payables p ON p.person_id = c.person_id AND p.month = c.month AND p.benefit = :benefit
    LEFT JOIN corrections r ON r.person_id = c.person_id AND r.month = c.month
    LEFT JOIN moved m ON m.person_id = c.person_id AND m.month = c.month
"""
# Why a line is held, the weightiest reason first.
HELD_BECAUSE = f"""
CASE WHEN c.stop_proposed_from <= b.month THEN '{HeldBecause.STOP_UNDECIDED}'
    WHEN EXISTS (SELECT FROM worker_tasks w
            JOIN certification_members m ON m.id = w.subject_id
            JOIN certification_campaigns k ON k.id = m.campaign_id
            WHERE w.person_id = b.person_id AND w.kind = 'missed_certification' AND w.status = 'open'
                AND k.ends_on < b.month)
        THEN '{HeldBecause.CERTIFICATION_UNDECIDED}'
    WHEN b.waiting <> 0 THEN '{HeldBecause.ADJUSTMENT_UNDECIDED}'
    WHEN c.in_doubt OR EXISTS (SELECT FROM registry_findings f WHERE f.person_id = b.person_id AND f.status = 'open')
        THEN '{HeldBecause.IN_DOUBT}'
    WHEN p.has_card IS NOT TRUE OR p.card_last_four IS NULL OR p.card_holder_matches IS FALSE
        THEN '{HeldBecause.NO_ACCOUNT}'
END
"""
# A month that is settled but has a correction waiting is on the list with the sum that is asked about.
WRITE = f"""
INSERT INTO payment_lines (id, city, run_id, person_id, benefit, for_month, district, amount_fen, status, held_because)
SELECT gen_random_uuid(), :city, :run_id, person_id, :benefit, month, district, fen,
    CASE WHEN held_because IS NULL THEN '{LineStatus.TO_PAY}' ELSE '{LineStatus.HELD}' END, held_because
FROM (
    SELECT b.*, CASE WHEN b.outstanding > 0 THEN b.outstanding ELSE b.waiting END AS fen, {HELD_BECAUSE} AS held_because
    FROM month_balances b
        JOIN persons p ON p.id = b.person_id
        JOIN allowance_cases c ON c.id = b.case_id
    WHERE b.outstanding > 0 OR (b.outstanding = 0 AND b.waiting <> 0)
) wanted
"""
# Paid too much, and approved to be kept back, of people who go on being paid.
TO_KEEP_BACK = f"""
SELECT b.person_id, b.month, b.outstanding FROM month_balances b
WHERE b.outstanding < 0 AND b.waiting = 0 AND EXISTS (
    SELECT FROM allowance_cases c WHERE c.person_id = b.person_id AND c.benefit = :benefit
        AND c.state = '{CaseState.ACTIVE}')
ORDER BY b.person_id, b.month
"""
PAID_NOW = """
SELECT person_id, district, sum(amount_fen) AS fen FROM payment_lines
WHERE run_id = :run_id AND status = 'to_pay' AND person_id = ANY(:people) GROUP BY person_id, district
ORDER BY person_id, fen DESC
"""


@dataclass(frozen=True)
class _KeptBack:
    person_id: UUID
    month: date
    owes_fen: int


def write_lines(session: Session, run: PaymentRunRow, previous_id: UUID | None) -> None:
    """Write the list of a run: everything outstanding, to be paid or held."""
    asked = {"city": run.city, "benefit": run.benefit, "run_id": run.id, "previous_id": previous_id}
    connection = session.connection()
    for statement in (CANDIDATES, *COUNT, BALANCES):
        connection.execute(text(statement), asked)
    connection.execute(text(WRITE), asked)
    too_much = [_KeptBack(*row) for row in connection.execute(text(TO_KEEP_BACK), asked)]
    _keep_back(session, run, too_much)
    connection.execute(text("DROP TABLE month_candidates, month_balances"))


def _keep_back(session: Session, run: PaymentRunRow, too_much: list[_KeptBack]) -> None:
    """Lines that take back, out of what a person is paid now, what she was paid too much: never more than a share, so
    that nobody is left with nothing, and out of one district's money."""
    if not too_much:
        return
    share = figure_on(run.month, "most_kept_back_per_thousand", Benefit(run.benefit))
    left: dict[UUID, list[list[Any]]] = defaultdict(list)
    people = sorted({each.person_id for each in too_much})
    for person_id, district, fen in session.connection().execute(text(PAID_NOW), {"run_id": run.id, "people": people}):
        left[person_id].append([district, int(fen) * share // 1000])
    lines = []
    for each in too_much:
        # A month has one line, so it takes from the district that pays most.
        source = left[each.person_id][0] if left[each.person_id] else None
        fen = min(-each.owes_fen, source[1]) if source else 0
        if source and fen > 0:
            source[1] -= fen
            lines.append(_line(run, each, source[0], -fen))
    if lines:
        session.execute(insert(PaymentLineRow), lines)


def _line(run: PaymentRunRow, each: _KeptBack, district: str | None, fen: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "city": run.city,
        "run_id": run.id,
        "person_id": each.person_id,
        "benefit": run.benefit,
        "for_month": each.month,
        "district": district,
        "amount_fen": fen,
        "status": LineStatus.TO_PAY.value,
        "held_because": None,
    }
