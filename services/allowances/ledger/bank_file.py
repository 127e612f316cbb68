"""The file for the bank: one row for each payment, and totals by district that equal them.

It holds no account number, for we have none: the bank knows the account by its token, and compares the name, of which
the file holds what a notice would print, and the last four digits of the card.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor
from services.allowances.ledger.errors import RunNotReady
from services.allowances.ledger.runs import held_run
from services.allowances.ledger.states import RunState
from services.allowances.ledger.tables import PaymentRunRow
from services.benefits import Benefit, figure_on
from services.csv_lines import csv_line
from services.people import masked_name
from services.sealing import Vault, vault_of

TOKEN = "bank_file.token"  # noqa: S105 - a context of the blind index
COLUMNS = ("kind", "reference", "district", "bank_token", "masked_name", "card_last_four", "amount_fen", "remark")
PAYMENT, TOTAL, GRAND_TOTAL = "payment", "total", "grand_total"

# What is paid to one person out of one district's money is one payment; its reference is the first of its lines.
PAYMENTS = text("""
SELECT min(l.id::text) AS reference, coalesce(l.district, '') AS district, l.person_id, p.name, p.card_last_four,
    sum(l.amount_fen) AS fen
FROM payment_lines l JOIN persons p ON p.id = l.person_id
WHERE l.run_id = :run_id AND l.status IN ('to_pay', 'paid', 'returned')
GROUP BY l.person_id, coalesce(l.district, ''), p.name, p.card_last_four
ORDER BY district, reference
""")


@dataclass(frozen=True)
class BankFile:
    """The file, line by line, and what it adds up to."""

    lines: tuple[str, ...]
    payments: int
    fen_by_district: dict[str, int]

    @property
    def fen(self) -> int:
        """Everything in it."""
        return sum(self.fen_by_district.values())


def export_bank_file(session: Session, actor: Actor, *, run_id: UUID, now: datetime) -> BankFile:
    """The bank file of a run that was audited or paid: CSV with a heading, a row for each payment, a total for each
    district and one for all. Whoever exports is noted. Raises NotAllowed, RunUnknown, RunNotReady."""
    run = held_run(session, actor, run_id)
    if run.state not in (RunState.AUDITED, RunState.PAID):
        raise RunNotReady(state=run.state, wanted=RunState.AUDITED.value)
    lines = [csv_line(COLUMNS)]
    totals: dict[str, int] = {}
    counted = 0
    for district, row in _payments(session, run):
        lines.append(csv_line(row))
        totals[district] = totals.get(district, 0) + int(row[6])
        counted += 1
    for district, fen in sorted(totals.items()):
        lines.append(csv_line((TOTAL, "", district, "", "", "", str(fen), "")))
    file = BankFile(tuple(lines), counted, totals)
    lines.append(csv_line((GRAND_TOTAL, "", "", "", "", "", str(file.fen), "")))
    audit.record(
        session,
        actor,
        "bank_file_exported",
        city=run.city,
        person_id=None,
        subject_id=run.id,
        now=now,
        payments=counted,
        amount_fen=file.fen,
    )
    session.flush()
    return BankFile(tuple(lines), counted, totals)


def bank_token(vault: Vault, person_id: UUID) -> str:
    """The name by which the bank knows whose account it is: the same for ever, and worthless to anybody else."""
    return vault.index(str(person_id), context=TOKEN).hex()[:32]


def _payments(session: Session, run: PaymentRunRow) -> Iterator[tuple[str, tuple[str, ...]]]:
    vault = vault_of(session)
    remark = figure_on(run.month, "bank_remark", Benefit(run.benefit)).format(
        year=run.month.year, month=run.month.month
    )
    for row in session.connection().execute(PAYMENTS, {"run_id": run.id}):
        token, name = bank_token(vault, row.person_id), masked_name(row.name)
        cells = (PAYMENT, row.reference, row.district, token, name, row.card_last_four or "", str(int(row.fen)), remark)
        yield row.district, cells
